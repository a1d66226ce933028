package bus

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/natstest"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// limit gives a stream a small limit.
func limit(t testing.TB, b *Bus, name string, bytes int64) {
	t.Helper()
	ctx := within(t)
	c := infoOf(ctx, t, b, name).Config
	c.MaxBytes = bytes
	if err := b.updateStream(ctx, c); err != nil {
		t.Fatalf("limit stream %s to %d bytes: %v", c.Name, bytes, err)
	}
}

func infoOf(ctx context.Context, t testing.TB, b *Bus, name string) *jetstream.StreamInfo {
	t.Helper()
	s, err := b.lookUp(ctx, name)
	if err != nil {
		t.Fatalf("look at stream %s: %v", name, err)
	}
	return s.CachedInfo()
}

// A small store takes ten times its size: nothing is refused, no watch loses its
// last record, and the histories that were longest are shortened first.
func TestAStoreIsFilledTenTimes(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	const store, watches = 256 << 10, 24
	limit(t, b, streamOBS, store)
	filled := fillOBS(ctx, t, b, watches, 10*store)

	info := infoOf(ctx, t, b, streamOBS)
	if share := fullness(info); share >= 1 {
		t.Errorf("the stream holds %d of %d bytes", info.State.Bytes, store)
	}
	for tid, want := range filled.last {
		c, seq, err := b.Last(ctx, tid)
		if seq != want || err != nil || c.Watch.ID != tid {
			t.Errorf("Last(%s) = record %d of %q, %v, want record %d", tid, seq, c.Watch.ID, err, want)
		}
	}
	quiet, err := b.History(ctx, "quiet", 10)
	if err != nil || len(quiet) != 3 {
		t.Errorf("the quiet watch has %d records, %v; want all 3: longer histories were there", len(quiet), err)
	}
	if level := info.Config.MaxMsgsPerSubject; level < 3 || level >= mostHistory {
		t.Errorf("%d records are kept per watch, want fewer than %d and not fewer than the quiet watch has", level, mostHistory)
	}
	t.Logf("%d records, %d bytes into %d: 0 refused, %d records per watch", filled.records, filled.bytes, store, info.Config.MaxMsgsPerSubject)

	again := mustOpen(t, b.nc)
	if got, want := infoOf(ctx, t, again, streamOBS).Config.MaxMsgsPerSubject, info.Config.MaxMsgsPerSubject; got != want {
		t.Errorf("an Open sets %d records per watch, want the %d that there is room for", got, want)
	}
}

// filling is what was written to a store.
type filling struct {
	last    map[string]uint64
	records int
	bytes   int64
}

// fillOBS appends records of watches, some of which change much more often, until
// that many bytes are written. One watch, "quiet", changed three times long ago.
func fillOBS(ctx context.Context, t testing.TB, b *Bus, watches int, bytes int64) filling {
	t.Helper()
	f := filling{last: map[string]uint64{}}
	before := infoOf(ctx, t, b, streamOBS).State.Bytes
	add := func(tid string) {
		seq, err := b.Append(ctx, change(tid, stock.Restocked), f.last[tid])
		if err != nil {
			t.Fatalf("Append of record %d, after %d bytes: %v", f.records, f.bytes, err)
		}
		f.last[tid] = seq
		f.records++
		if f.records == 1 {
			f.bytes = int64(infoOf(ctx, t, b, streamOBS).State.Bytes - before)
		}
	}
	for range 3 {
		add("quiet")
	}
	one := f.bytes
	rng := rand.New(rand.NewPCG(1, 2))
	for f.bytes < bytes {
		add(fmt.Sprintf("w%d", int(rng.ExpFloat64()*float64(watches)/4)%watches))
		f.bytes += one
	}
	return f
}

// The level falls no further than it must, and lets everything stay that is
// shorter.
func TestHistoryLevel(t *testing.T) {
	for _, tt := range []struct {
		name    string
		lengths []uint64
		now     int64
		want    uint64
		level   int64
	}{
		{"one long history pays for all", []uint64{1, 2, 3, 100}, 200, 50, 44},
		{"two of the same length share", []uint64{10, 10, 1}, 200, 15, 7},
		{"only last records are left", []uint64{1, 1, 1}, 200, 1, 200},
		{"never below the last", []uint64{5, 5}, 200, 0, 1},
		{"a level that cuts already", []uint64{30, 30}, 30, 40, 20},
		{"no level yet", []uint64{300}, -1, 100, 100},
		{"nothing is there", nil, 200, 10, 200},
	} {
		histories := map[string]uint64{}
		for i, n := range tt.lengths {
			histories[strconv.Itoa(i)] = n
		}
		if got := historyLevel(histories, tt.now, tt.want); got != tt.level {
			t.Errorf("%s: historyLevel(%v, %d, %d) = %d, want %d", tt.name, tt.lengths, tt.now, tt.want, got, tt.level)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		lengths := rapid.SliceOfN(rapid.Uint64Range(1, mostHistory), 1, 50).Draw(t, "lengths")
		want := rapid.Uint64Range(0, 10_000).Draw(t, "want")
		histories, total := map[string]uint64{}, uint64(0)
		for i, n := range lengths {
			histories[strconv.Itoa(i)], total = n, total+n
		}
		level := historyLevel(histories, mostHistory, want)
		kept := func(level int64) (sum uint64) {
			for _, n := range lengths {
				sum += min(n, uint64(level))
			}
			return sum
		}
		if level < 1 || level > mostHistory || level > 1 && kept(level) > want && kept(level) != total {
			t.Fatalf("historyLevel(%v, want %d) = %d keeps %d", lengths, want, level, kept(level))
		}
		if longest := slices.Max(lengths); level < int64(longest) && kept(level+1) <= want {
			t.Fatalf("historyLevel(%v, want %d) = %d, but %d would do", lengths, want, level, level+1)
		}
	})
}

// When watches are gone and there is room, histories may be long again.
func TestHistoriesGrowAgain(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	limit(t, b, streamOBS, 64<<10)
	fillOBS(ctx, t, b, 8, 128<<10)
	before := infoOf(ctx, t, b, streamOBS).Config.MaxMsgsPerSubject
	limit(t, b, streamOBS, 64<<20)
	for range 20 {
		if err := b.Journal.room.make(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if got := infoOf(ctx, t, b, streamOBS).Config.MaxMsgsPerSubject; got != mostHistory {
		t.Errorf("%d records per watch were kept, and %d with much room; want %d", before, got, mostHistory)
	}
}

// A channel that takes no letters fills the outbox: the letters of another channel
// still go in, and what is given up is a dead letter with its reason.
func TestAFullOutboxGivesUpTheOldestOfTheBusiestChannel(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	limit(t, b, streamOUT, 128<<10)
	const letters = 600
	for i := range letters {
		if err := b.Enqueue(ctx, letter(strconv.Itoa(i+1), "stuck", "me")); err != nil {
			t.Fatalf("Enqueue of letter %d: %v", i, err)
		}
		if i%100 == 0 {
			if err := b.Enqueue(ctx, letter(strconv.Itoa(i+1), "phone", "me")); err != nil {
				t.Fatalf("Enqueue of letter %d of another channel: %v", i, err)
			}
		}
	}
	phone, _, err := b.Outbox(ctx, "phone")
	if phone != letters/100 || err != nil {
		t.Errorf("%d letters of the other channel wait, %v; want all %d", phone, err, letters/100)
	}
	waiting, _, err := b.Outbox(ctx, "stuck")
	if err != nil {
		t.Fatal(err)
	}
	dead, err := b.Dead(ctx)
	if err != nil || waiting+len(dead) != letters || len(dead) == 0 {
		t.Errorf("%d letters wait and %d are dead, %v; want %d together", waiting, len(dead), err, letters)
	}
	for i, d := range dead {
		if d.Letter.Event != strconv.Itoa(i+1) || d.Letter.Channel != "stuck" || !strings.Contains(d.Text, "outbox") {
			t.Fatalf("dead letter %d is %s of %s: %s; want the oldest of the stuck channel", i, d.Letter.Event, d.Letter.Channel, d.Reason)
		}
	}
}

// Streams that an earlier version made get the settings of this one.
func TestStreamsOfEarlierSettingsAreAdjusted(t *testing.T) {
	ctx := within(t)
	nc := natstest.Run(t)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range wanted("e1", 1) {
		switch c.Name {
		case streamOBS:
			c.MaxBytes = 2 << 30
		case streamSENT:
			c.MaxBytes, c.Compression = 0, jetstream.NoCompression
		case streamDEAD:
			c.Compression = jetstream.NoCompression
		}
		if _, err := js.CreateStream(ctx, c); err != nil {
			t.Fatalf("make stream %s: %v", c.Name, err)
		}
	}
	b := mustOpen(t, nc)
	for _, want := range wanted("e1", 1) {
		got := infoOf(ctx, t, b, want.Name).Config
		if got.MaxBytes < leastMax || got.MaxBytes > want.MaxBytes || got.Compression != want.Compression {
			t.Errorf("stream %s: %d bytes, %s; want a limit up to %d, %s", want.Name, got.MaxBytes, got.Compression, want.MaxBytes, want.Compression)
		}
	}
	if got := infoOf(ctx, t, b, streamOBS).Config.MaxBytes; got < 2<<30 {
		t.Errorf("the limit of %s is %d, want no less than it was", streamOBS, got)
	}
}

// No stream of ours is without a limit, so that none can take the room of another,
// and all but two lose their oldest rather than refuse; those two make room.
func TestEveryStreamHasAnAnswerToBeingFull(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	makesRoom := []string{streamOBS, streamOUT}
	for _, name := range streamNames() {
		c := infoOf(ctx, t, b, name).Config
		if c.MaxBytes <= 0 {
			t.Errorf("stream %s has no limit", name)
		}
		if (c.Discard == jetstream.DiscardNew) != slices.Contains(makesRoom, name) {
			t.Errorf("stream %s discards %s", name, c.Discard)
		}
	}
	if err := b.Journal.room.make(ctx); err != nil {
		t.Errorf("room in an empty %s: %v", streamOBS, err)
	}
	if err := b.Letters.makeRoom(ctx); err != nil || errors.Is(err, ErrFull) {
		t.Errorf("room in an empty %s: %v", streamOUT, err)
	}
}
