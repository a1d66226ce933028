package stock

import "time"

// Route says who hears of some changes. A condition that is empty holds for every
// change; all of them must hold.
type Route struct {
	Products   []string // ids
	Tags       []string // of the product, any of them
	Shops      []string // a source such as "rakuten", or the host of the watch
	Kinds      []Kind
	Groups     []Group // of the availability
	Modes      []SaleMode
	Price      PriceRange
	Effective  PriceRange // of the effective price
	Sellers    []string   // names, in lower case
	Conditions []string

	NotifyProduct bool     // no `notify` key: the channels of the product
	Notify        []string // channel ids; empty and not NotifyProduct: nobody
	Urgent        bool     // passes quiet hours that let urgent alerts pass
	Silent        bool     // makes no sound
	Continue      bool     // the routes after this one are asked too
	EscalateTo    []string // channel ids that hear of it when nobody acknowledges
	EscalateAfter time.Duration
}

// PriceRange holds prices of one currency, both ends included; an end that is not
// known is open. The zero PriceRange holds every price, unknown ones too.
type PriceRange struct{ From, To Price }

// Holds reports whether p is in the range. A price that is not known, or in
// another currency, is only in the zero range.
func (r PriceRange) Holds(p Price) bool {
	if r == (PriceRange{}) {
		return true
	}
	return (!r.From.Known() || r.From.Comparable(p) && p.Minor >= r.From.Minor) &&
		(!r.To.Known() || r.To.Comparable(p) && p.Minor <= r.To.Minor)
}

// QuietMode says what becomes of an alert in quiet hours.
type QuietMode string

// The modes.
const (
	QuietHold   QuietMode = "hold"   // it waits for their end, and goes if it is still so
	QuietSilent QuietMode = "silent" // it goes without a sound
	QuietDrop   QuietMode = "drop"   // it does not go
)

// Quiet is a time of day at which a channel shall not ring, by the wall clock of
// a place. The zero Quiet, without a Mode, is never.
type Quiet struct {
	From, To     time.Duration  // since midnight, up to 24 h; To below From: over midnight
	Days         []time.Weekday // on which it begins; empty: every day
	Timezone     string         // the name of Location
	Location     *time.Location `json:"-"`
	Mode         QuietMode
	UrgentPasses bool
}

// DigestPlan says when the summary of all products is told, and to whom. The zero
// plan, without channels, is never.
type DigestPlan struct {
	Weekly   bool // else daily
	Day      time.Weekday
	At       time.Duration // since midnight
	Channels []string      // ids
}
