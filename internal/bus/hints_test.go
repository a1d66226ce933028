package bus

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

func TestHints(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	got := make(chan stock.Hint, 10_000)
	during(t, func(ctx context.Context) error {
		return b.Signals.FollowHints(ctx, func(h stock.Hint) { got <- h })
	})
	// Nobody keeps them: knock until the follower is there.
	eventually(ctx, t, "the follower", func() error {
		if err := b.Signals.PublishHint(stock.Hint{Product: "knock"}); err != nil {
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
	for _, junk := range []string{"", "{", `[1]`, `{"product":7}`, `{}`} {
		if err := b.nc.Publish(subjectHints, []byte(junk)); err != nil {
			t.Fatal(err)
		}
	}
	want := stock.Hint{
		Product: "switch2", Watch: "w", Source: strings.Repeat("x", 100), From: "me",
		At: time.Date(2026, 4, 1, 10, 0, 0, 0, time.UTC), Within: time.Minute,
	}
	if err := b.Signals.PublishHint(want); err != nil {
		t.Fatalf("PublishHint: %v", err)
	}
	want.Source = want.Source[:64]
	h := next(ctx, t, "the hint", got)
	for h.Product == "knock" {
		h = next(ctx, t, "the hint", got)
	}
	if h != want {
		t.Errorf("hint = %+v, want %+v", h, want)
	}
}
