package bus

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/sainyuka/sainyuka/internal/natstest"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// TestAStockServer goes the whole way once against a nats-server that is a
// process of its own, as several machines use it.
func TestAStockServer(t *testing.T) {
	nc, err := nats.Connect(natstest.External(t), ClientOptions(testLogger(t))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	ctx := within(t)
	b, err := Open(ctx, Options{Conn: nc, Logger: testLogger(t)}) // leases on disk
	if err != nil {
		t.Fatalf("Open: %v", err)
	}

	seq := mustAppend(t, b, change("w", stock.Baseline), 0)
	if _, err := b.Append(ctx, change("w", stock.Restocked), 0); !errors.Is(err, ErrConflict) {
		t.Errorf("Append after the wrong record: %v, want %v", err, ErrConflict)
	}
	seq = mustAppend(t, b, change("w", stock.Restocked), seq)
	if h, err := b.History(ctx, "w", 10); len(h) != 2 || err != nil {
		t.Errorf("History: %d, %v, want 2", len(h), err)
	}

	during(t, func(ctx context.Context) error {
		return b.Route(ctx, func(ctx context.Context, e stock.Entry) error {
			if e.Change.Kind != stock.Restocked {
				return nil
			}
			return b.Enqueue(ctx, letter("2", "phone", "me"))
		})
	})
	sent := make(chan stock.Letter, 10)
	during(t, func(ctx context.Context) error {
		return b.Deliver(ctx, "phone", time.Second, func(ctx context.Context, l stock.Letter, _ int) time.Duration {
			if err := b.MarkSent(ctx, l, stock.Receipt{SentAt: observed}); err != nil {
				return time.Second
			}
			sent <- l
			return 0
		})
	})
	l := next(ctx, t, "the letter", sent)
	if l.Event != "2" || seq != 2 {
		t.Errorf("sent letter %s of record %d", l.ID(), seq)
	}
	if _, ok, err := b.Sent(ctx, l); !ok || err != nil {
		t.Errorf("Sent: %v, %v, want yes", ok, err)
	}
	empty(ctx, t, b, "phone")

	if _, err := b.Leases.CreateLease(ctx, "shard.1", "a"); err != nil {
		t.Errorf("CreateLease: %v", err)
	}
	if all, err := b.Leases.Leases(ctx); len(all) != 2 || err != nil { // and the router's
		t.Errorf("Leases: %v, %v, want 2", all, err)
	}
}
