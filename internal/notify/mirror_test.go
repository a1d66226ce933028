package notify

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// mirrorScene is a scene with facts about people that are followed, and with a
// second channel, "mail", that the first falls back on.
func mirrorScene(t *testing.T, f func(t *testing.T, s *scene, people *fakePeople), script ...func(context.Context, channel.Message) error) {
	t.Helper()
	play(t, func(t *testing.T, s *scene) {
		people := newPeople()
		r := rulesFor(s.product)
		r.Targets = []Target{
			{ID: "phone", Type: "line", Recipient: "rp", Channel: s.channel, Timeout: 10 * time.Second},
			{ID: "mail", Type: "fake", Recipient: "rm", Channel: &fakeChannel{}, Timeout: 10 * time.Second},
		}
		r.Fallbacks = map[string]string{"phone": "mail"}
		r.Limits = map[string]int{"phone": 3}
		s.Notifier = New(Options{Store: s.store, People: people, Rules: r, Epoch: "ep"})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Follow(ctx) }()
		synctest.Wait()
		f(t, s, people)
		stop()
		<-ended
	}, script...)
}

// next makes the scene's letter that of another event.
func (s *scene) next(event string) {
	s.letter.Event = event
	s.letter.MadeAt = time.Now()
	s.letter.Alert.ObservedAt = time.Now()
	s.letter.NotAfter = time.Now().Add(time.Hour)
}

func TestMute(t *testing.T) {
	mirrorScene(t, func(t *testing.T, s *scene, _ *fakePeople) {
		ctx := t.Context()
		if err := s.Mute(ctx, "nothing", 0, "api"); !errors.Is(err, ErrUnknown) {
			t.Errorf("Mute of no product = %v, want %v", err, ErrUnknown)
		}
		for _, step := range []struct {
			story string
			do    func() error
			kind  stock.Kind
			sent  int // messages in all, afterwards
		}{
			{"not muted", func() error { return nil }, stock.Restocked, 1},
			{"muted for an hour", func() error { return s.Mute(ctx, s.product.ID, time.Hour, "button") }, stock.Restocked, 1},
			{"the owner hears of the page all the same", func() error { return nil }, stock.Unread, 2},
			{"after the hour", func() error { time.Sleep(time.Hour); return nil }, stock.Restocked, 3},
		} {
			if err := step.do(); err != nil {
				t.Fatalf("%s: %v", step.story, err)
			}
			synctest.Wait()
			s.next(step.story)
			s.letter.Alert.Kind = step.kind
			s.deliver(t)
			if got := s.channel.sends(); got != step.sent {
				t.Errorf("%s: %d messages, want %d", step.story, got, step.sent)
			}
		}
		if err := s.Mute(ctx, s.product.ID, 0, "command"); err != nil {
			t.Fatal(err)
		}
		if m := s.Mutes(); len(m) != 1 || m[0].Product != s.product.ID || !m[0].Until.IsZero() || m[0].By != "command" {
			t.Errorf("Mutes = %+v, want one for good", m)
		}
		if err := s.Unmute(ctx, s.product.ID); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if m := s.Mutes(); len(m) != 0 {
			t.Errorf("Mutes after Unmute = %+v, want none", m)
		}
	})
}

// A recipient who is gone is not asked again until somebody enables the channel;
// whatever it should have heard is told elsewhere, and a dead letter says so.
func TestARefusedRecipientIsLeftAlone(t *testing.T) {
	for _, class := range []channel.Class{channel.RecipientGone} {
		mirrorScene(t, func(t *testing.T, s *scene, people *fakePeople) {
			s.deliver(t)
			s.next("10")
			s.deliver(t)
			if got := s.channel.sends(); got != 1 {
				t.Errorf("%v: asked %d times for two letters, want once", class, got)
			}
			dead := s.store.dead
			if len(dead) != 2 || !strings.Contains(dead[1].Text, "sainyuka enable phone") || !strings.Contains(dead[1].Text, "told on mail instead") {
				t.Errorf("%v: dead letters %+v, want two, the second with what to do and where it was told", class, dead)
			}
			if got := s.store.ids(); strings.Join(got, " ") != "10_mail_rm 9_mail_rm" {
				t.Errorf("%v: outbox %q, want both letters for the fall-back channel", class, got)
			}
			if d := s.Disabled(); len(d) != 1 || d[0].Channel != "phone" || d[0].Recipient != "rp" || d[0].Reason.None() {
				t.Errorf("%v: Disabled = %+v, want phone's recipient", class, d)
			}
			// Another process, or this one after a restart, knows it as well.
			again := New(Options{Store: s.store, People: people, Rules: s.book.Load().Rules, Epoch: "ep"})
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- again.Follow(ctx) }()
			synctest.Wait()
			if len(again.Disabled()) != 1 {
				t.Errorf("%v: after a restart nobody is disabled", class)
			}
			stop()
			<-ended
			n, err := s.Enable(t.Context(), "phone")
			if n != 1 || err != nil {
				t.Errorf("%v: Enable = %d, %v, want 1", class, n, err)
			}
			if _, err := s.Enable(t.Context(), "pager"); !errors.Is(err, ErrUnknown) {
				t.Errorf("Enable of no channel = %v, want %v", err, ErrUnknown)
			}
			s.next("11")
			s.deliver(t)
			if got := s.channel.sends(); got != 2 {
				t.Errorf("%v: asked %d times, want again after it was enabled", class, got)
			}
		}, fails(class, 0))
	}
}

// Who redrives a dead letter wants it tried, and when that works the recipient is
// back.
func TestARedrivenLetterIsTriedAndEnables(t *testing.T) {
	mirrorScene(t, func(t *testing.T, s *scene, people *fakePeople) {
		s.deliver(t)
		s.next("10")
		s.letter.Redriven = true
		s.deliver(t)
		synctest.Wait()
		if got := s.channel.sends(); got != 2 || len(s.Disabled()) != 0 {
			t.Errorf("asked %d times, disabled %v; want the redriven letter tried and nobody disabled", got, s.Disabled())
		}
		if facts, err := people.Facts(t.Context(), prefixOff); err != nil || len(facts) != 0 {
			t.Errorf("facts %v, %v: want none", facts, err)
		}
	}, fails(channel.BadRecipient, 0), succeeds)
}

func TestAnExhaustedQuotaIsNotTried(t *testing.T) {
	mirrorScene(t, func(t *testing.T, s *scene, _ *fakePeople) {
		s.deliver(t) // the service says that the month is over
		s.next("10")
		s.deliver(t)
		if got := s.channel.sends(); got != 1 {
			t.Errorf("asked %d times for two letters, want once", got)
		}
		if q := s.Quotas(); len(q) != 1 || q[0].Channel != "phone" || q[0].Until.Day() != 1 {
			t.Errorf("Quotas = %+v, want phone's until the first of a month", q)
		}
		time.Sleep(time.Until(s.Quotas()[0].Until))
		s.next("11")
		s.deliver(t)
		if got := s.channel.sends(); got != 2 {
			t.Errorf("asked %d times, want again in the new month", got)
		}
	}, fails(channel.QuotaExhausted, 0))
}

func TestTheLimitOfAMonthIsKept(t *testing.T) {
	mirrorScene(t, func(t *testing.T, s *scene, _ *fakePeople) {
		for _, event := range []string{"1", "2", "3", "4", "5"} {
			s.next(event)
			s.deliver(t)
		}
		if got := s.channel.sends(); got != 3 {
			t.Errorf("%d messages in a month with a limit of 3", got)
		}
		if q := s.Quotas(); len(q) != 1 || q[0].Sent != 3 || q[0].Limit != 3 {
			t.Errorf("Quotas = %+v, want 3 of 3", q)
		}
		if got := s.store.ids(); strings.Join(got, " ") != "4_mail_rm 5_mail_rm" {
			t.Errorf("outbox %q, want what was too much, for the fall-back channel", got)
		}
	})
}

// A service that does not answer: after five attempts what is urgent goes to the
// fall-back channel, and other letters are not tried one by one.
func TestBreaker(t *testing.T) {
	mirrorScene(t, func(t *testing.T, s *scene, _ *fakePeople) {
		s.deliver(t)
		if got := s.channel.sends(); got != breakAfter {
			t.Errorf("%d attempts before the fall-back channel, want %d", got, breakAfter)
		}
		if got := s.store.ids(); strings.Join(got, " ") != "9_mail_rm" {
			t.Errorf("outbox %q, want the letter for the fall-back channel", got)
		}
		s.next("10")
		s.deliver(t)
		if got := s.channel.sends(); got != breakAfter+1 {
			t.Errorf("%d attempts, want one more for the second letter", got-breakAfter)
		}
	}, fails(channel.Transient, 0))
}
