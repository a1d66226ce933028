package bus

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
)

const (
	copyFormat   = 1
	manifestName = "manifest.json"
	kvPrefix     = "KV_" // the stream of a bucket
	cutAttempts  = 3
	// Buckets are small: a copy takes milliseconds.
	bucketAttempts = 20
)

// Manifest says what is in a copy of everything.
type Manifest struct {
	Format int       `json:"format"`
	MadeAt time.Time `json:"made_at"`
	Epoch  string    `json:"epoch"`
	Engine string    `json:"engine,omitempty"` // version of the server that the copy is of
	Router uint64    `json:"router"`           // up to this record all had their letters in the outbox
	// Readers says up to which record each reader of [Readers.Consume] had handled all.
	Readers map[string]uint64 `json:"readers,omitempty"`
	Streams []streamCopy      `json:"streams"`
}

// Records counts the records of all watches in the copy.
func (m Manifest) Records() (n uint64) {
	n, _ = m.Messages(streamOBS)
	return n
}

// Messages counts what the copy has of a stream; ok is false when it has none of it.
func (m Manifest) Messages(stream string) (n uint64, ok bool) {
	c, ok := m.stream(stream)
	var state struct {
		Messages uint64 `json:"messages"`
	}
	if !ok || json.Unmarshal(c.State, &state) != nil {
		return 0, false
	}
	return state.Messages, true
}

// Backup writes a copy of all streams and buckets to w, a zip archive: one cut,
// although everything goes on meanwhile. Leases are not in it.
//
// The cut is safe by its order. Before anything else the places of the router and
// of the other readers are read: restored ones begin there. Then comes what letters come from (the
// facts about people, among which letters may wait), then OUT, then where letters
// go to (SENT, DEAD), then OBS. So a letter is found at least once on its way: in
// OUT, or as sent, or as dead, or it is made again from its record, and its marker
// says whether it was sent. And no letter has a number that OBS does not hold. The
// one way backwards, from DEAD to OUT, is a person's (Redrive): if somebody goes it
// meanwhile, the three streams of letters are copied again.
func (b *Bus) Backup(ctx context.Context, w io.Writer) (Manifest, error) {
	c := copier{link: b.link, zip: zip.NewWriter(w)}
	m := &c.manifest
	*m = Manifest{Format: copyFormat, MadeAt: clock.Wall().UTC(), Epoch: b.Epoch(), Engine: b.nc.ConnectedServerVersion()}
	var err error
	if m.Router, m.Readers, err = places(ctx, b.Journal.obs); err != nil {
		return *m, fmt.Errorf("back up: places of the readers: %w", err)
	}
	for _, bucket := range []string{bucketLearned, bucketProducts, bucketPeople} {
		if err := c.bucket(ctx, kvPrefix+bucket); err != nil {
			return *m, err
		}
	}
	if err := c.letters(ctx); err != nil {
		return *m, err
	}
	if err := c.stream(ctx, streamOBS, 1); err != nil {
		return *m, err
	}
	if err := b.same(ctx); err != nil { // replaced under our hands
		return *m, fmt.Errorf("back up: %w", err)
	}
	return *m, c.finish()
}

// copier makes one copy of everything.
type copier struct {
	*link

	zip      *zip.Writer
	manifest Manifest
}

// bucket copies a bucket, again when it was written to meanwhile: of a key
// that gets a new value the copy would have neither the old one nor the new.
func (c *copier) bucket(ctx context.Context, name string) error {
	m := &c.manifest
	others := m.Streams
	for attempt := 1; attempt <= bucketAttempts; attempt++ {
		m.Streams = others[:len(others):len(others)]
		if err := c.stream(ctx, name, attempt); err != nil {
			return err
		}
		var copied struct {
			Last uint64 `json:"last_seq"`
		}
		if err := json.Unmarshal(m.Streams[len(others)].State, &copied); err != nil {
			return fmt.Errorf("back up bucket %s: read its state: %w", name, err)
		}
		s, err := c.lookUp(ctx, name)
		if err != nil {
			return fmt.Errorf("back up bucket %s: %w", name, err)
		}
		if s.CachedInfo().State.LastSeq == copied.Last {
			return nil
		}
	}
	if name == kvPrefix+bucketLearned { // what is missing is learned again
		c.log.Warn("some of what was learned is not in the copy: it was written to all the time", "bucket", bucketLearned)
		return nil
	}
	return fmt.Errorf("back up bucket %s: it is written to all the time: try again later", name)
}

// letters copies the streams of letters, again when a dead letter went back
// into the outbox meanwhile.
func (c *copier) letters(ctx context.Context) error {
	m := &c.manifest
	others := m.Streams
	for attempt := 1; attempt <= cutAttempts; attempt++ {
		before, err := c.removed(ctx)
		if err != nil {
			return fmt.Errorf("back up: %w", err)
		}
		m.Streams = others[:len(others):len(others)]
		for _, name := range []string{streamOUT, streamSENT, streamDEAD} {
			if err := c.stream(ctx, name, attempt); err != nil {
				return err
			}
		}
		if after, err := c.removed(ctx); err != nil || after == before {
			return err
		}
	}
	return errors.New("back up: dead letters are being redriven or discarded all the time: try again later")
}

// removed counts the dead letters that are no longer there.
func (c *copier) removed(ctx context.Context) (uint64, error) {
	s, err := c.lookUp(ctx, streamDEAD)
	if err != nil {
		return 0, fmt.Errorf("look at stream %s: %w", streamDEAD, err)
	}
	state := s.CachedInfo().State
	return state.LastSeq - state.Msgs, nil
}

func (c *copier) stream(ctx context.Context, name string, attempt int) error {
	entry := name
	if attempt > 1 {
		entry = fmt.Sprintf("%s.%d", name, attempt)
	}
	// Stored, not deflated: the server has compressed it.
	w, err := c.zip.CreateHeader(&zip.FileHeader{Name: entry, Method: zip.Store, Modified: c.manifest.MadeAt})
	if err != nil {
		return fmt.Errorf("back up stream %s: %w", name, err)
	}
	made, err := snapshot(ctx, c.nc, name, w)
	if err != nil {
		return fmt.Errorf("back up stream %s: %w", name, err)
	}
	made.Entry = entry
	c.manifest.Streams = append(c.manifest.Streams, made)
	return nil
}

// finish writes the manifest, which makes the archive a whole one.
func (c *copier) finish() error {
	w, err := c.zip.Create(manifestName)
	if err == nil {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		err = errors.Join(e.Encode(c.manifest), c.zip.Close())
	}
	if err != nil {
		return fmt.Errorf("back up: write %s: %w", manifestName, err)
	}
	return nil
}
