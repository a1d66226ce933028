package bus

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/natstest"
	"github.com/sainyuka/sainyuka/internal/stock"
)

func mustPut(t testing.TB, b *Bus, key, value string, rev uint64) uint64 {
	t.Helper()
	next, err := b.People.PutFact(within(t), key, []byte(value), rev)
	if err != nil {
		t.Fatalf("PutFact(%s, %q, %d): %v", key, value, rev, err)
	}
	return next
}

func TestFactsAreComparedAndSwapped(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	if f, err := b.People.Fact(ctx, "mute.switch2"); f.Rev != 0 || f.Value != nil || err != nil {
		t.Fatalf("Fact of nothing: %+v, %v, want revision 0", f, err)
	}
	first := mustPut(t, b, "mute.switch2", "an hour", 0)
	for _, wrong := range []uint64{0, first + 7} {
		if _, err := b.People.PutFact(ctx, "mute.switch2", []byte("mine"), wrong); !errors.Is(err, ErrConflict) {
			t.Errorf("PutFact at revision %d of a fact at %d: %v, want %v", wrong, first, err, ErrConflict)
		}
	}
	second := mustPut(t, b, "mute.switch2", "", first)
	if f, err := b.People.Fact(ctx, "mute.switch2"); err != nil || f.Rev != second || f.Value == nil || len(f.Value) != 0 {
		t.Errorf("Fact with an empty value: %+v, %v, want revision %d and a value that is not nil", f, err, second)
	}
	if err := b.People.DeleteFact(ctx, "mute.switch2", first); !errors.Is(err, ErrConflict) {
		t.Errorf("DeleteFact at an old revision: %v, want %v", err, ErrConflict)
	}
	if err := b.People.DeleteFact(ctx, "mute.switch2", second); err != nil {
		t.Errorf("DeleteFact: %v", err)
	}
	if f, err := b.People.Fact(ctx, "mute.switch2"); f.Rev != 0 || err != nil {
		t.Errorf("Fact after its end: %+v, %v, want revision 0", f, err)
	}
	if _, err := b.People.PutFact(ctx, "mute.switch2", nil, second); !errors.Is(err, ErrConflict) {
		t.Errorf("PutFact over a fact that was deleted: %v, want %v", err, ErrConflict)
	}
	mustPut(t, b, "mute.switch2", "again", 0)
	for _, key := range []string{"mute.switch2", "mute.nothing"} {
		if err := b.People.DeleteFact(ctx, key, 0); err != nil {
			t.Errorf("DeleteFact(%s) of whatever stands there: %v", key, err)
		}
	}
}

func TestFactsRefuseWhatIsNoKey(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	for _, key := range []string{"", ".", "a.", ".a", "a..b", "a b", "a.*", ">", "店", strings.Repeat("a", 65), strings.Repeat("a.", 8) + "a"} {
		if _, err := b.People.PutFact(ctx, key, nil, 0); err == nil {
			t.Errorf("PutFact took the key %q", key)
		}
		if _, err := b.People.Fact(ctx, key); err == nil {
			t.Errorf("Fact took the key %q", key)
		}
		if err := b.People.DeleteFact(ctx, key, 0); err == nil {
			t.Errorf("DeleteFact took the key %q", key)
		}
	}
	if _, err := b.People.Facts(ctx, "a..b"); err == nil {
		t.Error(`Facts took the prefix "a..b"`)
	}
	if _, err := b.People.PutFact(ctx, "a", make([]byte, maxFact+1), 0); err == nil {
		t.Errorf("PutFact took %d bytes", maxFact+1)
	}
}

func TestFactsAreListedByPrefixAndOutliveARestart(t *testing.T) {
	ctx := within(t)
	dir := t.TempDir()
	s := natstest.Server(t, dir)
	b := mustOpen(t, mustConnect(t, s))
	for _, key := range []string{"held.phone.a.1", "held.phone.b.2", "held.mail.a.1", "heldback.x", "held", "mute.a"} {
		mustPut(t, b, key, key, 0)
	}
	if err := b.People.DeleteFact(ctx, "held.phone.b.2", 0); err != nil {
		t.Fatal(err)
	}
	s.Stop()
	b, _ = newBusIn(t, dir)
	for prefix, want := range map[string][]string{
		"held.":       {"held.phone.a.1", "held.mail.a.1"},
		"held":        {"held.phone.a.1", "held.mail.a.1"},
		"held.phone.": {"held.phone.a.1"},
		"":            {"held.phone.a.1", "held.mail.a.1", "heldback.x", "held", "mute.a"},
		"none":        nil,
	} {
		all, err := b.People.Facts(ctx, prefix)
		var got []string
		for _, f := range all {
			if string(f.Value) != f.Key || f.Rev == 0 {
				t.Errorf("fact %s has value %q and revision %d", f.Key, f.Value, f.Rev)
			}
			got = append(got, f.Key)
		}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("Facts(%q): %v (-want +got):\n%s", prefix, err, diff)
		}
	}
}

func TestFollowFacts(t *testing.T) {
	ctx := within(t)
	b, s := newBus(t)
	mustPut(t, b, "sub.phone.a", "1", 0)
	mustPut(t, b, "sub.phone.b", "1", 0)
	facts := make(chan stock.KV, 100)
	during(t, func(ctx context.Context) error {
		return b.People.FollowFacts(ctx, "sub.", func(f stock.KV) { facts <- f })
	})
	want := func(what, key, value string) {
		t.Helper()
		f := next(ctx, t, what, facts)
		if f.Key != key || string(f.Value) != value || (f.Value == nil) != (value == "") {
			t.Fatalf("%s: got %s = %q, want %s = %q", what, f.Key, f.Value, key, value)
		}
	}
	want("the first fact", "sub.phone.a", "1")
	want("the second fact", "sub.phone.b", "1")
	want("the end of the list", "", "")
	mustPut(t, b, "mute.other", "not below the prefix", 0)
	mustPut(t, b, "sub.phone.c", "1", 0)
	want("a new fact", "sub.phone.c", "1")
	if err := b.People.DeleteFact(ctx, "sub.phone.c", 0); err != nil {
		t.Fatal(err)
	}
	want("its end", "sub.phone.c", "")

	if err := s.Restart(); err != nil {
		t.Fatalf("restart the engine: %v", err)
	}
	eventually(ctx, t, "a new fact after the restart", func() error {
		_, err := b.People.PutFact(ctx, "sub.phone.d", []byte("1"), 0)
		if errors.Is(err, ErrConflict) {
			return nil // the attempt before was stored
		}
		return err
	})
	for seen := ""; seen != "sub.phone.d"; { // those of before come again
		seen = next(ctx, t, "the facts after the restart", facts).Key
	}
}

// TestAFollowerLearnsOfDeletionsThatItMissed: their marks may be gone too.
func TestAFollowerLearnsOfDeletionsThatItMissed(t *testing.T) {
	b, _ := newBus(t)
	mustPut(t, b, "sub.stays", "1", 0)
	got := map[string]bool{}
	listed := 0
	ctx, cancel := context.WithCancel(within(t))
	f := keyFollower{bucket: b.People.bucket, filter: "sub.>", known: map[string]bool{"sub.gone": true, "sub.stays": true}, each: func(f stock.KV) {
		if f.Key == "" {
			listed = len(got)
			cancel()
			return
		}
		got[f.Key] = f.Value != nil
	}}
	if err := f.read(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("follow: %v", err)
	}
	if diff := cmp.Diff(map[string]bool{"sub.gone": false, "sub.stays": true}, got); diff != "" {
		t.Errorf("what is there after an absence (-want +got):\n%s", diff)
	}
	if listed != 2 {
		t.Errorf("the list ended after %d facts, want both before", listed)
	}
}

// TestABucketOfBeforeForgetsDeletions: buckets that were made without a life for
// the marks of deletions get one when they are opened.
func TestABucketOfBeforeForgetsDeletions(t *testing.T) {
	ctx := within(t)
	s := natstest.Server(t, t.TempDir())
	nc := mustConnect(t, s)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: bucketPeople, History: 1}); err != nil {
		t.Fatal(err)
	}
	b := mustOpen(t, nc)
	rev := mustPut(t, b, "used.a", "1", 0)
	if err := b.People.DeleteFact(ctx, "used.a", rev); err != nil {
		t.Fatalf("DeleteFact in a bucket of before: %v", err)
	}
	m, err := js.Stream(ctx, "KV_"+bucketPeople)
	if err != nil {
		t.Fatal(err)
	}
	marker, err := m.GetLastMsgForSubject(ctx, "$KV."+bucketPeople+".used.a")
	if err != nil || !slices.Contains(marker.Header["Nats-TTL"], markerLife.String()) {
		t.Errorf("the mark of a deletion is %+v, %v, want it to go after %s", marker, err, markerLife)
	}
}
