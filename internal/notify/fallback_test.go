package notify

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// A service that wants to be left alone for longer than the alert lives does not
// tell it: there is still time for the fall-back channel.
func TestAWaitThatOutlivesTheAlertFallsBack(t *testing.T) {
	mirrorScene(t, func(t *testing.T, s *scene, _ *fakePeople) {
		s.deliver(t)
		s.next("10") // finds the way closed
		s.deliver(t)
		if got := s.store.ids(); strings.Join(got, " ") != "10_mail_rm 9_mail_rm" {
			t.Errorf("outbox %q, want both letters for the fall-back channel", got)
		}
		if dead := s.store.dead; len(dead) != 2 || !strings.Contains(dead[0].Text, "told on mail instead") {
			t.Errorf("dead letters %+v, want two that say where they were told", dead)
		}
	}, fails(channel.RateLimited, 2*time.Hour))
}

// What an alert's own channel would keep for the morning does not ring at night
// because another one failed.
func TestTheFallBackChannelHasItsQuietHours(t *testing.T) {
	for _, tt := range []struct {
		mode      stock.QuietMode
		held, out int
	}{{stock.QuietHold, 1, 0}, {stock.QuietDrop, 0, 0}, {stock.QuietSilent, 0, 1}} {
		mirrorScene(t, func(t *testing.T, s *scene, people *fakePeople) {
			r := s.book.Load().Rules
			r.Quiet = map[string]stock.Quiet{"mail": {To: 24 * time.Hour, Location: time.UTC, Mode: tt.mode}}
			s.Set(r)
			s.deliver(t)
			if held, out := people.keys(heldFacts+"mail."), s.store.ids(); len(held) != tt.held || len(out) != tt.out {
				t.Errorf("%s: held %q, outbox %q, want %d and %d", tt.mode, held, out, tt.held, tt.out)
			}
		}, fails(channel.BadMessage, 0))
	}
}

// Two channels tell of one product, and the first falls back on the second: what
// the second tells, alone or together, is not told there once more.
func TestNobodyIsToldTwiceByAFallBack(t *testing.T) {
	for _, tt := range []struct {
		name        string
		phone, mail Target
		late        time.Duration // of the phone's failure after the records
		want        []string      // what mail gets in all
	}{
		{"one by one, then together", Target{Type: "telegram", Channel: &replacingChannel{}}, Target{Type: "email"}, 0, []string{"5_mail_rm", "dg7_mail_rm"}},
		{"together before", Target{Type: "telegram", Channel: &replacingChannel{}}, Target{Type: "email"}, 2 * time.Minute, []string{"5_mail_rm", "dg7_mail_rm"}},
		{"together, and one by one there", Target{Type: "ntfy"}, Target{Type: "webhook"}, 2 * time.Minute, []string{"5_mail_rm", "6_mail_rm", "7_mail_rm"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			atNoon(t, func(t *testing.T, now time.Time) {
				p, s, people := switch2(), newStore(), newPeople()
				r := rulesFor(p)
				refuses, takes := &fakeChannel{script: []func(context.Context, channel.Message) error{fails(channel.BadMessage, 0)}}, &fakeChannel{}
				tt.phone.ID, tt.phone.Recipient = "phone", "rp"
				tt.mail.ID, tt.mail.Recipient, tt.mail.Channel = "mail", "rm", takes
				if c, ok := tt.phone.Channel.(*replacingChannel); ok {
					c.script, c.fail = refuses.script, channel.ErrNotReplaceable
				} else {
					tt.phone.Channel = refuses
				}
				r.Targets, r.Fallbacks = []Target{tt.phone, tt.mail}, map[string]string{"phone": "mail"}
				n := New(Options{Store: s, People: people, Rules: r, Epoch: "ep"})
				for i := range 3 {
					route(t, n, s.add(uint64(5+i), shopRestock(p, i, now)))
				}
				drainOutbox(t, n, s, "mail")
				time.Sleep(tt.late)
				flushAll(t, n, people)
				drainOutbox(t, n, s, "mail")
				drainOutbox(t, n, s, "phone")
				drainOutbox(t, n, s, "mail")
				time.Sleep(time.Minute)
				flushAll(t, n, people)
				drainOutbox(t, n, s, "mail")
				var got []string
				for id := range s.sent {
					got = append(got, id)
				}
				slices.Sort(got)
				if !slices.Equal(got, tt.want) {
					t.Errorf("mail got %v, want %v", got, tt.want)
				}
			})
		})
	}
}

// drainOutbox delivers a channel's letters until none is left.
func drainOutbox(t *testing.T, n *Notifier, s *fakeStore, channel string) {
	t.Helper()
	for range 1000 {
		synctest.Wait()
		left := slices.DeleteFunc(s.letters(), func(l stock.Letter) bool { return l.Channel != channel })
		if len(left) == 0 {
			return
		}
		for _, l := range left {
			if wait := n.Deliver(t.Context(), l, 1); wait > 0 {
				time.Sleep(wait)
				continue
			}
			s.mu.Lock()
			delete(s.out, l.ID())
			s.mu.Unlock()
		}
	}
	t.Fatalf("letters for %s are left: %v", channel, s.ids())
}
