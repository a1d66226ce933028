package bus

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sainyuka/sainyuka/internal/stock"
)

func TestForgetUnwatched(t *testing.T) {
	ctx := within(t)
	b, s := newBus(t)
	for _, tid := range []string{"here", "there", "gone"} {
		mustAppend(t, b, change(tid, stock.Baseline), 0)
	}
	forget := func(b *Bus, after time.Duration, tids ...string) []string {
		t.Helper()
		gone, err := b.Retention.ForgetUnwatched(ctx, func(tid string) bool { return slices.Contains(tids, tid) }, after)
		if err != nil {
			t.Fatalf("ForgetUnwatched: %v", err)
		}
		return gone
	}
	if gone := forget(b, 0, "here"); len(gone) != 0 {
		t.Errorf("at first sight %v were forgotten, want none: it is not known since when they are not configured", gone)
	}
	if gone := forget(b, time.Hour, "here"); len(gone) != 0 {
		t.Errorf("before their time %v were forgotten", gone)
	}
	other := mustOpen(t, mustConnect(t, s)) // a watcher with another configuration, that has two of them
	if gone := forget(other, 0, "here", "there"); !cmp.Equal(gone, []string{"gone"}) {
		t.Errorf("the other watcher forgot %v, want the one that neither has", gone)
	}
	if gone := forget(b, 0, "here"); len(gone) != 0 {
		t.Errorf("%v were forgotten, want none: the other watcher has taken its own back", gone)
	}
	for tid, want := range map[string]uint64{"here": 1, "there": 2, "gone": 0} {
		if _, seq, err := b.Last(ctx, tid); seq != want || err != nil {
			t.Errorf("the last record of %s is at %d, %v, want %d", tid, seq, err, want)
		}
	}
	if err := s.Restart(); err != nil {
		t.Fatal(err)
	}
	again := mustOpen(t, mustConnect(t, s))
	if gone := forget(again, 0, "here"); !cmp.Equal(gone, []string{"there"}) {
		t.Errorf("after a restart %v were forgotten, want the one that was noted before it", gone)
	}
	if noted, err := again.Retention.unwatched(ctx); len(noted) != 0 || err != nil {
		t.Errorf("notes are left: %v, %v", noted, err)
	}
}

func TestConsumersOfRemovedChannelsGo(t *testing.T) {
	ctx := within(t)
	b, s := newBus(t)
	other := mustOpen(t, mustConnect(t, s)) // a notifier with another configuration
	deliver := func(b *Bus, channel string) (end func()) {
		end = during(t, func(ctx context.Context) error {
			return b.Deliver(ctx, channel, time.Second, func(context.Context, stock.Letter, int) time.Duration { return time.Hour })
		})
		eventually(ctx, t, "the consumer of "+channel, func() error {
			if ok, err := b.delivered(ctx, channel); !ok || err != nil {
				return errors.Join(err, errors.New("nobody waits for letters"))
			}
			return nil
		})
		return end
	}
	endRemoved := deliver(b, "removed")
	deliver(other, "elsewhere")
	mustEnqueue(t, b, letter("1", "removed", "me"))
	mustEnqueue(t, b, letter("2", "elsewhere", "me"))
	endRemoved()
	known := only("phone")
	if dropped, err := b.DropConsumers(ctx, known); len(dropped) != 0 || err != nil {
		t.Errorf("DropConsumers while a letter waits: %v, %v, want none", dropped, err)
	}
	eventually(ctx, t, "the letter of the removed channel to be given up", func() error {
		n, err := b.BuryOrphans(ctx, known, func(string, string) bool { return true })
		if n == 0 && err == nil {
			err = errors.New("none was")
		}
		return err
	})
	if dead, err := b.Dead(ctx); err != nil || len(dead) != 1 || dead[0].Letter.Channel != "removed" {
		t.Errorf("Dead: %+v, %v, want the letter of the removed channel alone", dead, err)
	}
	eventually(ctx, t, "its consumer to go", func() error {
		dropped, err := b.DropConsumers(ctx, known)
		if err == nil && !cmp.Equal(dropped, []string{"removed"}) {
			err = errors.New("none was dropped")
		}
		return err
	})
	if err := b.Bound(ctx, []string{"elsewhere"}); err != nil {
		t.Errorf("the consumer that another process delivers through: %v", err)
	}
}
