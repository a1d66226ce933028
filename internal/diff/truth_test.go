package diff_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/diff"
	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Whom the user takes, and whom not.
const (
	takenSeller  = "任天堂"
	deniedSeller = "転売屋"
)

// phase is what a page truly is for a while: it says so in enough looks to be
// believed.
type phase struct {
	what   string // "yes", "no", or the doubts "silent", "leans no", "leans yes"
	seller string
	looks  []stock.Observation
	began  time.Time // its first look that is of the phase
}

// phases draws a life. Between the looks of a phase stand some that were not read.
func phases(t *rapid.T, confirm int) []phase {
	at := midnight
	unread := rapid.SampledFrom([]stock.Outcome{stock.Blocked, stock.Failed, stock.RateLimited, stock.WrongProduct, stock.Unreadable})
	var all []phase
	for range rapid.IntRange(1, 12).Draw(t, "phases") {
		p := phase{what: rapid.SampledFrom([]string{"yes", "yes", "no", "no", "silent", "leans no", "leans yes"}).Draw(t, "what")}
		p.seller = rapid.SampledFrom([]string{takenSeller, takenSeller, deniedSeller}).Draw(t, "seller")
		if len(all) > 0 && all[len(all)-1].what == p.what {
			p.seller = all[len(all)-1].seller
		}
		enough := max(confirm, 1)
		if p.what != "yes" && p.what != "no" {
			enough = max(confirm, 3)
		}
		for range enough + rapid.IntRange(0, 4).Draw(t, "more looks") {
			at = at.Add(rapid.SampledFrom([]time.Duration{time.Minute, time.Minute, 5 * time.Minute, 20 * time.Minute, time.Hour}).Draw(t, "gap"))
			if rapid.IntRange(0, 3).Draw(t, "trouble") == 0 {
				p.looks = append(p.looks, stock.Observation{Outcome: unread.Draw(t, "outcome"), At: at})
				at = at.Add(time.Minute)
			}
			if p.began.IsZero() {
				p.began = at
			}
			p.looks = append(p.looks, p.look(at))
		}
		all = append(all, p)
	}
	return all
}

func (p phase) look(at time.Time) stock.Observation {
	o := stock.Observation{Outcome: stock.OK, Strong: true, At: at, Offer: stock.Offer{Price: stock.Yen(49980), Seller: p.seller}}
	switch p.what {
	case "yes":
		o.Offer.Availability = stock.InStock
	case "no":
		o.Offer.Availability = stock.OutOfStock
	case "silent":
		o.Doubt = stock.Silent
	case "leans no":
		o.Doubt, o.Leans = stock.Contradiction, stock.LeansNo
	case "leans yes":
		o.Doubt, o.Leans = stock.Contradiction, stock.LeansYes
	}
	return o
}

// truth is what is known after some phases, by the words of the contract.
type truth struct {
	known  string // "yes", "no" or "" for nothing
	seller string // of the yes
	doubt  bool   // is remembered
	lean   string
	since  time.Time // of the doubt
	maybe  bool      // was told of this doubt
	rang   bool      // and rang
}

// rings returns how often a phase must ring.
func (k *truth) rings(p phase) int {
	before, n := *k, 0
	good := p.seller == takenSeller
	switch p.what {
	case "yes":
		*k = truth{known: "yes", seller: p.seller}
		held := before.known == "yes" && before.seller == deniedSeller
		opened := before.known == "no"
		if before.doubt {
			opened = before.known != "yes" || before.lean == "leans no" || before.maybe || p.began.Sub(before.since) >= time.Hour
		}
		if good && (opened || held) && !before.rang {
			n = 1
		}
	case "no":
		*k = truth{known: "no"}
	default:
		if !k.doubt {
			k.doubt, k.since = true, p.began
		}
		k.lean = p.what
		if p.what == "leans no" {
			k.maybe, k.rang = false, false
		}
		if p.what == "leans yes" && !k.maybe && (k.known == "no" || before.doubt && before.lean == "leans no") {
			k.maybe = true
			k.rang = good
			if good {
				n = 1
			}
		}
	}
	return n
}

// rings reports whether a record rings by the product's limits, with no folding, no
// cooldown and no quiet hours.
func rings(p stock.Product, c *stock.Change, maybeRang bool) bool {
	if c == nil {
		return false
	}
	is := guard.FactsOf(*c)
	if was, ok := guard.Before(*c); ok {
		if _, now := guard.NowWithin(p, was, is); now && !maybeRang {
			return true
		}
	}
	opening := []stock.Kind{stock.Restocked, stock.LotteryOpen, stock.Orderable, stock.MaybeRestocked}
	update := maybeRang && c.Previous != nil && c.Previous.Clarity != nil && c.Previous.Clarity.Maybe
	return slices.Contains(opening, c.Kind) && guard.Judge(p, is).Held == "" && !update
}

// TestEveryRestockRingsOnce replays lives whose truth is known: what can be bought
// on the user's terms after a no, a doubt or a held offer rings once, and nothing
// else does. A maybe that rang counts as the ring of the restock after it.
func TestEveryRestockRingsOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := stock.Watch{ID: "tid", Confirm: rapid.IntRange(0, 4).Draw(t, "confirm")}
		p := stock.Product{ID: "p", MaxPrice: stock.Yen(54978), Limits: stock.Limits{SellersDeny: []string{deniedSeller}}}
		var track diff.Track
		var known truth
		for i, ph := range phases(t, w.Confirm) {
			maybeRang := known.rang
			want, got := known.rings(ph), 0
			for _, o := range ph.looks {
				var c *stock.Change
				if track, c = track.Fold(p, w, o); !rings(p, c, maybeRang) {
					continue
				}
				got++
				switch {
				case ph.what == "no":
					t.Fatalf("phase %d says no and nothing else, and %s rang", i, c.Kind)
				case o.Class() == stock.LookUnread:
					t.Fatalf("phase %d: a look that was not read rang as %s", i, c.Kind)
				}
			}
			if got != want {
				t.Fatalf("phase %d, %q by %q, rang %d times, want %d; known is now %+v", i, ph.what, ph.seller, got, want, known)
			}
		}
	})
}

// TestUnreadLooksChangeNothing adds looks that were not read to lives, anywhere, and
// expects the same rings.
func TestUnreadLooksChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := stock.Watch{ID: "tid", Confirm: rapid.IntRange(0, 4).Draw(t, "confirm")}
		p := stock.Product{ID: "p"}
		var with, without diff.Track
		for _, ph := range phases(t, w.Confirm) {
			for i, o := range ph.looks {
				var c, d *stock.Change
				with, c = with.Fold(p, w, o)
				if o.Class() == stock.LookUnread {
					continue
				}
				without, d = without.Fold(p, w, o)
				a, b := kindsOf(c), kindsOf(d)
				if !slices.Equal(a, b) {
					t.Fatalf("%s, look %d: %v, and %v without the looks that were not read", ph.what, i, a, b)
				}
			}
		}
	})
}

// kindsOf returns the kinds of a record but for those of trouble.
func kindsOf(c *stock.Change) []stock.Kind { return without(c, stock.Unread, stock.Readable) }
