package bus

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sainyuka/sainyuka/internal/stock"
)

func TestLeases(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	nudges := make(chan struct{}, 100)
	during(t, func(ctx context.Context) error {
		return b.Leases.WatchLeases(ctx, func() { nudges <- struct{}{} })
	})
	if all, err := b.Leases.Leases(ctx); err != nil || len(all) != 0 {
		t.Fatalf("Leases of an empty bucket: %v, %v", all, err)
	}
	rev, err := b.Leases.CreateLease(ctx, "shard.7", "a")
	if err != nil {
		t.Fatalf("CreateLease: %v", err)
	}
	if _, err := b.Leases.CreateLease(ctx, "shard.7", "b"); !errors.Is(err, ErrHeld) {
		t.Errorf("CreateLease of a held one: %v, want %v", err, ErrHeld)
	}
	next2, err := b.Leases.RenewLease(ctx, "shard.7", "a", rev)
	if err != nil || next2 <= rev {
		t.Fatalf("RenewLease: %d, %v, want more than %d", next2, err, rev)
	}
	for _, bad := range []uint64{0, rev} {
		if _, err := b.Leases.RenewLease(ctx, "shard.7", "b", bad); !errors.Is(err, ErrConflict) {
			t.Errorf("RenewLease at revision %d: %v, want %v", bad, err, ErrConflict)
		}
	}
	if err := b.Leases.ReleaseLease(ctx, "shard.7", rev); !errors.Is(err, ErrConflict) {
		t.Errorf("ReleaseLease at an old revision: %v, want %v", err, ErrConflict)
	}
	if _, err := b.Leases.CreateLease(ctx, "member.w1", "hash"); err != nil {
		t.Fatal(err)
	}
	all, err := b.Leases.Leases(ctx)
	want := []stock.Lease{{Key: "shard.7", Value: "a", Rev: next2}, {Key: "member.w1", Value: "hash"}}
	if diff := cmp.Diff(want, all, cmpopts.SortSlices(func(a, b stock.Lease) bool { return a.Key < b.Key }),
		cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Rev" }, cmp.Comparer(func(a, b uint64) bool { return a == b || a == 0 || b == 0 }))); err != nil || diff != "" {
		t.Errorf("Leases: %v (-want +got):\n%s", err, diff)
	}
	if err := b.Leases.ReleaseLease(ctx, "shard.7", next2); err != nil {
		t.Errorf("ReleaseLease: %v", err)
	}
	if _, err := b.Leases.CreateLease(ctx, "shard.7", "b"); err != nil {
		t.Errorf("CreateLease after its release: %v", err)
	}
	if _, err := b.Leases.CreateLease(ctx, "shard 7", "b"); err == nil {
		t.Error("CreateLease with a key that is none succeeded")
	}
	next(ctx, t, "a nudge", nudges)
}

func TestLeasesOfAnEngineThatWasRestartedAreLost(t *testing.T) {
	ctx := within(t)
	b, s := newBus(t)
	nudges := make(chan struct{}, 1000)
	during(t, func(ctx context.Context) error {
		return b.Leases.WatchLeases(ctx, func() { nudges <- struct{}{} })
	})
	rev, err := b.Leases.CreateLease(ctx, "shard.7", "a")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Restart(); err != nil { // they lived in memory
		t.Fatal(err)
	}
	eventually(ctx, t, "a lease that is lost", func() error {
		if _, err := b.Leases.RenewLease(ctx, "shard.7", "a", rev); !errors.Is(err, ErrConflict) {
			return err
		}
		return nil
	})
	eventually(ctx, t, "a lease of the new engine", func() error {
		_, err := b.Leases.CreateLease(ctx, "shard.7", "a")
		return err
	})
	eventually(ctx, t, "nudges again", func() error {
		for len(nudges) > 0 {
			<-nudges
		}
		rev, err := b.Leases.CreateLease(ctx, "shard.8", "a")
		if err != nil {
			return err
		}
		if err := b.Leases.ReleaseLease(ctx, "shard.8", rev); err != nil {
			return err
		}
		if len(nudges) == 0 {
			return errors.New("silence")
		}
		return nil
	})
}

func TestLearned(t *testing.T) {
	ctx := within(t)
	b, s := newBus(t)
	const host = "item.rakuten.co.jp:8080" // no key could hold this
	if v, err := b.Hosts.Learned(ctx, host); v != nil || err != nil {
		t.Errorf("Learned of an unknown host: %q, %v, want nothing", v, err)
	}
	for _, want := range []string{"one", "two"} {
		if err := b.Hosts.Learn(ctx, host, []byte(want)); err != nil {
			t.Fatalf("Learn: %v", err)
		}
		if v, err := b.Hosts.Learned(ctx, host); string(v) != want || err != nil {
			t.Errorf("Learned: %q, %v, want %q", v, err, want)
		}
	}
	if err := s.Restart(); err != nil {
		t.Fatal(err)
	}
	eventually(ctx, t, "the engine", func() error {
		v, err := b.Hosts.Learned(ctx, host)
		if err == nil && string(v) != "two" {
			t.Errorf("Learned after a restart: %q, want two", v)
		}
		return err
	})
}

// Who was killed and comes back under its old id need not wait for its own lease
// to expire: for a router that would be half a minute without alerts.
func TestTakeOnesOwnLease(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	before, err := b.Leases.CreateLease(ctx, routerLease, "me")
	if err != nil {
		t.Fatalf("CreateLease: %v", err)
	}
	if _, err := b.Leases.take(ctx, routerLease, "another"); !errors.Is(err, ErrHeld) {
		t.Errorf("take of another's lease: %v, want ErrHeld", err)
	}
	rev, err := b.Leases.take(ctx, routerLease, "me")
	if err != nil || rev <= before {
		t.Errorf("take of the own lease at revision %d: %d, %v, want a later revision", before, rev, err)
	}
	if _, err := b.Leases.RenewLease(ctx, routerLease, "me", before); !errors.Is(err, ErrConflict) {
		t.Errorf("the run before renews its lease: %v, want ErrConflict", err)
	}
}

// A reset of the trust in a host is remembered, and followed by those who were there
// and those who come later.
func TestTrustResets(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	const host = "item.rakuten.co.jp:8080"
	type reset struct {
		host string
		at   time.Time
	}
	first, second := time.Unix(1, 5).UTC(), time.Unix(2, 0).UTC()
	if at, err := b.Hosts.TrustReset(ctx, host); !at.IsZero() || err != nil {
		t.Errorf("TrustReset of an unknown host: %v, %v, want never", at, err)
	}
	if err := b.Hosts.ResetTrust(ctx, host, first); err != nil {
		t.Fatalf("ResetTrust: %v", err)
	}
	came := make(chan reset, 10)
	during(t, func(ctx context.Context) error {
		return b.Hosts.FollowTrustResets(ctx, func(host string, at time.Time) { came <- reset{host, at} })
	})
	if got, want := next(ctx, t, "a reset", came), (reset{host, first}); got != want {
		t.Errorf("who comes later hears of %v, want %v", got, want)
	}
	if err := b.Hosts.ResetTrust(ctx, host, second); err != nil {
		t.Fatalf("ResetTrust: %v", err)
	}
	if got, want := next(ctx, t, "a reset", came), (reset{host, second}); got != want {
		t.Errorf("who was there hears of %v, want %v", got, want)
	}
	if at, err := b.Hosts.TrustReset(ctx, host); !at.Equal(second) || err != nil {
		t.Errorf("TrustReset: %v, %v, want %v", at, err, second)
	}
	if v, err := b.Hosts.Learned(ctx, host); v != nil || err != nil {
		t.Errorf("Learned after a reset: %q, %v, want nothing: it is the watcher's to write", v, err)
	}
}
