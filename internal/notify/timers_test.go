package notify

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/group"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// runningTimers runs RunTimers until end is called.
func runningTimers(t testing.TB, n *Notifier) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- n.RunTimers(ctx) }()
	return func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("RunTimers ended with %v, want its context's end", err)
		}
	}
}

func escalating(p stock.Product) Rules {
	r := rulesFor(p)
	r.Routes = []stock.Route{{Notify: []string{"phone"}, EscalateTo: []string{"mail"}, EscalateAfter: 3 * time.Minute, Urgent: true}}
	return r
}

func TestEscalation(t *testing.T) {
	none, both := []string{"5_phone_rp"}, []string{"5_mail_rm", "5_phone_rp"}
	for _, tt := range []struct {
		name string
		act  func(t *testing.T, n *Notifier, s *fakeStore, p stock.Product) // a minute after the alert
		want []string
	}{
		{"nobody acknowledges", nil, both},
		{"acknowledged", func(t *testing.T, n *Notifier, _ *fakeStore, p stock.Product) {
			for range 2 {
				if err := n.Acknowledge(t.Context(), p.ID, "5"); err != nil {
					t.Errorf("Acknowledge: %v", err)
				}
			}
		}, none},
		{"another alert of the product acknowledged", func(t *testing.T, n *Notifier, _ *fakeStore, p stock.Product) {
			if err := n.Acknowledge(t.Context(), p.ID, "dg4"); err != nil {
				t.Errorf("Acknowledge: %v", err)
			}
		}, none},
		{"acknowledged, and routed again", func(t *testing.T, n *Notifier, s *fakeStore, p stock.Product) {
			if err := n.Acknowledge(t.Context(), p.ID, "5"); err != nil {
				t.Errorf("Acknowledge: %v", err)
			}
			route(t, n, s.records[p.Watches[0].ID][0])
		}, none},
		{"another product acknowledged", func(t *testing.T, n *Notifier, _ *fakeStore, _ stock.Product) {
			if err := n.Acknowledge(t.Context(), "other", "4"); err != nil {
				t.Errorf("Acknowledge: %v", err)
			}
		}, both},
		{"sold out by then", func(_ *testing.T, _ *Notifier, s *fakeStore, p stock.Product) { s.add(6, soldOut(p, time.Now())) }, none},
	} {
		t.Run(tt.name, func(t *testing.T) {
			atNoon(t, func(t *testing.T, now time.Time) {
				p, s, people := switch2(), newStore(), newPeople()
				n := New(Options{Store: s, People: people, Rules: escalating(p)})
				route(t, n, s.add(5, restock(p, now)))
				end := runningTimers(t, n)
				time.Sleep(time.Minute)
				if tt.act != nil {
					tt.act(t, n, s, p)
				}
				end() // a restart
				time.Sleep(time.Minute)
				n = New(Options{Store: s, People: people, Rules: escalating(p)})
				end = runningTimers(t, n)
				time.Sleep(59 * time.Second)
				if got := s.ids(); !slices.Equal(got, none) {
					t.Fatalf("before its time the outbox has %v, want %v", got, none)
				}
				time.Sleep(10 * time.Second)
				if got := s.ids(); !slices.Equal(got, tt.want) {
					t.Errorf("after three minutes the outbox has %v, want %v", got, tt.want)
				}
				for _, l := range s.letters() {
					if second := l.Channel == "mail"; slices.Contains(l.Alert.Marks, alerttext.MarkEscalated) != second || !l.Urgent {
						t.Errorf("letter %s has marks %v and urgent %v", l.ID(), l.Alert.Marks, l.Urgent)
					}
				}
				end()
				time.Sleep(2 * ackMemory)
				end = runningTimers(t, n)
				time.Sleep(time.Minute)
				end()
				if keys := append(people.keys(escFacts), people.keys(ackFacts)...); len(keys) != 0 {
					t.Errorf("two days later %v are kept, want nothing", keys)
				}
			})
		})
	}
}

// A wall clock that is set forward takes nothing of the time that people have.
func TestEscalationSurvivesAStepOfTheClock(t *testing.T) {
	for _, step := range []time.Duration{time.Minute, time.Hour, 56 * 365 * 24 * time.Hour} {
		atNoon(t, func(t *testing.T, now time.Time) {
			p, s, people := switch2(), newStore(), newPeople()
			n := New(Options{Store: s, People: people, Rules: escalating(p)})
			route(t, n, s.add(5, restock(p, now)))
			// As if the clock had been behind until now.
			n.escalations.age = func(at time.Time) time.Duration { return time.Since(at.Add(step)) }
			key := people.keys(escFacts)[0]
			var esc escFact
			rev, err := n.facts.read(t.Context(), key, &esc)
			if err != nil {
				t.Fatal(err)
			}
			esc.Due = esc.Due.Add(-step)
			if _, err := n.facts.put(t.Context(), key, esc, rev); err != nil {
				t.Fatal(err)
			}
			defer runningTimers(t, n)()
			time.Sleep(3*time.Minute - timerRetry)
			if got := s.ids(); len(got) != 1 {
				t.Fatalf("a step by %s: before its time the outbox has %v, want the alert alone", step, got)
			}
			time.Sleep(3 * timerRetry)
			if got := s.ids(); len(got) != 2 {
				t.Errorf("a step by %s: after three minutes the outbox has %v, want the escalation too", step, got)
			}
		})
	}
}

// What rings nobody waits for nobody's word.
func TestNoEscalationOfWhatIsHeld(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		p, s, people := switch2(), newStore(), newPeople()
		r := quietRules(p, now, stock.QuietHold)
		r.Routes = []stock.Route{{Notify: []string{"phone"}, EscalateTo: []string{"phone"}, EscalateAfter: time.Minute}}
		route(t, New(Options{Store: s, People: people, Rules: r}), s.add(5, restock(p, now)))
		if keys := people.keys(escFacts); len(keys) != 0 {
			t.Errorf("waiting for a word: %v, want nothing", keys)
		}
	})
}

// RunTimers does all of it by itself, at its time, although the store fails half of
// the time.
func TestTimersThroughTrouble(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		p, s, people := switch2(), newStore(), newPeople()
		r := quietRules(p, now, stock.QuietHold)
		r.Targets = append(r.Targets, Target{ID: "mail", Recipient: "rm", Channel: &fakeChannel{}})
		n := New(Options{Store: s, People: people, Rules: r})
		for i := range 3 {
			route(t, n, s.add(uint64(5+i), shopRestock(p, i, now)))
		}
		end := runningTimers(t, n)
		synctest.Wait()
		luck := rand.New(rand.NewPCG(1, 2))
		people.mu.Lock()
		people.crash = func() (bool, bool) { return luck.IntN(4) == 0, luck.IntN(4) == 0 }
		people.mu.Unlock()
		time.Sleep(7 * time.Hour)
		if got, want := s.ids(), []string{"5_mail_rm", "dg7_mail_rm"}; !slices.Equal(got, want) {
			t.Errorf("before the end of the phone's quiet hours the outbox has %v, want %v", got, want)
		}
		time.Sleep(70 * time.Minute)
		if got, want := s.ids(), []string{"5_mail_rm", "7_phone_rp", "dg7_mail_rm"}; !slices.Equal(got, want) {
			t.Errorf("after them it has %v, want %v", got, want)
		}
		end()
		time.Sleep(2 * group.Memory)
		end = runningTimers(t, n)
		time.Sleep(5 * time.Minute)
		end()
		if keys := people.keys(""); !slices.Equal(keys, []string{judgedFacts + judgedShard(p.ID)}) {
			t.Errorf("two days later %v are kept, want the limits of the product alone", keys)
		}
	})
}

func TestTimersWithoutAStoreOnlyWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		end := runningTimers(t, New(Options{Store: newStore(), Rules: rulesFor(switch2())}))
		time.Sleep(time.Hour)
		end()
	})
}
