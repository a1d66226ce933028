package notify

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// A service that counts by sender is left alone by all of that sender's
// channels; one that counts by recipient only by that recipient's.
func TestScope(t *testing.T) {
	for scope, want := range map[channel.Scope]map[string]time.Duration{
		channel.ScopeRecipient: {"one": time.Minute, "two": 0, "other": 0},
		channel.ScopeAccount:   {"one": time.Minute, "two": time.Minute, "other": 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			busy := &fakeChannel{script: []func(context.Context, channel.Message) error{func(context.Context, channel.Message) error {
				return &channel.SendError{Class: channel.RateLimited, Status: 429, RetryAfter: time.Minute, Scope: scope, Err: errors.New("slowly")}
			}}}
			n := New(Options{Store: newStore(), Rules: Rules{Targets: []Target{
				{ID: "one", Recipient: "r1", Account: "a", Channel: busy},
				{ID: "two", Recipient: "r2", Account: "a", Channel: &fakeChannel{}},
				{ID: "other", Recipient: "r3", Channel: &fakeChannel{}},
			}}})
			l := stock.Letter{Event: "7", Channel: "one", Recipient: "r1", MadeAt: time.Now(), NotAfter: time.Now().Add(time.Hour)}
			n.Deliver(t.Context(), l, 1)
			for _, target := range n.book.Load().Targets {
				got := n.lanes.of(targetKey(target.ID, target.Recipient)).opensIn()
				if least := want[target.ID]; got < least || got > least+time.Second {
					t.Errorf("scope %d: channel %s rests %v, want %v", scope, target.ID, got, least)
				}
			}
		})
	}
}

// What a service says at an accepted message holds for the next one.
func TestRestAfterSuccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New(Options{Store: newStore(), Rules: Rules{Targets: []Target{{ID: "one", Recipient: "r1", Channel: resting{}}}}})
		l := stock.Letter{Event: "7", Channel: "one", Recipient: "r1", MadeAt: time.Now(), NotAfter: time.Now().Add(time.Hour)}
		if again := n.Deliver(t.Context(), l, 1); again != 0 {
			t.Fatalf("Deliver = %v, want it done", again)
		}
		l.Event = "8"
		if again := n.Deliver(t.Context(), l, 1); again != 3*time.Second {
			t.Errorf("Deliver of the next letter = %v, want it back in 3 s", again)
		}
	})
}

// resting accepts and asks for a rest.
type resting struct{}

func (resting) Send(context.Context, channel.Message) (channel.Receipt, error) {
	return channel.Receipt{Rest: 3 * time.Second}, nil
}
