package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"log/slog"
	"maps"
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
	kept   map[string]*keptPicture // by name
	uses   uint64                  // of all pictures so far
	bytes  int64
	failed map[string]clock.Instant // names of what could not be had or kept, and since when
	queued map[string]bool          // by name
}

type wantedPicture struct{ tid, address string }

type keptPicture struct {
	size int64
	used uint64 // the number of its last use
}

func newPictures(dir string, load func(context.Context, string) ([]byte, error), came func(string), log *slog.Logger) *pictures {
	p := &pictures{
		dir: filepath.Join(dir, "pictures"), load: load, came: came, log: log, todo: make(chan wantedPicture, picturesWaiting),
		kept: map[string]*keptPicture{}, failed: map[string]clock.Instant{}, queued: map[string]bool{},
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
	var all []fs.FileInfo
	for _, e := range entries {
		info, err := e.Info()
		switch {
		case err != nil || !info.Mode().IsRegular():
		case info.Size() == 0 || strings.HasSuffix(e.Name(), halfWritten): // a kill met it
			_ = os.Remove(filepath.Join(p.dir, e.Name()))
		default:
			all = append(all, info)
		}
	}
	slices.SortFunc(all, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, info := range all {
		p.add(info.Name(), info.Size())
	}
}

// add takes up a picture as the last one that was used.
func (p *pictures) add(name string, size int64) {
	p.uses++
	p.kept[name] = &keptPicture{size, p.uses}
	p.bytes += size
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
	if k := p.kept[name]; k != nil {
		p.uses++
		k.used = p.uses
		return true
	}
	if at, bad := p.failed[name]; bad && clock.Since(at) < pictureRetry || p.queued[name] {
		return false
	}
	select {
	case p.todo <- wantedPicture{tid, address}:
		p.queued[name] = true
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
	if k := p.kept[name]; k != nil {
		p.bytes -= k.size
		delete(p.kept, name)
	}
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
	name := pictureName(w.address)
	body, err := p.load(ctx, w.address)
	if err == nil {
		err = p.keep(name, body)
	}
	p.mu.Lock()
	delete(p.queued, name)
	if err != nil {
		p.leave(name)
	}
	p.mu.Unlock()
	if err != nil {
		p.log.Debug("a picture is not shown", "watch", w.tid, "err", err)
		return
	}
	p.came(w.tid)
}

// leave has a picture not asked for again for a while.
func (p *pictures) leave(name string) {
	if len(p.failed) >= picturesMost {
		clear(p.failed)
	}
	p.failed[name] = clock.Now()
}

// keep writes a picture and removes those for which there is no room, the longest unused
// ones first. What shows more pictures than there is room for would otherwise have shops
// asked for the same ones again and again: what is removed is left for a while.
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
	if old := p.kept[name]; old != nil {
		p.bytes -= old.size
	}
	p.add(name, int64(len(body)))
	for len(p.kept) > 1 && (p.bytes > picturesBytes || len(p.kept) > picturesMost) {
		unused := slices.MinFunc(slices.Collect(maps.Keys(p.kept)), func(a, b string) int { return cmp.Compare(p.kept[a].used, p.kept[b].used) })
		if err := os.Remove(filepath.Join(p.dir, unused)); err != nil && !errors.Is(err, os.ErrNotExist) {
			p.log.Warn("an old picture cannot be removed", "err", err)
		}
		p.bytes -= p.kept[unused].size
		delete(p.kept, unused)
		p.leave(unused)
	}
	return nil
}
