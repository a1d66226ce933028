package notify

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// scene is a Notifier with one channel in a bubble of time.
type scene struct {
	*Notifier
	store   *fakeStore
	channel *fakeChannel
	product stock.Product
	letter  stock.Letter
	start   time.Time
}

func play(t *testing.T, f func(t *testing.T, s *scene), script ...func(context.Context, channel.Message) error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p, now := switch2(), time.Now()
		s := &scene{store: newStore(), channel: &fakeChannel{script: script}, product: p, start: now}
		r := rulesFor(p)
		r.Targets = []Target{{ID: "phone", Type: "fake", Recipient: "rp", Channel: s.channel, Timeout: 10 * time.Second}}
		s.Notifier = New(Options{Store: s.store, Rules: r, Epoch: "ep"})
		a := fullAlert(p)
		a.ObservedAt = now
		s.letter = stock.Letter{Event: "9", Channel: "phone", Recipient: "rp", Epoch: "ep", Alert: a, MadeAt: now, NotAfter: now.Add(time.Hour)}
		f(t, s)
	})
}

// deliver hands the letter in again and again, as the bus does, until it is
// dealt with. It returns how often.
func (s *scene) deliver(t *testing.T) (rounds int) {
	t.Helper()
	for rounds = 1; rounds < 1000; rounds++ {
		retry := s.Deliver(t.Context(), s.letter, rounds)
		if retry == 0 {
			return rounds
		}
		time.Sleep(retry)
	}
	t.Fatalf("the letter is still not dealt with after %d rounds", rounds)
	return rounds
}

func (s *scene) count(outcome string) float64 {
	return testutil.ToFloat64(s.metrics.alerts.WithLabelValues("phone", outcome))
}

// buried returns the reason of the one dead letter, "" when there is none.
func (s *scene) buried(t *testing.T) string {
	t.Helper()
	switch len(s.store.dead) {
	case 0:
		return ""
	case 1:
		return s.store.dead[0].Text
	}
	t.Fatalf("%d dead letters, want at most one: %+v", len(s.store.dead), s.store.dead)
	return ""
}

func TestDeliver(t *testing.T) {
	play(t, func(t *testing.T, s *scene) {
		time.Sleep(300 * time.Millisecond)
		s.deliver(t)
		r, ok := s.store.sent["9_phone_rp"]
		want := stock.Receipt{Epoch: "ep", SentAt: time.Now(), ObservedAt: s.start, MadeAt: s.start, TriedAt: time.Now(), Product: "switch2", Kind: stock.Restocked, Tries: 1, ProviderID: "id-1"}
		if !ok || r != want {
			t.Errorf("sent marker = %+v, want %+v", r, want)
		}
		m := s.channel.got[0]
		if m.Title != "【再入荷】Nintendo Switch 2 ¥49,980（楽天市場）" || m.URL != rakutenURL || m.Late {
			t.Errorf("message = %q %q late %v", m.Title, m.URL, m.Late)
		}
		s.deliver(t)
		if got := s.channel.sends(); got != 1 {
			t.Errorf("a letter that was sent already was sent %d times, want once", got)
		}
		if got := s.count(outcomeSent); got != 1 {
			t.Errorf("alerts_total sent = %v, want 1", got)
		}
		if got := testutil.CollectAndCount(s.metrics.latency); got != 1 {
			t.Errorf("series of the latency = %d, want 1", got)
		}
	})
}

func TestDeliverByClass(t *testing.T) {
	for _, tt := range []struct {
		name   string
		script []func(context.Context, channel.Message) error
		sends  int
		dead   string // part of the reason
		no     bool   // no dead letter
	}{
		{"a passing trouble", []func(context.Context, channel.Message) error{fails(channel.Transient, 0), fails(channel.Transient, 0), succeeds}, 3, "", true},
		{"too fast", []func(context.Context, channel.Message) error{fails(channel.RateLimited, 2*time.Second), succeeds}, 2, "", true},
		{"nothing more today", []func(context.Context, channel.Message) error{fails(channel.QuotaExhausted, 0), succeeds}, 2, "", true},
		{"no such recipient", []func(context.Context, channel.Message) error{fails(channel.BadRecipient, 0), succeeds}, 2, "", true},
		{"a wrong token", []func(context.Context, channel.Message) error{fails(channel.BadCredential, 0), fails(channel.BadCredential, 0), succeeds}, 3, "", true},
		{"a login page", []func(context.Context, channel.Message) error{fails(channel.Unrecognised, 0), succeeds}, 2, "", true},
		{"a recipient that is gone", []func(context.Context, channel.Message) error{fails(channel.RecipientGone, 0)}, 1, "recipient gone", false},
		{"a refused message", []func(context.Context, channel.Message) error{fails(channel.BadMessage, 0), succeeds}, 2, "", true},
		{"a message refused twice", []func(context.Context, channel.Message) error{fails(channel.BadMessage, 0)}, 2, "message refused", false},
		{"an error of another kind", []func(context.Context, channel.Message) error{func(context.Context, channel.Message) error { return errDown }, succeeds}, 2, "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			play(t, func(t *testing.T, s *scene) {
				s.deliver(t)
				reason := s.buried(t)
				if s.channel.sends() != tt.sends || !strings.Contains(reason, tt.dead) || tt.no != (reason == "") {
					t.Errorf("sends %d, dead letter %q, want %d and %q", s.channel.sends(), reason, tt.sends, tt.dead)
				}
				if tt.no != (s.count(outcomeSent) == 1) || tt.no == (s.count(outcomeDead) == 1) {
					t.Errorf("counted sent %v dead %v", s.count(outcomeSent), s.count(outcomeDead))
				}
			}, tt.script...)
		})
	}
}

func TestRefusedMessageGoesOutPlain(t *testing.T) {
	play(t, func(t *testing.T, s *scene) {
		s.deliver(t)
		first, second := s.channel.got[0], s.channel.got[1]
		if first.Plain || !second.Plain || second.Image != "" || second.Title != first.Title || second.URL != first.URL {
			t.Errorf("second attempt plain %v, image %q, title %q, url %q; want plain, none, and those of the first", second.Plain, second.Image, second.Title, second.URL)
		}
		if len(second.Event) >= len(first.Event) {
			t.Errorf("plain event has %d bytes, the full one %d; want fewer", len(second.Event), len(first.Event))
		}
	}, fails(channel.BadMessage, 0), succeeds)
}

func TestDeliverExpired(t *testing.T) {
	play(t, func(t *testing.T, s *scene) {
		time.Sleep(time.Hour + time.Second)
		s.deliver(t)
		if s.channel.sends() != 0 || !strings.HasPrefix(s.buried(t), "expired: not delivered before ") || s.count(outcomeExpired) != 1 {
			t.Errorf("sends %d, dead letter %q, expired %v; want it given up unsent", s.channel.sends(), s.buried(t), s.count(outcomeExpired))
		}
	})
}

func TestSentMarkerGoesBeforeExpiry(t *testing.T) {
	play(t, func(t *testing.T, s *scene) {
		s.deliver(t)
		time.Sleep(2 * time.Hour)
		s.deliver(t)
		if got := s.buried(t); got != "" {
			t.Errorf("a letter that was sent, handed out again later: dead letter %q, want none", got)
		}
	})
}

func TestDeliverToNobody(t *testing.T) {
	for _, l := range []stock.Letter{{Channel: "pager", Recipient: "rp"}, {Channel: "phone", Recipient: "somebody-else"}} {
		play(t, func(t *testing.T, s *scene) {
			s.letter.Channel, s.letter.Recipient = l.Channel, l.Recipient
			s.deliver(t)
			if got := s.buried(t); !strings.Contains(got, "no longer configured") {
				t.Errorf("letter to %s %s: dead letter %q, want one that says why", l.Channel, l.Recipient, got)
			}
		})
	}
}

func TestLateAlerts(t *testing.T) {
	play(t, func(t *testing.T, s *scene) {
		s.deliver(t)
		s.letter.Event = "10"
		time.Sleep(5 * time.Minute)
		s.store.add(11, soldOut(s.product, time.Now().Add(-time.Minute)))
		s.deliver(t)
		onTime, late := s.channel.got[0], s.channel.got[1]
		if onTime.Late || !late.Late || !strings.Contains(late.Title, "遅延") || !strings.Contains(late.Body, "最新の状態: 在庫なし") {
			t.Errorf("five minutes later: %q\n%s\nwant it marked, with the state of now", late.Title, late.Body)
		}
		if onTime.Priority != 5 || late.Priority >= 4 {
			t.Errorf("priorities %d and %d, want 5, and less than 4 for what is gone again", onTime.Priority, late.Priority)
		}
		if !slices.Contains(late.Letter.Alert.Marks, alerttext.MarkLate) || !strings.Contains(string(late.Event), `"marks":["late"]`) {
			t.Errorf("marks = %v, want late among them, in the event too", late.Letter.Alert.Marks)
		}
		if len(s.letter.Alert.Marks) != 0 {
			t.Errorf("the letter itself has marks %v now, want it untouched", s.letter.Alert.Marks)
		}
	})
}

func TestDeliverWhileTheStoreFails(t *testing.T) {
	play(t, func(t *testing.T, s *scene) {
		s.store.fail["Sent"] = 1
		if rounds := s.deliver(t); rounds != 2 || s.channel.sends() != 1 {
			t.Errorf("marker unreadable once: %d rounds, %d sends; want 2 and 1: nothing is sent without knowing", rounds, s.channel.sends())
		}
		s.letter.Event = "10"
		s.store.fail["MarkSent"] = 2
		if rounds := s.deliver(t); rounds != 1 || s.channel.sends() != 2 || len(s.store.sent) != 2 {
			t.Errorf("marker unwritable twice: %d rounds, %d sends, %d markers; want 1, 2, 2", rounds, s.channel.sends(), len(s.store.sent))
		}
		s.letter.Event = "11"
		s.store.fail["MarkSent"] = 99
		if rounds := s.deliver(t); rounds != 1 || s.channel.sends() != 3 {
			t.Errorf("marker unwritable: %d rounds, %d sends; want 1 and 3: a sent letter is done", rounds, s.channel.sends())
		}
		// The store was away, so it knows neither marker nor acknowledgement.
		if rounds := s.deliver(t); rounds < 2 || s.channel.sends() != 3 || len(s.store.sent) != 3 {
			t.Errorf("it comes again: %d rounds, %d sends, %d markers; want more than 1, and 3, 3: it has rung already", rounds, s.channel.sends(), len(s.store.sent))
		}
	})
	play(t, func(t *testing.T, s *scene) {
		s.store.fail["Bury"] = 4
		if rounds := s.deliver(t); rounds != 2 || s.buried(t) == "" || s.count(outcomeDead) != 1 {
			t.Errorf("burying fails: %d rounds, dead letter %q, counted %v; want 2, one, 1", rounds, s.buried(t), s.count(outcomeDead))
		}
	}, fails(channel.RecipientGone, 0))
}

func TestStoppingLeavesTheLetter(t *testing.T) {
	play(t, func(t *testing.T, s *scene) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if got := s.Deliver(ctx, s.letter, 1); got == 0 || s.buried(t) != "" {
			t.Errorf("Deliver while stopping = %v, dead letter %q; want it left for later", got, s.buried(t))
		}
		if took := time.Since(s.start); took != time.Second {
			t.Errorf("it took %v to stop, want none after the 1s until the cancel", took)
		}
	}, hangs)
}

// One recipient gets one message at a time; another does not wait for that.
func TestOneMessagePerRecipientInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, store := switch2(), newStore()
		var mu sync.Mutex
		inFlight, most := map[string]int{}, map[string]int{}
		slow := func(key string, d time.Duration) *fakeChannel {
			return &fakeChannel{script: []func(context.Context, channel.Message) error{func(context.Context, channel.Message) error {
				mu.Lock()
				inFlight[key]++
				most[key] = max(most[key], inFlight[key])
				mu.Unlock()
				time.Sleep(d)
				mu.Lock()
				inFlight[key]--
				mu.Unlock()
				return nil
			}}}
		}
		a, b := slow("a", time.Second), slow("b", time.Millisecond)
		r := rulesFor(p)
		r.Targets = []Target{{ID: "phone", Recipient: "a", Channel: a}, {ID: "phone", Recipient: "b", Channel: b}}
		n := New(Options{Store: store, Rules: r})
		var wg sync.WaitGroup
		hand := func(event, recipient string) {
			wg.Go(func() {
				l := stock.Letter{Event: event, Channel: "phone", Recipient: recipient, Alert: fullAlert(p), NotAfter: time.Now().Add(time.Hour)}
				for tries := 1; ; tries++ {
					retry := n.Deliver(t.Context(), l, tries)
					if retry == 0 {
						return
					}
					time.Sleep(retry)
				}
			})
		}
		for _, e := range []string{"1", "2", "3", "4", "5", "6", "7"} {
			hand(e, "a")
		}
		time.Sleep(10 * time.Millisecond)
		start := time.Now()
		hand("1", "b")
		time.Sleep(2 * time.Millisecond)
		synctest.Wait()
		if b.sends() != 1 || time.Since(start) > 3*time.Millisecond {
			t.Errorf("the free recipient got %d messages in %v behind a busy one, want 1 at once", b.sends(), time.Since(start))
		}
		wg.Wait()
		if a.sends() != 7 || most["a"] != 1 {
			t.Errorf("the busy recipient got %d messages, %d at once; want 7, one at a time", a.sends(), most["a"])
		}
	})
}

// The store may hand a letter out again while it is still in hand.
func TestSameLetterTwiceAtOnce(t *testing.T) {
	play(t, func(t *testing.T, s *scene) {
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() { s.deliver(t) })
		}
		wg.Wait()
		if got := s.channel.sends(); got != 1 {
			t.Errorf("a letter handed out three times at once was sent %d times, want once", got)
		}
	}, func(context.Context, channel.Message) error { time.Sleep(2 * time.Second); return nil })
}

func TestSetReplacesRules(t *testing.T) {
	play(t, func(t *testing.T, s *scene) {
		s.deliver(t)
		r := rulesFor(s.product)
		replacement := &fakeChannel{}
		r.Targets = []Target{{ID: "pager", Recipient: "rp", Channel: replacement}}
		s.Set(r)
		s.letter.Event, s.letter.Channel = "10", "pager"
		s.deliver(t)
		if replacement.sends() != 1 || s.channel.sends() != 1 || len(s.lanes.byKey) != 1 {
			t.Errorf("after a reload: new channel %d sends, old %d, %d lanes; want 1, 1, 1", replacement.sends(), s.channel.sends(), len(s.lanes.byKey))
		}
	})
}

func TestSendErrorText(t *testing.T) {
	e := &channel.SendError{Class: channel.RateLimited, Status: 429, Err: errDown}
	if got, want := e.Error(), "too many requests (HTTP 429): the store is down"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	if !errors.Is(e, errDown) {
		t.Error("the cause cannot be found in it")
	}
	if got := channel.Class(99).String(); got != "Class(99)" {
		t.Errorf("Class(99) = %q", got)
	}
}
