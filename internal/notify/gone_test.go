package notify

import (
	"errors"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/sainyuka/sainyuka/internal/channel"
)

// A browser that is gone took its subscription with it: nobody could mend it, and
// nothing has to be kept of it. One that we may not send to can be mended.
func TestAGoneSubscriberIsNotDisabled(t *testing.T) {
	for class, want := range map[channel.Class]int{channel.RecipientGone: 0, channel.BadCredential: 1} {
		mirrorScene(t, func(t *testing.T, s *scene, people *fakePeople) {
			r := s.book.Load().Rules
			r.Targets[0].Subscribed = true
			s.Set(r)
			s.deliver(t)
			if d, kept := s.Disabled(), people.keys(prefixOff); len(d) != want || len(kept) != want {
				t.Errorf("%v: %d recipients are disabled and %v kept, want %d", class, len(d), kept, want)
			}
			if len(s.store.dead) != 1 {
				t.Errorf("%v: %d dead letters, want one", class, len(s.store.dead))
			}
		}, fails(class, 0))
	}
}

// The dashboard offers to enable only what is there.
func TestWhoIsNoLongerConfiguredIsNotListedAsDisabled(t *testing.T) {
	mirrorScene(t, func(t *testing.T, s *scene, _ *fakePeople) {
		s.deliver(t)
		r := s.book.Load().Rules
		r.Targets[0].Recipient = "mended"
		s.Set(r)
		if d := s.Disabled(); len(d) != 0 {
			t.Errorf("Disabled = %+v although the channel has another recipient, want none", d)
		}
	}, fails(channel.BadCredential, 0))
}

// A message that was sent is marked before anything else is written: what else
// there is to count may take its time or fail.
func TestASentMessageIsMarkedFirst(t *testing.T) {
	mirrorScene(t, func(t *testing.T, s *scene, people *fakePeople) {
		people.crash = func() (before, after bool) {
			if len(s.store.sent) != 1 {
				t.Error("something was written before the marker")
			}
			return true, false
		}
		s.deliver(t)
		if len(s.store.sent) != 1 {
			t.Errorf("%d markers, want one", len(s.store.sent))
		}
	})
}

// Who unmutes a product sees at once that it is not muted.
func TestUnmuteIsKnownAtOnce(t *testing.T) {
	play(t, func(t *testing.T, s *scene) {
		n := New(Options{Store: s.store, People: newPeople(), Rules: s.book.Load().Rules})
		if err := errors.Join(n.Mute(t.Context(), s.product.ID, 0, "api"), n.Unmute(t.Context(), s.product.ID)); err != nil {
			t.Fatal(err)
		}
		if m := n.Mutes(); len(m) != 0 {
			t.Errorf("Mutes = %v, want none", m)
		}
	})
}

// A held letter that is given up is counted like every other dead letter.
func TestAHeldLetterThatIsGivenUpIsCounted(t *testing.T) {
	play(t, func(t *testing.T, s *scene) {
		people := newPeople()
		r := s.book.Load().Rules
		n := New(Options{Store: s.store, People: people, Rules: r})
		if err := n.out.hold(t.Context(), s.letter); err != nil {
			t.Fatal(err)
		}
		r.Targets = nil
		r.Channels = []string{"phone"}
		n.Set(r)
		if err := n.held.release(t.Context(), "phone", "rp"); err != nil {
			t.Fatal(err)
		}
		s.Notifier = n
		if dead, letters := s.count(outcomeDead), testutil.ToFloat64(n.metrics.dead.WithLabelValues("phone")); dead != 1 || letters != 1 {
			t.Errorf("alerts_total has %v dead and dead_letters_total %v, want 1 and 1", dead, letters)
		}
	})
}
