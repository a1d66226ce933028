package stock

import "time"

// Summary is a kind of alert, never of a record: what became of all products in a
// day or a week.
const Summary Kind = "digest"

// Digest is what a summary tells.
type Digest struct {
	From     time.Time       `json:"from"`
	To       time.Time       `json:"to"`
	Products []ProductDigest `json:"products,omitempty"` // what happened first
	More     int             `json:"more,omitempty"`     // products that found no room
}

// ProductDigest is what became of one product, over all its watches.
type ProductDigest struct {
	ID       string    `json:"id"`
	Name     string    `json:"name,omitempty"`
	Group    string    `json:"group"`              // the best of now: "now", "later", "no" or "unknown"
	Source   string    `json:"source,omitempty"`   // of the shop that has it for the least
	Host     string    `json:"host,omitempty"`     // of that shop's page
	Price    Price     `json:"price,omitzero"`     // that it asks
	Restocks int       `json:"restocks,omitempty"` // times that it came
	InStock  int64     `json:"in_stock_seconds,omitempty"`
	LastIn   time.Time `json:"last_in,omitzero"`   // when it was last there, when it is not now
	OutSince time.Time `json:"out_since,omitzero"` // since when no shop has it
	Stale    bool      `json:"stale,omitempty"`    // no shop has had it for 30 days
	Troubled int       `json:"troubled,omitempty"` // watches that cannot be read
	Watches  int       `json:"watches"`
}
