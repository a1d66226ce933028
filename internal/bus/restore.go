package bus

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/clock"
)

var (
	// ErrNotEmpty says that a restore would mix with what is there.
	ErrNotEmpty = errors.New("there are streams of sainyuka already")
	// ErrHalfRestored says that a restore was begun and not ended.
	ErrHalfRestored = errors.New("a restore into this place was not finished: run it again")
)

// restoreKey is in the metadata of each stream while a restore is on its way.
const restoreKey = "sainyuka_restore"

// reachTimeout is how long a server may take to come up.
const reachTimeout = 30 * time.Second

// restored are the streams of a copy in the order in which they come back: OBS
// last, without which no copy counts as complete.
var restored = []string{streamOUT, streamSENT, streamDEAD, kvPrefix + bucketPeople, kvPrefix + bucketLearned, kvPrefix + bucketProducts, streamOBS}

// lacking reports whether a stream is one that copies made by earlier versions do
// not have. It is then made empty.
func (m Manifest) lacking(name string) bool {
	_, there := m.stream(name)
	return !there && name == kvPrefix+bucketProducts
}

// RestoreOptions say where to.
type RestoreOptions struct {
	Conn     *nats.Conn
	Replicas int  // of each stream; 0: 1
	Replace  bool // remove the streams that are there
	Logger   *slog.Logger
}

// ReadManifest makes sure that a copy is whole, and says what is in it.
func ReadManifest(from io.ReaderAt, size int64) (Manifest, error) {
	z, err := zip.NewReader(from, size)
	if err != nil {
		return Manifest{}, fmt.Errorf("this is no whole copy: %w", err)
	}
	return readManifest(z)
}

// Restore makes all streams and buckets from a copy that Backup wrote. Nobody may
// work on them meanwhile: an Open is refused until all is there. A restore that
// was interrupted is done again from its beginning.
//
// The epoch stays: all is from one cut. The next record gets a number that none
// has had since the copy was made, see numberGap.
func Restore(ctx context.Context, o RestoreOptions, from io.ReaderAt, size int64) (Manifest, error) {
	z, err := zip.NewReader(from, size)
	if err != nil {
		return Manifest{}, fmt.Errorf("restore: this is no whole copy: %w", err)
	}
	m, err := readManifest(z)
	if err != nil {
		return m, fmt.Errorf("restore: %w", err)
	}
	l, err := newLink(o.Conn, o.Logger)
	if err != nil {
		return m, fmt.Errorf("restore: %w", err)
	}
	r := restorer{link: l, o: o, zip: z, manifest: m}
	if err := r.run(ctx); err != nil {
		return m, fmt.Errorf("restore: %w", err)
	}
	return m, nil
}

// readManifest reads what is in a copy and makes sure that all of it can be read,
// before anything is touched.
func readManifest(z *zip.Reader) (m Manifest, err error) {
	if err := bounded(z); err != nil {
		return m, err
	}
	f, err := z.Open(manifestName)
	if err != nil {
		return m, fmt.Errorf("this is no whole copy: %w", err)
	}
	defer func() { _ = f.Close() }()
	if err := json.NewDecoder(io.LimitReader(f, maxManifest)).Decode(&m); err != nil {
		return m, fmt.Errorf("read %s: %w", manifestName, err)
	}
	if m.Format != copyFormat {
		return m, fmt.Errorf("the copy is of format %d, this program knows format %d", m.Format, copyFormat)
	}
	for _, name := range restored {
		c, ok := m.stream(name)
		if m.lacking(name) {
			continue
		}
		if !ok {
			return m, fmt.Errorf("the copy has no stream %s: parts of copies cannot be restored", name)
		}
		if err := readable(z, c.Entry); err != nil {
			return m, fmt.Errorf("read the copy of stream %s: %w", name, err)
		}
	}
	return m, nil
}

func (m Manifest) stream(name string) (streamCopy, bool) {
	i := slices.IndexFunc(m.Streams, func(c streamCopy) bool { return c.Name == name })
	if i < 0 {
		return streamCopy{}, false
	}
	return m.Streams[i], true
}

// readable reads an entry to its end, where its checksum is.
func readable(z *zip.Reader, entry string) error {
	f, err := z.Open(entry)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	_, err = io.Copy(io.Discard, f)
	return err
}

type restorer struct {
	*link

	o        RestoreOptions
	zip      *zip.Reader
	manifest Manifest
}

func (r *restorer) run(ctx context.Context) error {
	if _, _, err := r.reach(ctx); err != nil {
		return err
	}
	if err := r.manifest.fits(r.nc.ConnectedServerVersion(), r.log); err != nil {
		return err
	}
	if err := r.makeRoom(ctx); err != nil {
		return err
	}
	for _, name := range restored {
		if r.manifest.lacking(name) {
			continue
		}
		began := clock.Now()
		if err := r.stream(ctx, name); err != nil {
			return fmt.Errorf("stream %s: %w", name, err)
		}
		r.log.Info("stream restored", "stream", name, "took", clock.Since(began))
	}
	if err := r.readers(ctx); err != nil {
		return err
	}
	for _, name := range restored {
		if r.manifest.lacking(name) {
			continue
		}
		if err := r.release(ctx, name); err != nil {
			return fmt.Errorf("put stream %s to work: %w", name, err)
		}
	}
	return nil
}

// makeRoom waits for the server, and removes what a restore before this one left.
func (r *restorer) makeRoom(ctx context.Context) error {
	there, half, err := r.reach(ctx)
	switch {
	case err != nil:
		return err
	case len(there) > 0 && !half && !r.o.Replace:
		return fmt.Errorf("%w: %s", ErrNotEmpty, strings.Join(there, ", "))
	}
	for _, name := range there {
		dctx, cancel := context.WithTimeout(ctx, chunkTimeout)
		defer cancel()
		if err := r.js.DeleteStream(dctx, name); err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
			return fmt.Errorf("remove stream %s: %w", name, err)
		}
	}
	return nil
}

// reach is there, once the server answers.
func (r *restorer) reach(ctx context.Context) (names []string, half bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	for {
		if names, half, err = r.there(ctx); err == nil {
			return names, half, nil
		}
		if !pause(ctx, 250*time.Millisecond) {
			return nil, false, errors.Join(err, r.nc.LastError())
		}
	}
}

// there lists our streams, and says whether they are of a restore that was not
// finished.
func (r *restorer) there(ctx context.Context) (names []string, half bool, err error) {
	for _, name := range append(restored[:len(restored):len(restored)], kvPrefix+bucketLeases) {
		cctx, cancel := call(ctx)
		s, err := r.js.Stream(cctx, name)
		cancel()
		switch {
		case errors.Is(err, jetstream.ErrStreamNotFound):
		case err != nil:
			return nil, false, fmt.Errorf("look for stream %s: %w", name, err)
		default:
			names = append(names, name)
			half = half || s.CachedInfo().Config.Metadata[restoreKey] != ""
		}
	}
	return names, half, nil
}

// stream restores one stream. When the disk has no room for its limit, half of it
// is tried, down to a little more than what it holds.
func (r *restorer) stream(ctx context.Context, name string) error {
	c, _ := r.manifest.stream(name)
	config, err := r.config(c.Config)
	if err != nil {
		return err
	}
	state := struct {
		Bytes int64 `json:"bytes"`
	}{}
	if err := json.Unmarshal(c.State, &state); err != nil {
		return fmt.Errorf("read its state: %w", err)
	}
	for {
		if c.Config, err = json.Marshal(config); err != nil {
			return err
		}
		err = r.alone(ctx, c)
		most, _ := config["max_bytes"].(int64)
		if errorCode(err) != codeInsufficientStorage || most/2 < max(leastMax, 2*state.Bytes) {
			return err
		}
		config["max_bytes"] = most / 2
	}
}

// alone restores a stream while the server may not have ended with the restore
// before this one: what was interrupted can still become a stream, marked as half
// restored, after all such streams were removed.
func (r *restorer) alone(ctx context.Context, c streamCopy) error {
	waiting, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	for {
		err := r.once(ctx, c)
		if errorCode(err) != codeNameInUseForRestore {
			return err
		}
		if rerr := r.removeHalf(ctx, c.Name); rerr != nil {
			return errors.Join(err, rerr)
		}
		if !pause(waiting, 100*time.Millisecond) {
			return err
		}
	}
}

// removeHalf removes a stream that an interrupted restore left, and no other.
func (r *restorer) removeHalf(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, chunkTimeout)
	defer cancel()
	s, err := r.js.Stream(ctx, name)
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		return nil
	case err != nil:
		return fmt.Errorf("look for stream %s: %w", name, err)
	case s.CachedInfo().Config.Metadata[restoreKey] == "":
		return fmt.Errorf("%w: %s", ErrNotEmpty, name)
	}
	if err := r.js.DeleteStream(ctx, name); err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
		return fmt.Errorf("remove stream %s: %w", name, err)
	}
	return nil
}

func (r *restorer) once(ctx context.Context, c streamCopy) error {
	f, err := r.zip.Open(c.Entry)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if c.Name != streamOBS {
		return restoreStream(ctx, r.nc, c, f)
	}
	if c.State, err = moveLast(c.State, numberGap); err != nil {
		return err
	}
	moved := skipAhead(f, numberGap)
	defer func() { _ = moved.Close() }()
	return restoreStream(ctx, r.nc, c, moved)
}

// config makes the settings of a copied stream those of its new place.
func (r *restorer) config(copied json.RawMessage) (map[string]any, error) {
	var config map[string]any
	d := json.NewDecoder(strings.NewReader(string(copied)))
	d.UseNumber()
	if err := d.Decode(&config); err != nil {
		return nil, fmt.Errorf("read its settings: %w", err)
	}
	for _, elsewhere := range []string{"placement", "mirror", "sources", "republish", "sealed"} {
		delete(config, elsewhere)
	}
	config["num_replicas"] = max(1, r.o.Replicas)
	if n, ok := config["max_bytes"].(json.Number); ok {
		most, err := n.Int64()
		if err != nil {
			return nil, fmt.Errorf("read its settings: %w", err)
		}
		config["max_bytes"] = most
	}
	meta, _ := config["metadata"].(map[string]any)
	if meta == nil {
		meta = map[string]any{}
	}
	meta[restoreKey] = r.manifest.MadeAt.Format(time.RFC3339)
	config["metadata"] = meta
	return config, nil
}

// readers makes the durable readers begin where they were.
func (r *restorer) readers(ctx context.Context) error {
	obs, err := r.js.Stream(ctx, streamOBS)
	if err != nil {
		return err
	}
	if err := routerDurable().create(ctx, obs, after(r.manifest.Router)); err != nil {
		return fmt.Errorf("consumer %s: %w", consumerRouter, err)
	}
	for name, place := range r.manifest.Readers {
		d, err := durableOf(name)
		if err == nil {
			err = d.create(ctx, obs, after(place))
		}
		if err != nil {
			return fmt.Errorf("reader %s: %w", name, err)
		}
	}
	return nil
}

// release takes the mark of a restore from a stream.
func (r *restorer) release(ctx context.Context, name string) error {
	s, err := r.lookUp(ctx, name)
	if err != nil {
		return err
	}
	c := s.CachedInfo().Config
	delete(c.Metadata, restoreKey)
	return r.updateStream(ctx, c)
}
