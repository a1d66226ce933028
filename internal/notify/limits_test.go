package notify

import (
	"context"
	"encoding/json"
	"fmt"
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

// What loosened limits let pass in a search is told with the rest, once, and counts as
// seen: the search's next look, which finds it new, tells nobody.
func TestLoosenedLimitsTellListings(t *testing.T) {
	search := func(max int64) stock.Product {
		p := switch2()
		u := "https://jp.mercari.com/search?keyword=switch"
		p.MaxPrice, p.Watches = stock.Yen(max), []stock.Watch{{ID: stock.WatchID(p.ID, u), URL: u}}
		return p
	}
	listing := func(id string, yen int64) stock.Listing {
		return stock.Listing{ID: id, Title: "Switch 2 " + id, URL: "https://jp.mercari.com/item/" + id, Price: stock.Yen(yen), Availability: stock.InStock}
	}
	record := func(p stock.Product, kind stock.Kind, at time.Time, fresh ...stock.Listing) stock.Change {
		c := stock.Change{
			Kind: kind, Product: stock.ProductRef{ID: p.ID, Name: p.Name}, Watch: stock.WatchRef{ID: p.Watches[0].ID, URL: p.Watches[0].URL, Source: "mercari"},
			State: stock.State{Since: at, ObservedAt: at},
		}
		for _, l := range fresh {
			c.Seen = append(c.Seen, stock.ShortHash(l.ID))
			c.Evidence = append(c.Evidence, stock.Evidence{Method: stock.MethodBuyBox, Fact: stock.FactListing, Value: l.ID, Text: l.Title})
			c.Offer = offerOf(l)
		}
		return c
	}
	a, b, dear, cheap := listing("m1", 45000), listing("m2", 44000), listing("m3", 90000), listing("m4", 30000)
	for _, tt := range []struct {
		name  string
		first func(*fakeStore, stock.Product, time.Time) // before limits are loosened
		told  []string                                   // ids, in the one message
		then  []stock.Listing                            // the next look's record names them
		rings bool
	}{
		{"two that were above the limit", nil, []string{"m2", "m1"}, []stock.Listing{b, a}, false},
		{"and one more that came since", nil, []string{"m2", "m1"}, []stock.Listing{b, a, listing("m5", 42000)}, true},
		{"the search was looked at by the new limits already", func(s *fakeStore, p stock.Product, at time.Time) {
			s.add(4, record(p, stock.NewListing, at, a, b))
		}, nil, nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			atNoon(t, func(t *testing.T, now time.Time) {
				strict, loose := search(40000), search(50000)
				w := newLimitsWorld(strict)
				shown := []stock.Listing{b, a, dear, cheap}
				set := func(p stock.Product) {
					r := rulesFor(p)
					r.Targets = r.Targets[:1]
					r.Kinds = append(r.Kinds, stock.NewListing)
					w.n = New(Options{Store: w.s, People: w.people, Rules: r, Epoch: "ep", Listings: func(context.Context, stock.Watch) ([]stock.Listing, error) { return shown, nil }})
					w.review(t)
				}
				w.s.add(3, record(strict, stock.Baseline, now.Add(-time.Hour)))
				set(strict)
				if tt.first != nil {
					tt.first(w.s, strict, now)
				}
				for range 2 {
					set(loose)
				}
				var told []string
				for _, l := range w.s.letters() {
					if l.Alert.Kind != stock.LimitsChanged || l.Alert.Offer.URL != "https://jp.mercari.com/item/m2" {
						t.Errorf("letter %s: %s with a link to %s, want limits_changed with one to the cheapest", l.ID(), l.Alert.Kind, l.Alert.Offer.URL)
					}
					for _, o := range l.Alert.Within {
						told = append(told, o.Offer.SKU)
					}
				}
				if !slices.Equal(told, tt.told) {
					t.Fatalf("loosened limits told %v, want %v in one message", told, tt.told)
				}
				before := len(w.s.ids())
				if tt.then != nil {
					route(t, w.n, w.s.add(9, record(loose, stock.NewListing, now.Add(time.Minute), tt.then...)))
				}
				if rang := len(w.s.ids()) > before; rang != tt.rings {
					t.Errorf("the next look's record of %v rings: %v, want %v", tt.then, rang, tt.rings)
				}
				set(strict)
				set(loose)
				if got := len(w.s.ids()); got != before && !tt.rings {
					t.Errorf("loosened once more letters %v, want no other", w.s.ids())
				}
			})
		})
	}
}

// However many products there are, their limits are known at the next review, in few
// facts, and those that an older version wrote are read and taken over.
func TestLimitsOfManyProducts(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		var products []stock.Product
		for i := range 6000 {
			p := stock.Product{ID: fmt.Sprint("p", i), Name: "品", MaxPrice: stock.Yen(int64(1000 + i)), NotifyAll: true}
			products = append(products, p)
		}
		strict, loose := switch2(), switch2()
		strict.MaxPrice = stock.Yen(40000)
		w := newLimitsWorld(append(products, strict)...)
		w.s.add(3, restock(strict, now.Add(-time.Hour)))
		value, _ := json.Marshal(limitsOf(strict))
		if _, err := w.people.PutFact(t.Context(), limitFacts+strict.ID, value, 0); err != nil {
			t.Fatal(err)
		}
		w.review(t)
		if keys := w.people.keys(limitFacts); len(keys) != 0 {
			t.Errorf("after a review %v of an older version are left, want none", keys)
		}
		if n := len(w.people.keys(judgedFacts)); n == 0 || n > 1024 {
			t.Errorf("the limits of %d products are %d facts, want 1024 at most", len(products)+1, n)
		}
		w.restart(append(products, loose)...)
		w.review(t)
		if got := w.s.ids(); len(got) != 1 {
			t.Errorf("letters about the one of %d products whose limit is looser: %v, want one", len(products)+1, got)
		}
	})
}

// An older version that runs for a while between two runs of this one judges by facts of its
// own: what it has told of loosened limits is not told again. What is left of such facts from
// before this version's own counts no more.
func TestLimitsAfterAnOlderVersionRan(t *testing.T) {
	strict, loose := switch2(), switch2()
	strict.MaxPrice = stock.Yen(40000)
	for _, tt := range []struct {
		name   string
		before bool // the older version wrote before this one judged
		want   int
	}{
		{"it judged by the loose limits", false, 0},
		{"it judged by them before this version by the strict ones", true, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			atNoon(t, func(t *testing.T, now time.Time) {
				w := newLimitsWorld(strict)
				w.s.add(3, restock(strict, now.Add(-time.Hour)))
				older := func() {
					value, err := json.Marshal(limitsOf(loose))
					if err == nil {
						_, err = w.people.PutFact(t.Context(), limitFacts+strict.ID, value, 0)
					}
					if err != nil {
						t.Fatal(err)
					}
				}
				if tt.before {
					older()
					if err := w.n.limits.judge(t.Context(), strict.ID, limitsOf(strict)); err != nil {
						t.Fatal(err)
					}
				} else {
					w.review(t)
					older()
				}
				w.restart(loose)
				w.review(t)
				if got := w.s.ids(); len(got) != tt.want {
					t.Errorf("letters %v, want %d", got, tt.want)
				}
				if keys := w.people.keys(limitFacts); len(keys) != 0 {
					t.Errorf("after a review %v of the older version are left, want none", keys)
				}
			})
		})
	}
}
