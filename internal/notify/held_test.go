package notify

import (
	"slices"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// quietRules are rules with one recipient who must not be rung for the next eight
// hours.
func quietRules(p stock.Product, now time.Time, mode stock.QuietMode) Rules {
	r := rulesFor(p)
	r.Targets = r.Targets[:1]
	begin := wallClock(now.UTC())
	r.Quiet = map[string]stock.Quiet{"phone": {
		From: begin, To: (begin + 8*time.Hour) % (24 * time.Hour), Location: time.UTC, Mode: mode, UrgentPasses: true,
	}}
	return r
}

func TestQuietModes(t *testing.T) {
	urgent := []stock.Route{{NotifyProduct: true, Urgent: true}}
	for _, tt := range []struct {
		name   string
		mode   stock.QuietMode
		routes []stock.Route
		out    int
		held   int
		silent bool
	}{
		{"hold", stock.QuietHold, nil, 0, 1, false},
		{"drop", stock.QuietDrop, nil, 0, 0, false},
		{"silent", stock.QuietSilent, nil, 1, 0, true},
		{"urgent ones pass", stock.QuietHold, urgent, 1, 0, false},
		{"not quiet", "", nil, 1, 0, false},
		{"silent by its route", "", []stock.Route{{NotifyProduct: true, Silent: true}}, 1, 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			atNoon(t, func(t *testing.T, now time.Time) {
				p, s, people := switch2(), newStore(), newPeople()
				r := quietRules(p, now, tt.mode)
				r.Routes = tt.routes
				n := New(Options{Store: s, People: people, Rules: r})
				e := s.add(5, restock(p, now))
				route(t, n, e)
				route(t, n, e)
				if out, held := len(s.letters()), len(people.keys(heldFacts)); out != tt.out || held != tt.held {
					t.Fatalf("%d letters on their way and %d held, want %d and %d", out, held, tt.out, tt.held)
				}
				for _, l := range s.letters() {
					n.Deliver(t.Context(), l, 1)
				}
				c := r.Targets[0].Channel.(*fakeChannel)
				if tt.out > 0 && (c.sends() != 1 || c.got[0].Silent != tt.silent) {
					t.Errorf("sent %d messages, silent %v, want one, silent %v", c.sends(), c.got[0].Silent, tt.silent)
				}
			})
		})
	}
}

// What the night brought, and what of it is told in the morning.
func TestReleaseChecksAgain(t *testing.T) {
	type look struct {
		shop   int
		change func(*stock.Change)
	}
	out := func(c *stock.Change) {
		c.Kind, c.Availability, c.Offer.Availability = stock.SoldOutKind, stock.OutOfStock, stock.OutOfStock
	}
	dear := func(c *stock.Change) {
		c.Kind, c.Price, c.Offer.Price = stock.PriceRise, stock.Yen(99999), stock.Yen(99999)
	}
	unread := func(c *stock.Change) { c.Kind, c.Problem = stock.Unread, &stock.Problem{Reason: stock.Said("captcha")} }
	readable := func(c *stock.Change) { c.Kind = stock.Readable }
	fell := func(c *stock.Change) {
		c.Kind, c.Price, c.Offer.Price = stock.PriceDrop, stock.Yen(40000), stock.Yen(40000)
	}
	for _, tt := range []struct {
		name  string
		looks []look
		want  []string // "event kind"
	}{
		{"still there", []look{{0, nil}}, []string{"1 restocked"}},
		{"gone again", []look{{0, nil}, {0, out}}, []string{}},
		{"gone and back: once", []look{{0, nil}, {0, out}, {0, nil}}, []string{"3 restocked"}},
		{"at another shop it is still there", []look{{0, nil}, {1, nil}, {1, out}}, []string{"1 restocked"}},
		{"at two shops: the newest, with the other beside it", []look{{0, nil}, {1, nil}}, []string{"2 restocked"}},
		{"too dear by now", []look{{0, nil}, {0, dear}}, []string{}},
		{"cheaper by now", []look{{0, nil}, {0, fell}}, []string{"2 price_drop"}},
		{"trouble that is over", []look{{0, unread}, {0, readable}}, []string{}},
		{"trouble that lasts", []look{{0, unread}}, []string{"1 unreadable"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			atNoon(t, func(t *testing.T, now time.Time) {
				p, s, people := switch2(), newStore(), newPeople()
				r := quietRules(p, now, stock.QuietHold)
				r.Kinds = append(r.Kinds, stock.Unread, stock.Readable) // the owner's own are gathered first
				n := New(Options{Store: s, People: people, Rules: r})
				for i, l := range tt.looks {
					time.Sleep(10 * time.Minute)
					c := shopRestock(p, l.shop, time.Now())
					if l.change != nil {
						l.change(&c)
						c.Previous = &stock.Previous{Availability: stock.InStock, Price: stock.Yen(49980)}
					}
					route(t, n, s.add(uint64(i+1), c))
				}
				if got := s.ids(); len(got) != 0 {
					t.Fatalf("in quiet hours the outbox has %v, want nothing", got)
				}
				time.Sleep(8 * time.Hour)
				s.fail["Enqueue"] = 1 // the process dies, and another does it again
				_ = n.held.release(t.Context(), "phone", "rp")
				n = New(Options{Store: s, People: people, Rules: r})
				if err := n.held.release(t.Context(), "phone", "rp"); err != nil {
					t.Fatalf("release: %v", err)
				}
				got := []string{}
				for _, l := range s.letters() {
					got = append(got, l.Event+" "+string(l.Alert.Kind))
					if !slices.Contains(l.Alert.Marks, alerttext.MarkHeld) || !l.NotAfter.After(time.Now()) {
						t.Errorf("letter %s has marks %v and lives until %v, want it marked and alive", l.ID(), l.Alert.Marks, l.NotAfter)
					}
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("in the morning the outbox has %v, want %v", got, tt.want)
				}
				if keys := people.keys(heldFacts); len(keys) != 0 {
					t.Errorf("still held: %v, want nothing", keys)
				}
			})
		})
	}
}

func TestNothingIsReleasedInQuietHours(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		p, s, people := switch2(), newStore(), newPeople()
		n := New(Options{Store: s, People: people, Rules: quietRules(p, now, stock.QuietHold)})
		route(t, n, s.add(5, restock(p, now)))
		if err := n.held.release(t.Context(), "phone", "rp"); err != nil || len(s.letters()) != 0 {
			t.Errorf("release in quiet hours: %v, outbox %v, want nothing done", err, s.ids())
		}
	})
}

func TestHeldLettersOfAChannelThatIsNoMore(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		p, s, people := switch2(), newStore(), newPeople()
		r := quietRules(p, now, stock.QuietHold)
		n := New(Options{Store: s, People: people, Rules: r})
		route(t, n, s.add(5, restock(p, now)))
		r.Targets = nil
		n.Set(r)
		if err := n.held.release(t.Context(), "phone", "rp"); err != nil || len(s.dead) != 1 || len(people.keys(heldFacts)) != 0 {
			t.Errorf("release for a channel that was removed: %v, %d dead letters, %v held, want one dead and none held", err, len(s.dead), people.keys(heldFacts))
		}
	})
}
