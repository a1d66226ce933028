package stock

import "time"

// LookRequest asks for one look at a page, outside of its watch's turns.
type LookRequest struct {
	URL string `json:"url"`
	// Rules are tried in place of those of the configuration. nil: none are tried.
	Rules *Rules `json:"rules,omitempty"`
	// Keep has the page kept for a while, so that rules can be tried on it.
	Keep bool `json:"keep,omitempty"`
	// Kept takes the pages that were kept, and asks the shop only where there is none.
	Kept    bool `json:"kept,omitempty"`
	Outline bool `json:"outline,omitempty"` // also what can be pointed at
	Whole   bool `json:"whole,omitempty"`   // the outline of the whole page, not of its order form
	Picture bool `json:"picture,omitempty"` // URL is that of a picture, which is fetched and not read
}

// LookAnswer is what came of a LookRequest.
type LookAnswer struct {
	Observation
	Tries   []Try    `json:"tries,omitempty"` // the rules on every page that is kept, the newest first
	Outline *Outline `json:"outline,omitempty"`
	Picture []byte   `json:"picture,omitempty"` // as it came; of a Reason: it did not
}

// Try is what a page that was kept says by rules that are tried.
type Try struct {
	At           time.Time    `json:"at"` // when it was fetched
	Outcome      Outcome      `json:"outcome"`
	Availability Availability `json:"availability"`
	Price        Price        `json:"price,omitzero"`
	Reason
}

// TryOf returns what an observation says, in short.
func TryOf(o Observation) Try {
	return Try{At: o.At, Outcome: o.Outcome, Availability: o.Offer.Availability, Price: o.Offer.Price, Reason: o.Reason}
}

// Outline is a page, or the part of it around its order form, as texts that a rule
// can point at. It holds nothing of the page that a browser would run or load.
type Outline struct {
	Spots []Spot `json:"spots"`
	Whole bool   `json:"whole,omitempty"` // of the whole page
	Cut   bool   `json:"cut,omitempty"`   // there is more of it
}

// Spot is an element of a page with a text of its own.
type Spot struct {
	Tag          string       `json:"tag"`
	Text         string       `json:"text"`
	Selector     string       `json:"selector"` // CSS, of this element alone
	Button       bool         `json:"button,omitempty"`
	Disabled     bool         `json:"disabled,omitempty"` // a button that cannot be pressed
	Availability Availability `json:"availability"`       // as its words are understood; Unknown: they are not
	Price        Price        `json:"price,omitzero"`     // the first amount in it
}
