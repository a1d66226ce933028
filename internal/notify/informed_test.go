package notify

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// What was muted before a restart is muted when the first letter is delivered.
func TestInformedMeansThatAllIsKnown(t *testing.T) {
	play(t, func(t *testing.T, s *scene) {
		people := newPeople()
		o := Options{Store: s.store, People: people, Rules: s.book.Load().Rules, Epoch: "ep"}
		before := New(o)
		if err := before.Mute(t.Context(), s.product.ID, time.Hour, "button"); err != nil {
			t.Fatal(err)
		}
		if err := before.channels.disable(t.Context(), Target{ID: "phone", Recipient: "rp"}, stock.Said("gone"), true); err != nil {
			t.Fatal(err)
		}
		n := New(o)
		select {
		case <-n.Informed():
			t.Error("a notifier that has read nothing says that it is informed")
		default:
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- n.Follow(ctx) }()
		synctest.Wait()
		select {
		case <-n.Informed():
		default:
			t.Error("a notifier that has read all does not say so")
		}
		if m, d := n.Mutes(), n.Disabled(); len(m) != 1 || len(d) != 1 {
			t.Errorf("Mutes = %v and Disabled = %v, want one each", m, d)
		}
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Follow = %v, want %v", err, context.Canceled)
		}
	})
}
