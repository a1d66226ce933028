package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/fetch"
)

// The bounds of the pictures that are kept in data_dir, and of those that wait.
const (
	picturesBytes   = 64 << 20
	picturesMost    = 4096
	picturesWaiting = 256
	// pictureRetry is after how long a picture that could not be had is tried again.
	pictureRetry = 6 * time.Hour
	pictureWait  = 2 * time.Minute // for one
	halfWritten  = ".part"         // what the name of a file ends with until it is whole
)

// pictures keeps the pictures of products that somebody looked at, so that no browser
// asks a shop for them, and each is asked for once. It implements web.Pictures.
type pictures struct {
	dir  string
	load func(ctx context.Context, address string) ([]byte, error)
	came func(tid string)
	log  *slog.Logger
	todo chan wantedPicture

	mu     sync.Mutex
	kept   []keptPicture // oldest first
	bytes  int64
	failed map[string]clock.Instant // addresses, and when
	queued map[string]bool
}

type wantedPicture struct{ tid, address string }

type keptPicture struct {
	name string
	size int64
}

func newPictures(dir string, load func(context.Context, string) ([]byte, error), came func(string), log *slog.Logger) *pictures {
	p := &pictures{
		dir: filepath.Join(dir, "pictures"), load: load, came: came, log: log, todo: make(chan wantedPicture, picturesWaiting),
		failed: map[string]clock.Instant{}, queued: map[string]bool{},
	}
	p.find()
	return p
}

// find takes up what an earlier run kept.
func (p *pictures) find() {
	entries, err := os.ReadDir(p.dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		p.log.Warn("pictures that were kept cannot be read", "err", err)
	}
	type aged struct {
		keptPicture
		at time.Time
	}
	var all []aged
	for _, e := range entries {
		info, err := e.Info()
		switch {
		case err != nil || !info.Mode().IsRegular():
		case info.Size() == 0 || strings.HasSuffix(e.Name(), halfWritten): // a kill met it
			_ = os.Remove(filepath.Join(p.dir, e.Name()))
		default:
			all = append(all, aged{keptPicture{e.Name(), info.Size()}, info.ModTime()})
		}
	}
	slices.SortFunc(all, func(a, b aged) int { return a.at.Compare(b.at) })
	for _, a := range all {
		p.kept = append(p.kept, a.keptPicture)
		p.bytes += a.size
	}
}

func pictureName(address string) string {
	sum := sha256.Sum256([]byte(address))
	return hex.EncodeToString(sum[:16])
}

// Has reports whether a picture is kept. One that is not is fetched as soon as its host
// allows, for the watch of tid.
func (p *pictures) Has(tid, address string) bool {
	name := pictureName(address)
	p.mu.Lock()
	defer p.mu.Unlock()
	if slices.ContainsFunc(p.kept, func(k keptPicture) bool { return k.name == name }) {
		return true
	}
	if at, bad := p.failed[address]; bad && clock.Since(at) < pictureRetry || p.queued[address] {
		return false
	}
	select {
	case p.todo <- wantedPicture{tid, address}:
		p.queued[address] = true
	default: // the next time that somebody looks
	}
	return false
}

// Open returns a picture that is kept, and its type. One whose file is gone or damaged is
// kept no longer, so that it is fetched again.
func (p *pictures) Open(address string) (body []byte, kind string, ok bool) {
	name := pictureName(address)
	body, err := os.ReadFile(filepath.Join(p.dir, name))
	if kind = fetch.PictureType(body); err != nil || kind == "" {
		p.forget(name)
		return nil, "", false
	}
	return body, kind, true
}

func (p *pictures) forget(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kept = slices.DeleteFunc(p.kept, func(k keptPicture) bool {
		if k.name == name {
			p.bytes -= k.size
		}
		return k.name == name
	})
}

// run fetches what is wanted, one at a time.
func (p *pictures) run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case w := <-p.todo:
			p.take(ctx, w)
		}
	}
}

func (p *pictures) take(ctx context.Context, w wantedPicture) {
	ctx, cancel := context.WithTimeout(ctx, pictureWait)
	defer cancel()
	body, err := p.load(ctx, w.address)
	if err == nil {
		err = p.keep(pictureName(w.address), body)
	}
	p.mu.Lock()
	delete(p.queued, w.address)
	if err != nil {
		if len(p.failed) >= picturesMost {
			clear(p.failed)
		}
		p.failed[w.address] = clock.Now()
	}
	p.mu.Unlock()
	if err != nil {
		p.log.Debug("a picture is not shown", "watch", w.tid, "err", err)
		return
	}
	p.came(w.tid)
}

// keep writes a picture and removes the oldest ones for which there is no room.
func (p *pictures) keep(name string, body []byte) error {
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return err
	}
	path := filepath.Join(p.dir, name)
	if err := os.WriteFile(path+halfWritten, body, 0o600); err != nil {
		return errors.Join(err, os.Remove(path+halfWritten))
	}
	if err := os.Rename(path+halfWritten, path); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kept = append(p.kept, keptPicture{name, int64(len(body))})
	p.bytes += int64(len(body))
	for len(p.kept) > 1 && (p.bytes > picturesBytes || len(p.kept) > picturesMost) {
		if err := os.Remove(filepath.Join(p.dir, p.kept[0].name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			p.log.Warn("an old picture cannot be removed", "err", err)
		}
		p.bytes -= p.kept[0].size
		p.kept = p.kept[1:]
	}
	return nil
}
