package notify

import (
	"slices"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// limitsWorld is a notifier whose rules are changed while it runs.
type limitsWorld struct {
	s      *fakeStore
	people *fakePeople
	n      *Notifier
}

func newLimitsWorld(p ...stock.Product) *limitsWorld {
	w := &limitsWorld{s: newStore(), people: newPeople()}
	w.restart(p...)
	return w
}

func (w *limitsWorld) restart(p ...stock.Product) {
	r := rulesFor(p...)
	r.Targets = r.Targets[:1]
	w.n = New(Options{Store: w.s, People: w.people, Rules: r, Epoch: "ep"})
}

func (w *limitsWorld) review(t *testing.T) {
	t.Helper()
	if err := w.n.limits.review(t.Context()); err != nil {
		t.Fatalf("reviewLimits: %v", err)
	}
}

// Loosened limits tell once, in one message, what can be ordered and only now is
// acceptable.
func TestLoosenedLimitsTellOnce(t *testing.T) {
	strict := switch2()
	strict.MaxPrice = stock.Yen(40000)
	loose := switch2()
	other, otherLoose := strict, loose
	for _, p := range []*stock.Product{&other, &otherLoose} {
		p.ID, p.Name, p.Watches = "camera", "カメラ", []stock.Watch{{ID: stock.WatchID("camera", "https://camera.example/1"), URL: "https://camera.example/1"}}
	}
	atNoon(t, func(t *testing.T, now time.Time) {
		w := newLimitsWorld(strict, other)
		w.s.add(3, restock(strict, now.Add(-48*time.Hour)))
		w.s.add(4, restock(other, now.Add(-time.Hour)))
		w.s.add(5, soldOut(shifted(strict, 1), now.Add(-time.Hour)))
		w.review(t)
		if got := w.s.ids(); len(got) != 0 {
			t.Fatalf("at the first start %v went out, want nothing", got)
		}
		w.restart(loose, otherLoose)
		w.review(t)
		w.review(t)
		w.restart(loose, otherLoose)
		w.review(t)
		got := w.s.letters()
		if len(got) != 1 {
			t.Fatalf("after loosened limits letters %v, want one", w.s.ids())
		}
		a := got[0].Alert
		if got[0].Event[0] != 'd' || a.Kind != stock.LimitsChanged || a.Product.ID != "switch2" || a.Offer.Price != stock.Yen(49980) || len(a.Within) != 2 || a.Within[1].Product.ID != "camera" {
			t.Errorf("letter %s: %s of %s for %v with %+v; want limits_changed of switch2 and camera", got[0].ID(), a.Kind, a.Product.ID, a.Offer.Price, a.Within)
		}
		if want := []string{guard.MarkNowWithin, string(guard.AboveMax)}; !slices.Equal(a.Marks, want) || !a.ObservedAt.Equal(now) {
			t.Errorf("marks %v at %v, want %v at %v", a.Marks, a.ObservedAt, want, now)
		}
		w.restart(strict, other)
		w.review(t)
		if got := w.s.ids(); len(got) != 1 {
			t.Errorf("after tighter limits letters %v, want no other", got)
		}
	})
}

// shifted is the product with another watch in front.
func shifted(p stock.Product, i int) stock.Product {
	p.Watches = p.Watches[i:]
	return p
}

func TestWhatLoosenedLimitsDoNotTell(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(*stock.Change)
		ring []stock.Kind
	}{
		{"sold out", func(c *stock.Change) { c.Availability = stock.SoldOut }, nil},
		{"in doubt", func(c *stock.Change) { c.Clarity = &stock.Clarity{Unclear: 3} }, nil},
		{"not readable", func(c *stock.Change) { c.Problem = &stock.Problem{Reason: stock.Said("blocked")} }, nil},
		{"still too dear", func(c *stock.Change) { c.Price, c.Offer.Price = stock.Yen(60000), stock.Yen(60000) }, nil},
		{"acceptable before", func(c *stock.Change) { c.Price, c.Offer.Price = stock.Yen(39000), stock.Yen(39000) }, nil},
		{"of a kind that does not ring", nil, []stock.Kind{stock.Orderable}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			atNoon(t, func(t *testing.T, now time.Time) {
				strict := switch2()
				strict.MaxPrice = stock.Yen(40000)
				w := newLimitsWorld(strict)
				c := restock(strict, now.Add(-time.Hour))
				if tt.edit != nil {
					tt.edit(&c)
				}
				w.s.add(3, c)
				w.review(t)
				r := rulesFor(switch2())
				if tt.ring != nil {
					r.Kinds = tt.ring
				}
				w.n.Set(r)
				w.review(t)
				if got := w.s.ids(); len(got) != 0 {
					t.Errorf("letters %v went out, want none", got)
				}
			})
		})
	}
}

// Wherever a process dies, loosened limits are told exactly once.
func TestLoosenedLimitsSurviveACrash(t *testing.T) {
	for at := range 12 {
		for _, after := range []bool{false, true} {
			atNoon(t, func(t *testing.T, now time.Time) {
				strict := switch2()
				strict.MaxPrice = stock.Yen(40000)
				w := newLimitsWorld(strict)
				w.s.add(3, restock(strict, now.Add(-time.Hour)))
				w.review(t)
				w.restart(switch2())
				calls := 0
				w.people.crash = func() (bool, bool) {
					calls++
					return calls-1 == at && !after, calls-1 == at && after
				}
				_ = w.n.limits.review(t.Context())
				w.people.crash = nil
				time.Sleep(time.Second)
				w.restart(switch2())
				w.review(t)
				w.review(t)
				if got := w.s.ids(); len(got) != 1 {
					t.Errorf("a crash at call %d of the store (after it: %v): letters %v, want one", at, after, got)
				}
			})
		}
	}
}

// A message that waited for the morning tells what still stands then.
func TestLoosenedLimitsInQuietHours(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		strict := switch2()
		strict.MaxPrice = stock.Yen(40000)
		for _, sells := range []bool{false, true} {
			w := newLimitsWorld(strict)
			w.s.add(3, restock(strict, now.Add(-time.Hour)))
			w.review(t)
			r := rulesFor(switch2())
			r.Targets = r.Targets[:1]
			clock := time.Now().UTC()
			from := time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute
			r.Quiet = map[string]stock.Quiet{"phone": {From: from, To: from + time.Hour, Mode: stock.QuietHold, Location: time.UTC}}
			w.n.Set(r)
			w.review(t)
			if sells {
				w.s.add(4, soldOut(strict, time.Now()))
			}
			time.Sleep(61 * time.Minute)
			if err := w.n.held.release(t.Context(), "phone", "rp"); err != nil {
				t.Fatal(err)
			}
			if got := w.s.letters(); (len(got) == 1) == sells || len(got) == 1 && got[0].Alert.Kind != stock.LimitsChanged {
				t.Errorf("sold out in the night %v: in the morning letters %v went out", sells, w.s.ids())
			}
		}
	})
}
