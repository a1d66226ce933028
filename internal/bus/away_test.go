package bus

import (
	"context"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// TestNothingWaitsForEver calls everything while the engine is away.
func TestNothingWaitsForEver(t *testing.T) {
	b, s := newBus(t)
	s.Stop()
	l := letter("1", "phone", "me")
	calls := map[string]func(context.Context) error{
		"Ready":        b.Ready,
		"Append":       func(ctx context.Context) error { _, err := b.Append(ctx, change("w", stock.Baseline), 0); return err },
		"Last":         func(ctx context.Context) error { _, _, err := b.Last(ctx, "w"); return err },
		"History":      func(ctx context.Context) error { _, err := b.History(ctx, "w", 1); return err },
		"Forget":       func(ctx context.Context) error { return b.Forget(ctx, "w") },
		"Enqueue":      func(ctx context.Context) error { return b.Enqueue(ctx, l) },
		"Sent":         func(ctx context.Context) error { _, _, err := b.Sent(ctx, l); return err },
		"Deliveries":   func(ctx context.Context) error { _, err := b.Deliveries(ctx, 1); return err },
		"MarkSent":     func(ctx context.Context) error { return b.MarkSent(ctx, l, stock.Receipt{}) },
		"Bury":         func(ctx context.Context) error { return b.Bury(ctx, stock.DeadLetter{Letter: l}) },
		"Dead":         func(ctx context.Context) error { _, err := b.Dead(ctx); return err },
		"Redrive":      func(ctx context.Context) error { return b.Redrive(ctx, l.ID()) },
		"Discard":      func(ctx context.Context) error { return b.Discard(ctx, l.ID()) },
		"Outbox":       func(ctx context.Context) error { _, _, err := b.Outbox(ctx, "phone"); return err },
		"BuryOrphans":  func(ctx context.Context) error { _, err := b.BuryOrphans(ctx, nil, nil); return err },
		"CreateLease":  func(ctx context.Context) error { _, err := b.Leases.CreateLease(ctx, "k", "v"); return err },
		"RenewLease":   func(ctx context.Context) error { _, err := b.Leases.RenewLease(ctx, "k", "v", 1); return err },
		"ReleaseLease": func(ctx context.Context) error { return b.Leases.ReleaseLease(ctx, "k", 1) },
		"Leases":       func(ctx context.Context) error { _, err := b.Leases.Leases(ctx); return err },
		"Learned":      func(ctx context.Context) error { _, err := b.Hosts.Learned(ctx, "h"); return err },
		"Learn":        func(ctx context.Context) error { return b.Hosts.Learn(ctx, "h", nil) },
		"PublishHint":  func(context.Context) error { return b.Signals.PublishHint(stock.Hint{Product: "p"}) },
		"PublishLooks": func(context.Context) error { return b.Signals.PublishLooks(1, make([]stock.Look, 1)) },
	}
	for name, do := range calls {
		ended := make(chan error, 1)
		go func() { ended <- do(context.Background()) }() // the call's own deadline must do
		if err := next(within(t), t, name, ended); err == nil {
			t.Errorf("%s succeeded without an engine", name)
		}
	}
	lasting := map[string]func(context.Context) error{
		"Follow": func(ctx context.Context) error { return b.Follow(ctx, func(stock.Entry) {}) },
		"Route":  func(ctx context.Context) error { return b.Route(ctx, nil) },
		"Deliver": func(ctx context.Context) error {
			return b.Deliver(ctx, "phone", time.Second, nil)
		},
		"WatchLeases": func(ctx context.Context) error { return b.Leases.WatchLeases(ctx, func() {}) },
		"FollowLooks": func(ctx context.Context) error { return b.Signals.FollowLooks(ctx, nil) },
		"FollowHints": func(ctx context.Context) error { return b.Signals.FollowHints(ctx, nil) },
	}
	for name, run := range lasting {
		t.Run(name, func(t *testing.T) { during(t, run)() })
	}
}
