package stock

// Setup is what a receipt tells: how the watches that a start, a reload or an
// edit brought are read.
type Setup struct {
	Watches []SetupWatch `json:"watches,omitempty"` // what can be bought first, then what cannot be read
	More    int          `json:"more,omitempty"`    // watches that found no room
	Read    int          `json:"read"`              // watches that told something, of all
	Unread  int          `json:"unread"`            // watches that did not, of all
}

// SetupWatch is what the first looks at one watch found.
type SetupWatch struct {
	Product      ProductRef   `json:"product"`
	Watch        WatchRef     `json:"watch"`
	Availability Availability `json:"availability"`
	SaleMode     SaleMode     `json:"sale_mode,omitempty"`
	Price        Price        `json:"price,omitzero"`
	Search       bool         `json:"search,omitempty"`   // a search page, which has no availability of its own
	Listings     int          `json:"listings,omitempty"` // that it had
	// Outcome is how the last look ended that told nothing, "" when it was not
	// looked at yet or when the watch was read.
	Outcome Outcome `json:"outcome,omitempty"`
	Reason          // flattened
	Unread  bool    `json:"unread,omitempty"`
}
