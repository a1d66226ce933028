package stock

import "time"

// Kind names what changed between two looks.
type Kind string

// The kinds of the contracts.
const (
	Baseline    Kind = "baseline" // the first look: never rings by itself
	Restocked   Kind = "restocked"
	LotteryOpen Kind = "lottery_open"
	Orderable   Kind = "orderable"
	// MaybeRestocked is that what a buyer sees offers it while the page's data goes on denying it.
	MaybeRestocked Kind = "maybe_restocked"
	NewListing     Kind = "new_listing"
	PriceDrop      Kind = "price_drop"
	LowStock       Kind = "low_stock"
	SoldOutKind    Kind = "sold_out"
	PriceRise      Kind = "price_rise"
	Gone           Kind = "gone"
	StaleOut       Kind = "stale_out"
	// OfferChanged is that a fact that limits judge changed while it could be bought or ordered.
	OfferChanged Kind = "offer_changed"
	Unread       Kind = "unreadable"
	Readable     Kind = "readable"
	UnclearKind  Kind = "unclear" // doubt is remembered: the page no longer says whether it can be bought
	Cleared      Kind = "cleared" // it says so again, and nothing opened
)

// The kinds of alerts that are of no record.
const (
	Flapping      Kind = "flapping"       // many ringing changes of one watch in a short time, told once
	LimitsChanged Kind = "limits_changed" // what can be bought now that the user's limits are looser
	SetupReceipt  Kind = "receipt"        // how the watches that were added are read
)

// ProductRef names a product in a record or an alert.
type ProductRef struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// WatchRef names a watch in a record or an alert.
type WatchRef struct {
	ID     string `json:"id"`
	URL    string `json:"url"`
	Source string `json:"source,omitempty"`
}

// Previous is what was last known before a change of the facts that decide whether
// an offer may ring; a look that told nothing never enters it. Its availability is
// Unknown only where nothing but a doubt was known.
type Previous struct {
	Availability Availability `json:"availability"`
	Price        Price        `json:"price,omitzero"`
	Terms                     // flattened
	Since        time.Time    `json:"since,omitzero"`    // when that availability's group was first seen
	Clarity      *Clarity     `json:"clarity,omitempty"` // the remembered doubt that the change ended or continued
}

// Problem says since when and why a watch cannot be read.
type Problem struct {
	Outcome Outcome   `json:"outcome,omitempty"` // of the look that made it one; "" in a record of an old version
	Reason            // flattened
	Since   time.Time `json:"since"`
}

// State is all that is known of a watch after its last confirmed look.
type State struct {
	Availability Availability `json:"availability"`
	SaleMode     SaleMode     `json:"sale_mode,omitempty"`
	Price        Price        `json:"price,omitzero"`
	Offer        Offer        `json:"offer"`
	Since        time.Time    `json:"since,omitzero"`          // when Availability's group was first seen
	LastIn       time.Time    `json:"last_in,omitzero"`        // last look that could order (now or later)
	LastOut      time.Time    `json:"last_out,omitzero"`       // last look that could not
	LastPriceNow Price        `json:"last_price_now,omitzero"` // the price to beat: last one seen while now or later
	LowTold      bool         `json:"low_told,omitempty"`      // "few left" was told in this in-stock period
	StaleTold    bool         `json:"stale_told,omitempty"`    // "out for 30 days" was told in this out-of-stock period
	Unpriced     bool         `json:"unpriced,omitempty"`      // no price was confirmed since it can be ordered
	Clarity      *Clarity     `json:"clarity,omitempty"`       // remembered doubt: the last looks were unclear
	Problem      *Problem     `json:"problem,omitempty"`
	Seen         []string     `json:"seen,omitempty"` // ShortHash of listing ids, newest 500
	ObservedAt   time.Time    `json:"observed_at"`
	Evidence     []Evidence   `json:"evidence,omitempty"`
}

// RecordVersion is the version of Change's JSON form.
const RecordVersion = 1

// Change is one record of a watch's history: what changed, and the whole state
// after it, so that the last record of a watch is its state.
type Change struct {
	V           int        `json:"v"`
	Product     ProductRef `json:"product"`
	Watch       WatchRef   `json:"watch"`
	Kind        Kind       `json:"kind"`
	Also        []Kind     `json:"also,omitempty"`
	State                  // flattened
	Previous    *Previous  `json:"previous,omitempty"`
	PublishedAt time.Time  `json:"published_at,omitzero"`
	Watcher     string     `json:"watcher,omitempty"` // id of the process that saw it
}

// WasUnclear reports whether the change is a clear answer that ended a remembered
// doubt with something that can be ordered.
func (c Change) WasUnclear() bool {
	if c.Previous == nil || c.Previous.Clarity == nil || c.Clarity != nil {
		return false
	}
	return c.Kind == Restocked || c.Kind == LotteryOpen || c.Kind == Orderable
}
