package notify

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// maybeRestock returns the record of a maybe at the product's first watch.
func maybeRestock(p stock.Product, at time.Time) stock.Change {
	c := restock(p, at)
	c.Kind, c.Availability, c.Offer.Availability = stock.MaybeRestocked, stock.OutOfStock, stock.OutOfStock
	c.Clarity = &stock.Clarity{Unclear: 2, Reason: stock.Contradiction, Leans: stock.LeansYes, Since: at, Maybe: true}
	c.Evidence = []stock.Evidence{
		{Method: stock.MethodJSONLD, Fact: stock.FactPrice, Value: "49980 JPY"},
		{Method: stock.MethodJSONLD, Fact: stock.FactAvailability, Value: "OutOfStock"},
		{Method: stock.MethodBuyBox, Fact: stock.FactAvailability, Value: "InStock", Text: "カートに入れる"},
	}
	return c
}

// surely returns the restock that ends a maybe.
func surely(p stock.Product, at time.Time) stock.Change {
	c := restock(p, at)
	c.Previous.Clarity = maybeRestock(p, at).Clarity
	return c
}

// maybeWorld is a notifier with a phone, a messenger whose messages can be changed, and
// a webhook.
type maybeWorld struct {
	p         stock.Product
	s         *fakeStore
	n         *Notifier
	messenger *replacingChannel
}

func newMaybeWorld(people People, edit func(*Rules)) *maybeWorld {
	w := &maybeWorld{p: switch2(), s: newStore(), messenger: &replacingChannel{}}
	r := rulesFor(w.p)
	r.Kinds = append(r.Kinds, stock.MaybeRestocked)
	r.Targets = []Target{
		{ID: "phone", Type: "ntfy", Recipient: "rp", Channel: &fakeChannel{}},
		{ID: "chat", Type: "telegram", Recipient: "rc", Channel: w.messenger},
		{ID: "hook", Type: "webhook", Recipient: "rh", Channel: &fakeChannel{}},
	}
	if edit != nil {
		edit(&r)
	}
	w.n = New(Options{Store: w.s, People: people, Rules: r})
	return w
}

// deliver brings all letters of an event to their channels.
func (w *maybeWorld) deliver(t *testing.T, event string) {
	t.Helper()
	for _, l := range w.s.letters() {
		if l.Event == event {
			if wait := w.n.Deliver(context.Background(), l, 1); wait != 0 {
				t.Fatalf("letter %s waits %v, want it sent", l.ID(), wait)
			}
			delete(w.s.out, l.ID())
		}
	}
}

// Where a maybe was delivered within the hour the sure restock updates it without a
// sound; everywhere else it rings, and it never waits.
func TestASureRestockAfterAMaybe(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		for _, tt := range []struct {
			name      string
			delivered bool
			after     time.Duration // from the maybe to the restock
			updates   bool
		}{
			{"delivered", true, 10 * time.Second, true},
			{"delivered, the restock comes later", true, 59 * time.Minute, true},
			{"delivered more than an hour ago", true, 61 * time.Minute, false},
			{"still on its way", false, 10 * time.Second, false},
		} {
			w := newMaybeWorld(newPeople(), nil)
			start := time.Now()
			route(t, w.n, w.s.add(5, maybeRestock(w.p, start)))
			if got, want := w.s.ids(), []string{"5_chat_rc", "5_hook_rh", "5_phone_rp"}; !slices.Equal(got, want) {
				t.Fatalf("%s: a maybe makes letters %v, want %v", tt.name, got, want)
			}
			if tt.delivered {
				w.deliver(t, "5")
			}
			time.Sleep(tt.after)
			sure := w.s.add(6, surely(w.p, time.Now()))
			route(t, w.n, sure)
			route(t, w.n, sure)
			for _, l := range w.s.letters() {
				if l.Event != "6" {
					continue
				}
				updates := tt.updates && l.Channel != "hook"
				if got := l.Replaces == "5"; got != updates || l.Silent != updates || l.Alert.Kind != stock.Restocked {
					t.Errorf("%s: letter %s of kind %s updates %q, silent %v; want an update %v", tt.name, l.ID(), l.Alert.Kind, l.Replaces, l.Silent, updates)
				}
			}
			w.deliver(t, "6")
			if got := len(w.messenger.replaced); (got == 1) != tt.updates {
				t.Errorf("%s: the messenger changed %d messages, want a change %v", tt.name, got, tt.updates)
			}
			if _, sent := w.s.sent["6_phone_rp"]; !sent {
				t.Errorf("%s: the phone did not hear of the restock", tt.name)
			}
		}
	})
}

// A maybe that was held by a limit or muted told nobody and spoils nothing.
func TestAHeldOrMutedMaybeSpoilsNothing(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		w := newMaybeWorld(newPeople(), nil)
		dear := maybeRestock(w.p, now)
		dear.Price, dear.Offer.Price = stock.Yen(99999), stock.Yen(99999)
		route(t, w.n, w.s.add(5, dear))
		if got := w.s.ids(); len(got) != 0 {
			t.Errorf("a maybe above the limit makes letters %v, want none", got)
		}
		route(t, w.n, w.s.add(6, surely(w.p, now.Add(time.Second))))
		for _, l := range w.s.letters() {
			if l.Replaces != "" || l.Silent {
				t.Errorf("after a held maybe letter %s updates %q, silent %v; want it to ring", l.ID(), l.Replaces, l.Silent)
			}
		}
		if got := w.s.ids(); len(got) != 3 {
			t.Errorf("after a held maybe the restock makes letters %v, want three", got)
		}

		w = newMaybeWorld(newPeople(), nil)
		route(t, w.n, w.s.add(5, maybeRestock(w.p, now)))
		if err := w.n.Mute(t.Context(), w.p.ID, time.Minute, "api"); err != nil {
			t.Fatal(err)
		}
		w.deliver(t, "5")
		time.Sleep(2 * time.Minute)
		route(t, w.n, w.s.add(6, surely(w.p, time.Now())))
		for _, l := range w.s.letters() {
			if l.Replaces != "" || l.Silent {
				t.Errorf("after a muted maybe letter %s updates %q, silent %v; want it to ring", l.ID(), l.Replaces, l.Silent)
			}
		}
	})
}

// Both sides stand in front: what the page shows, and what its data says.
func TestAMaybeShowsBothSides(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		w := newMaybeWorld(newPeople(), nil)
		route(t, w.n, w.s.add(5, maybeRestock(w.p, now)))
		got := w.s.letters()[0].Alert.Evidence
		if len(got) != 3 || got[0].Method != stock.MethodBuyBox || got[1].Value != "OutOfStock" {
			t.Errorf("evidence of a maybe: %v, want the box, then the data's availability", got)
		}
	})
}

// A maybe that was told with other shops is known to have been delivered.
func TestAMaybeToldTogetherIsUpdated(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		people := newPeople()
		w := newMaybeWorld(people, func(r *Rules) { r.Targets = r.Targets[:1] })
		route(t, w.n, w.s.add(4, shopRestock(w.p, 1, now)))
		route(t, w.n, w.s.add(5, maybeRestock(w.p, now.Add(time.Second))))
		route(t, w.n, w.s.add(6, shopRestock(w.p, 2, now.Add(2*time.Second))))
		time.Sleep(time.Minute)
		flushAll(t, w.n, people)
		w.deliver(t, "dg6")
		route(t, w.n, w.s.add(7, surely(w.p, time.Now())))
		got := w.s.letters()
		i := slices.IndexFunc(got, func(l stock.Letter) bool { return l.Event == "7" })
		if i < 0 || got[i].Replaces != "dg6" || !got[i].Silent {
			t.Errorf("letters %+v, want one of record 7 that updates dg6 silently", got)
		}
	})
}

// A maybe that waits in a group is not told once what became of it is.
func TestAMaybeThatWaitsIsForgottenOnceItIsSure(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		people := newPeople()
		w := newMaybeWorld(people, func(r *Rules) { r.Targets = r.Targets[:1] })
		route(t, w.n, w.s.add(4, shopRestock(w.p, 1, now)))
		route(t, w.n, w.s.add(5, maybeRestock(w.p, now.Add(time.Second))))
		cheap := surely(w.p, now.Add(3*time.Second))
		cheap.Price, cheap.Offer.Price = stock.Yen(45000), stock.Yen(45000)
		route(t, w.n, w.s.add(6, cheap))
		time.Sleep(time.Minute)
		flushAll(t, w.n, people)
		if got, want := w.s.ids(), []string{"4_phone_rp", "6_phone_rp"}; !slices.Equal(got, want) {
			t.Errorf("letters %v, want %v", got, want)
		}
	})
}

// At the end of quiet hours a maybe goes out while it is still so, and never in the
// place of what is sure.
func TestAMaybeAfterQuietHours(t *testing.T) {
	for _, tt := range []struct {
		name  string
		later func(stock.Product, *fakeStore, time.Time) []stock.Entry
		want  []stock.Kind
	}{
		{"still so", nil, []stock.Kind{stock.MaybeRestocked}},
		{"cleared", func(p stock.Product, s *fakeStore, at time.Time) []stock.Entry {
			c := soldOut(p, at)
			c.Kind = stock.Cleared
			return []stock.Entry{s.add(6, c)}
		}, nil},
		{"sure meanwhile", func(p stock.Product, s *fakeStore, at time.Time) []stock.Entry {
			return []stock.Entry{s.add(6, surely(p, at))}
		}, []stock.Kind{stock.Restocked}},
		{"another shop surely has it, seen before the maybe", func(p stock.Product, s *fakeStore, at time.Time) []stock.Entry {
			return []stock.Entry{s.add(6, shopRestock(p, 1, at.Add(-time.Hour)))}
		}, []stock.Kind{stock.Restocked}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			atNoon(t, func(t *testing.T, now time.Time) {
				quiet := stock.Quiet{From: 23 * time.Hour, To: time.Hour, Mode: stock.QuietHold, Location: time.UTC}
				w := newMaybeWorld(newPeople(), func(r *Rules) {
					r.Targets, r.Quiet = r.Targets[:1], map[string]stock.Quiet{"phone": quiet}
				})
				route(t, w.n, w.s.add(5, maybeRestock(w.p, now)))
				time.Sleep(time.Minute)
				if tt.later != nil {
					for _, e := range tt.later(w.p, w.s, now.Add(time.Minute)) {
						route(t, w.n, e)
					}
				}
				if got := w.s.ids(); len(got) != 0 {
					t.Fatalf("in quiet hours letters %v went out, want none", got)
				}
				time.Sleep(time.Hour)
				if err := w.n.held.release(t.Context(), "phone", "rp"); err != nil {
					t.Fatal(err)
				}
				var got []stock.Kind
				for _, l := range w.s.letters() {
					got = append(got, l.Alert.Kind)
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("after quiet hours %v went out, want %v", got, tt.want)
				}
			})
		})
	}
}

// A maybe that is tried again is dropped once its page shows something else: it must
// not come behind the sure restock, nor while the page says no.
func TestAMaybeIsDroppedOnceItsPageShowsSomethingElse(t *testing.T) {
	sure := func(p stock.Product, at time.Time) stock.Change { return surely(p, at) }
	no := func(p stock.Product, at time.Time) stock.Change {
		c := soldOut(p, at)
		c.Kind = stock.Cleared
		return c
	}
	unreadable := func(p stock.Product, at time.Time) stock.Change {
		c := maybeRestock(p, at)
		c.Kind = stock.Unread
		return c
	}
	for _, tt := range []struct {
		name     string
		then     func(stock.Product, time.Time) stock.Change
		redriven bool
		sent     bool
	}{
		{"nothing new", nil, false, true},
		{"sure", sure, false, false},
		{"out of stock for sure", no, false, false},
		{"still so, but no longer readable", unreadable, false, true},
		{"a maybe once more, which is told by itself", maybeRestock, false, false},
		{"sure, but somebody sends the letter again", sure, true, true},
	} {
		atNoon(t, func(t *testing.T, now time.Time) {
			w := newMaybeWorld(newPeople(), func(r *Rules) { r.Targets = r.Targets[:1] })
			route(t, w.n, w.s.add(5, maybeRestock(w.p, now)))
			l := w.s.letters()[0]
			l.Redriven = tt.redriven
			if tt.then != nil {
				w.s.add(6, tt.then(w.p, now.Add(time.Minute)))
			}
			time.Sleep(time.Minute)
			if wait := w.n.Deliver(t.Context(), l, 2); wait != 0 {
				t.Fatalf("%s: the letter waits %v, want it dealt with", tt.name, wait)
			}
			if _, sent := w.s.sent["5_phone_rp"]; sent != tt.sent || len(w.s.dead) != 0 {
				t.Errorf("%s: the maybe was sent: %v, dead letters %v; want sent %v and none dead", tt.name, sent, w.s.dead, tt.sent)
			}
		})
	}
}
