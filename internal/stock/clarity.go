package stock

import "time"

// Doubt says why a page that was read, and that is about the right product, does
// not say whether the product can be bought.
type Doubt string

// The doubts of the contracts. The zero value is no doubt.
const (
	Silent        Doubt = "silent"        // the page says nothing of stock that can be relied on
	Contradiction Doubt = "contradiction" // two places of the page say opposite things
)

// Lean says which way an unclear page leans, judged by what a buyer sees of it.
type Lean string

// The leans of the contracts. The zero value is none.
const (
	LeansNo  Lean = "no"  // the box denies it, or offers only buttons that cannot be pressed or that notify
	LeansYes Lean = "yes" // an enabled order button, or "in stock" in the box, while only the data denies it
)

// LookClass says what one look is good for.
type LookClass string

// The classes of the contracts.
const (
	LookTold    LookClass = "told"    // the page said it: a search by its listings, an item by its availability
	LookUnclear LookClass = "unclear" // the page was read and is of this product, and does not say it
	LookUnread  LookClass = "unread"  // nothing was learned: blocked, failed, another product
)

// Class says what the look is good for.
func (o Observation) Class() LookClass {
	switch {
	case !o.Outcome.Good():
		return LookUnread
	case o.Offer.Availability != Unknown || o.IsSearch:
		return LookTold
	case o.Doubt != "":
		return LookUnclear
	}
	return LookUnread
}

// MarkWasUnclear marks an alert of the first clear answer after a remembered doubt.
const MarkWasUnclear = "was_unclear"

// Clarity is the remembered doubt of a watch whose last looks were unclear.
type Clarity struct {
	Unclear int       `json:"unclear"` // unclear looks in a row; unread ones do not count and do not break the row
	Reason  Doubt     `json:"reason"`
	Leans   Lean      `json:"leans,omitempty"`
	Since   time.Time `json:"since"` // the first of them
	// Maybe is set when maybe_restocked was told of this doubt, until a lean of no
	// is remembered.
	Maybe bool `json:"maybe,omitempty"`
}
