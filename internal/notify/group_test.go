package notify

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/group"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// replacingChannel is a channel whose messages can be changed.
type replacingChannel struct {
	fakeChannel
	replaced []string // the ids of the messages that were
	fail     error
}

func (c *replacingChannel) Replace(ctx context.Context, id string, m channel.Message) (channel.Receipt, error) {
	if c.fail != nil {
		return channel.Receipt{}, c.fail
	}
	c.replaced = append(c.replaced, id)
	c.mu.Lock()
	c.got = append(c.got, m)
	c.mu.Unlock()
	return channel.Receipt{ProviderID: id}, nil
}

// shopRestock returns a restock of the product's i-th watch.
func shopRestock(p stock.Product, i int, at time.Time) stock.Change {
	c := restock(p, at)
	w := p.Watches[i]
	c.Watch = stock.WatchRef{ID: w.ID, URL: w.URL, Source: []string{"rakuten", "yahoo", "page"}[i%3]}
	c.Offer.URL = w.URL
	return c
}

// flushAll does what RunTimers does with groups that are due.
func flushAll(t testing.TB, n *Notifier, people *fakePeople) {
	t.Helper()
	for _, key := range people.keys(groupFacts) {
		if err := n.grouping.flush(context.Background(), key); err != nil {
			t.Fatalf("flush %s: %v", key, err)
		}
	}
}

func TestTheFirstShopRingsAndTheOthersComeTogether(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		p, s, people := switch2(), newStore(), newPeople()
		r := rulesFor(p)
		r.Targets = append(r.Targets, Target{ID: "hook", Type: "webhook", Recipient: "rh", Channel: &fakeChannel{}})
		r.Targets[1].Channel = &replacingChannel{} // mail
		n := New(Options{Store: s, People: people, Rules: r})
		dear := shopRestock(p, 1, now.Add(10*time.Second))
		dear.Offer.Price, dear.Price = stock.Yen(50500), stock.Yen(50500)
		route(t, n, s.add(5, restock(p, now)))
		time.Sleep(30 * time.Second)
		route(t, n, s.add(6, dear))
		route(t, n, s.add(7, shopRestock(p, 2, now.Add(20*time.Second))))
		flushAll(t, n, people)
		want := []string{"5_hook_rh", "5_mail_rm", "5_phone_rp", "6_hook_rh", "6_mail_rm", "7_hook_rh", "7_mail_rm"}
		if got := s.ids(); !slices.Equal(got, want) {
			t.Fatalf("after half a minute the outbox has %v, want %v: the phone is to hear of the others together", got, want)
		}
		for _, l := range s.letters() {
			want := ""
			if l.Channel == "mail" && l.Event != "5" {
				want = "5"
			}
			if l.Replaces != want {
				t.Errorf("letter %s updates %q, want %q", l.ID(), l.Replaces, want)
			}
		}

		time.Sleep(31 * time.Second)
		flushAll(t, n, people)
		flushAll(t, n, people)
		got := s.letters()
		i := slices.IndexFunc(got, func(l stock.Letter) bool { return l.Event == "dg7" })
		if i < 0 || len(got) != len(want)+1 {
			t.Fatalf("after a minute the outbox has %v, want one letter more, dg7", s.ids())
		}
		l := got[i]
		if l.ID() != "dg7_phone_rp" || !slices.Equal(l.Tells, []string{"6", "7"}) || l.Alert.Watch.ID != p.Watches[2].ID || !slices.Contains(l.Alert.Marks, alerttext.MarkTogether) {
			t.Errorf("letter %s tells %v of %s with marks %v, want 6 and 7, and the cheaper shop first", l.ID(), l.Tells, l.Alert.Watch.URL, l.Alert.Marks)
		}
		if len(l.Alert.Others) != 2 {
			t.Errorf("beside it stand %+v, want the two other shops", l.Alert.Others)
		}
	})
}

func TestOneFollowerIsToldAsItself(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		p, s, people := switch2(), newStore(), newPeople()
		r := rulesFor(p)
		r.Targets = r.Targets[:1]
		n := New(Options{Store: s, People: people, Rules: r})
		route(t, n, s.add(5, restock(p, now)))
		route(t, n, s.add(6, shopRestock(p, 1, now.Add(time.Second))))
		route(t, n, s.add(7, restock(p, now.Add(2*time.Second)))) // the same shop again: flapping is another matter
		time.Sleep(time.Minute)
		flushAll(t, n, people)
		if got, want := s.ids(), []string{"5_phone_rp", "6_phone_rp", "7_phone_rp"}; !slices.Equal(got, want) {
			t.Errorf("outbox = %v, want %v", got, want)
		}
		time.Sleep(group.Memory)
		flushAll(t, n, people)
		if keys := people.keys(groupFacts); len(keys) != 0 {
			t.Errorf("a day later %v are kept, want nothing", keys)
		}
	})
}

func TestAnUpdateWaitsForItsMessage(t *testing.T) {
	for _, tt := range []struct {
		name     string
		sent     bool
		fail     error
		wait     time.Duration
		replaced []string
		sends    int
	}{
		{name: "there", sent: true, replaced: []string{"id-9"}, sends: 1},
		{name: "on its way", wait: leaderRetry},
		{name: "too old to change", sent: true, fail: fmt.Errorf("gone: %w", channel.ErrNotReplaceable), sends: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			atNoon(t, func(t *testing.T, now time.Time) {
				p, s := switch2(), newStore()
				c := &replacingChannel{fail: tt.fail}
				r := rulesFor(p)
				r.Targets = []Target{{ID: "phone", Recipient: "rp", Channel: c}}
				n := New(Options{Store: s, People: newPeople(), Rules: r})
				s.add(6, restock(p, now))
				l := stock.Letter{Event: "7", Channel: "phone", Recipient: "rp", Replaces: "6", MadeAt: now, NotAfter: now.Add(time.Hour), Alert: fullAlert(p)}
				l.Alert.Watch = stock.WatchRef{ID: p.Watches[1].ID, URL: p.Watches[1].URL}
				if tt.sent {
					s.sent["6_phone_rp"] = stock.Receipt{ProviderID: "id-9"}
				}
				if got := n.Deliver(t.Context(), l, 1); got != tt.wait {
					t.Fatalf("Deliver = %v, want %v", got, tt.wait)
				}
				if !slices.Equal(c.replaced, tt.replaced) || c.sends() != tt.sends {
					t.Errorf("replaced %v and handed over %d messages, want %v and %d", c.replaced, c.sends(), tt.replaced, tt.sends)
				}
				if tt.sent && c.got[0].Letter.Alert.Others[0].Source != "rakuten" {
					t.Errorf("others of the update are %+v, want those of now", c.got[0].Letter.Alert.Others)
				}
				if tt.wait > 0 {
					time.Sleep(leaderPatience)
					if got := n.Deliver(t.Context(), l, 2); got != 0 || c.sends() != 1 {
						t.Errorf("a minute later Deliver = %v with %d messages, want it sent by itself", got, c.sends())
					}
				}
			})
		})
	}
}

// Every change is told exactly once to every recipient, wherever processes die:
// a call of either store may fail before or after it has done its work, whatever
// was in hand comes again, and acknowledgements may be lost with a process.
func TestGroupsTellEachChangeOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		shops := rapid.SliceOfN(rapid.IntRange(0, 2), 1, 12).Draw(rt, "shops")
		gaps := rapid.SliceOfN(rapid.SampledFrom([]int{0, 1, 5, 20, 45, 59, 60, 61, 100}), len(shops), len(shops)).Draw(rt, "seconds between")
		luck := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		trouble := rapid.Float64Range(0, 0.3).Draw(rt, "trouble")
		replacing := rapid.Bool().Draw(rt, "replacing")
		wrong := ""
		synctest.Test(t, func(*testing.T) {
			w := &unluckyWorld{p: switch2(), store: newStore(), people: newPeople(), luck: luck, trouble: trouble, told: map[string]int{}}
			w.p.MaxPrice = stock.Price{}
			w.people.crash = func() (bool, bool) { return w.dies(), w.dies() }
			w.start(replacing)
			at := time.Now()
			for i, shop := range shops {
				time.Sleep(time.Duration(gaps[i]) * time.Second)
				at = at.Add(time.Duration(gaps[i]) * time.Second)
				w.pending = append(w.pending, w.store.add(uint64(i+1), shopRestock(w.p, shop, at)))
				w.step(replacing)
			}
			w.trouble = 0
			for range 150 {
				time.Sleep(time.Second)
				w.step(replacing)
			}
			for i := range shops {
				if n := w.told[strconv.Itoa(i+1)]; n != 1 {
					wrong = fmt.Sprintf("change %d of %d (shops %v, seconds %v, replacing %v) was told %d times, want once; letters %v", i+1, len(shops), shops, gaps, replacing, n, w.log)
				}
			}
		})
		if wrong != "" {
			rt.Fatal(wrong)
		}
	})
}

// unluckyWorld is a notifier whose process dies now and then.
type unluckyWorld struct {
	p       stock.Product
	store   *fakeStore
	people  *fakePeople
	n       *Notifier
	luck    *rand.Rand
	trouble float64
	pending []stock.Entry // not acknowledged, in order
	done    []stock.Entry
	told    map[string]int // by event: how often somebody heard of it
	log     []string
}

func (w *unluckyWorld) dies() bool { return w.luck.Float64() < w.trouble }

func (w *unluckyWorld) start(replacing bool) {
	r := rulesFor(w.p)
	r.FlapLimit = 0
	r.Targets = r.Targets[:1]
	if replacing {
		r.Targets[0].Channel = &replacingChannel{}
	}
	w.n = New(Options{Store: w.store, People: w.people, Rules: r})
}

// step routes what is pending, tends the groups and sends what is in the outbox.
func (w *unluckyWorld) step(replacing bool) {
	if w.dies() { // and the last acknowledgements with it
		back := w.luck.IntN(len(w.done) + 1)
		w.pending = append(slices.Clone(w.done[back:]), w.pending...)
		w.done = w.done[:back]
		w.start(replacing)
	}
	slices.SortFunc(w.pending, func(a, b stock.Entry) int { return cmp.Compare(a.Seq, b.Seq) })
	var again []stock.Entry
	for _, e := range w.pending {
		if w.dies() {
			w.store.fail["Enqueue"] = 1
		}
		if err := w.n.Route(context.Background(), e.Seq, e.Change, e.At); err != nil {
			again = append(again, e)
			continue
		}
		w.done = append(w.done, e)
	}
	w.pending = again
	for _, key := range w.people.keys(groupFacts) {
		if w.dies() {
			w.store.fail["Enqueue"] = 1
		}
		_ = w.n.grouping.flush(context.Background(), key)
	}
	for _, l := range w.store.letters() {
		delete(w.store.out, l.ID())
		if _, sent := w.store.sent[l.ID()]; sent {
			continue
		}
		w.store.sent[l.ID()] = stock.Receipt{SentAt: time.Now()}
		w.log = append(w.log, l.ID())
		if len(l.Tells) == 0 {
			l.Tells = []string{l.Event}
		}
		for _, event := range l.Tells {
			w.told[event]++
		}
	}
}
