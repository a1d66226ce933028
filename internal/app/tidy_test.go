package app

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// What a process of before has left is noted or taken away: the history of a
// watch, a letter that came after the reload that removed its channel, and the
// consumer of that channel.
func TestLeftBehind(t *testing.T) {
	t.Parallel()
	b := newBox(t, Watch|Notify)
	ctx := t.Context()
	before, err := bus.Open(ctx, bus.Options{Conn: b.conn, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	old := stock.Change{Kind: stock.Baseline, Watch: stock.WatchRef{ID: "old", URL: "https://shop.example/old"}}
	if _, err := before.Append(ctx, old, 0); err != nil {
		t.Fatal(err)
	}
	// The channel was delivered once: it has its consumer.
	dctx, end := context.WithCancel(ctx)
	delivered := make(chan error, 1)
	go func() {
		delivered <- before.Deliver(dctx, "removed", time.Second, func(context.Context, stock.Letter, int) time.Duration { return 0 })
	}()
	eventually(t, "a consumer of the channel", func() bool { return before.Bound(ctx, []string{"removed"}) == nil })
	end()
	if err := <-delivered; !errors.Is(err, context.Canceled) {
		t.Fatalf("delivery ended with %v", err)
	}
	b.run(t)
	b.ready(t)

	js, err := jetstream.New(b.conn)
	if err != nil {
		t.Fatal(err)
	}
	kv, err := js.KeyValue(ctx, "learned")
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "a note that a watch is not configured", func() bool {
		_, err := kv.Get(ctx, "unwatched.old")
		return err == nil
	})
	for tid := range watchedIDs(b.config.Load().Products) {
		if _, err := kv.Get(ctx, "unwatched."+tid); !errors.Is(err, jetstream.ErrKeyNotFound) {
			t.Errorf("watch %s is noted as not configured: %v", tid, err)
		}
	}

	late := stock.Letter{
		Event: "1", Channel: "removed", Recipient: "me", Epoch: before.Epoch(),
		Alert: stock.Alert{Kind: stock.Restocked}, MadeAt: time.Now(), NotAfter: time.Now().Add(time.Hour),
	}
	if err := before.Enqueue(ctx, late); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the letter among the dead ones, and the consumer gone", func() bool {
		b.live.channels.tidy(ctx)
		dead, err := before.Dead(ctx)
		bound := before.Bound(ctx, []string{"removed"})
		return err == nil && len(dead) == 1 && dead[0].Letter.ID() == late.ID() && bound != nil
	})
}
