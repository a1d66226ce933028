package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

func TestLooks(t *testing.T) {
	ctx := within(t)
	b, s := newBus(t)
	got := make(chan stock.Look, 10_000)
	during(t, func(ctx context.Context) error {
		return b.Signals.FollowLooks(ctx, func(looks []stock.Look) {
			for _, l := range looks {
				got <- l
			}
		})
	})
	// Nobody keeps them: knock until the follower is there.
	knock := func() {
		t.Helper()
		eventually(ctx, t, "the follower", func() error {
			if err := b.Signals.PublishLooks(0, []stock.Look{{Watch: "knock"}}); err != nil {
				return err
			}
			if err := b.nc.FlushWithContext(ctx); err != nil {
				return err
			}
			if len(got) == 0 {
				return errors.New("not there")
			}
			return nil
		})
	}
	publish := func(looks []stock.Look) {
		t.Helper()
		knock()
		if err := b.Signals.PublishLooks(7, looks); err != nil {
			t.Fatalf("PublishLooks: %v", err)
		}
		for _, want := range looks {
			l := next(ctx, t, "a look", got)
			for l.Watch == "knock" {
				l = next(ctx, t, "a look", got)
			}
			if l.Watch != want.Watch || l.Outcome != want.Outcome || len(l.Reason.Text) != 198 {
				t.Fatalf("got look %+v, want %+v with its reason cut", l, want)
			}
		}
	}
	many := make([]stock.Look, 1000)
	for i := range many {
		many[i] = stock.Look{Watch: fmt.Sprint(i), At: observed, Outcome: stock.Blocked, Reason: stock.Said(strings.Repeat("止", 2000))}
	}
	publish(many)
	if len(many[0].Reason.Text) != 6000 {
		t.Error("publishing changed the caller's looks")
	}
	if err := b.nc.Publish("status.1", []byte("garbage")); err != nil {
		t.Fatal(err)
	}
	if err := s.Restart(); err != nil {
		t.Fatal(err)
	}
	publish(many[:3])
	if err := b.Signals.PublishLooks(1, nil); err != nil {
		t.Errorf("PublishLooks of nothing: %v", err)
	}
}
