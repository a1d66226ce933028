package page

import (
	"slices"
	"strconv"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// maxOffers bounds the offers that are kept of one page; a page with more is
// read as if it ended there, which its evidence says.
const maxOffers = 500

// Finding is what one method read of the page's product. The zero Offers mean
// that it found none.
type Finding struct {
	Method stock.Method
	Offers []stock.Offer // of this product, one for each variant and seller
	Chosen int           // the one that the page is about
	// Orderable is set when the method saw only that an order can be placed: that
	// agrees with every availability of the groups now and later.
	Orderable bool
	// Doubtful is set when the availability comes from an offer that nobody seems
	// to have filled in (its price is 0): it counts only where no other method speaks.
	Doubtful bool
	// Guessed is set when the method found a field whose meaning its name suggests:
	// then one look is not enough to confirm a change.
	Guessed bool
	// Conflict is what the method also read, where it contradicts itself: then it
	// says nothing, and nobody else may say the opposite.
	Conflict stock.Availability
	// Idle says why the box offers nothing that can be pressed to order, where it
	// shows a button that cannot be pressed or one that only notifies. It denies an
	// availability of others and is never one itself.
	Idle stock.Reason
	// Lowered are prices that the page shows as what the thing cost before.
	Lowered []stock.Price
	// Shown are the prices that the page shows as what the thing may cost now.
	Shown []stock.Price
	// Asked is set when the price stands beside an order button and is called one.
	Asked bool
	// From is the lowest price of several offers. It is not the chosen offer's
	// price, unless the page asks just that.
	From stock.Price
	// Grouped is the chosen offer's price if the point in it is one of thousands: the
	// page's display tells.
	Grouped  stock.Price
	Evidence []stock.Evidence
	Reason   stock.Reason // why there is no availability, when the method knows
}

// Offer returns the chosen offer; the zero Offer without one.
func (f Finding) Offer() stock.Offer {
	if f.Chosen < 0 || f.Chosen >= len(f.Offers) {
		return stock.Offer{}
	}
	return f.Offers[f.Chosen]
}

// clone returns a copy whose offers and evidence may be changed.
func (f Finding) clone() Finding {
	f.Offers, f.Evidence = slices.Clone(f.Offers), slices.Clone(f.Evidence)
	return f
}

// Note adds the evidence for one fact: its value, the text that it rests on, where
// that stands, and what qualifies it.
func (f *Finding) Note(fact stock.Fact, value, text, where string, notes ...stock.Note) {
	f.Evidence = append(f.Evidence, Evidence(f.Method, fact, value, text, where, notes...))
}

// Evidence makes one piece of evidence, of texts that are folded and no longer than
// evidence may hold of a page.
func Evidence(m stock.Method, fact stock.Fact, value, text, where string, notes ...stock.Note) stock.Evidence {
	e := stock.Evidence{Method: m, Fact: fact, Value: quotation(value), Text: quotation(text), Where: clip(where, 160)}
	for _, n := range notes {
		e.Note = n
	}
	return e
}

// About reports whether the finding has evidence for the fact.
func (f *Finding) About(fact stock.Fact) bool {
	return slices.ContainsFunc(f.Evidence, func(e stock.Evidence) bool { return e.Fact == fact })
}

// Choose sets Chosen: the offer that the page's address names, else the cheapest that can be
// had now, else the cheapest that can be ordered, else the first that says anything.
func (f *Finding) Choose(named func(stock.Offer) bool) {
	hit := -1
	for i, o := range f.Offers {
		if named != nil && named(o) {
			if hit >= 0 {
				hit = -1
				break // the address names several: it names none
			}
			hit = i
		}
	}
	if hit >= 0 && len(f.Offers) > 1 {
		f.Chosen = hit
		f.noteChoice(stock.NoteAddressed)
		return
	}
	best := 0
	for i, o := range f.Offers {
		if better(o, f.Offers[best]) {
			best = i
		}
	}
	f.Chosen = best
	if len(f.Offers) > 1 {
		f.noteChoice(stock.NoteCheapest)
	}
}

// noteChoice notes which offer was chosen, and why.
func (f *Finding) noteChoice(why stock.Note) {
	f.Evidence = append(f.Evidence, stock.Evidence{
		Method: f.Method, Fact: stock.FactOffer, Value: strconv.Itoa(f.Chosen + 1), Note: why, Args: []string{strconv.Itoa(len(f.Offers))},
	})
}

// better reports whether a is to be preferred to b, which stands before it.
func better(a, b stock.Offer) bool {
	if x, y := appeal(a.Availability), appeal(b.Availability); x != y {
		return x > y
	}
	return a.Price.Comparable(b.Price) && a.Price.Minor < b.Price.Minor && a.Availability.Purchasable()
}

func appeal(a stock.Availability) int {
	switch a.Group() {
	case stock.Now:
		return 3
	case stock.Later:
		return 2
	case stock.No:
		return 1
	}
	return 0
}
