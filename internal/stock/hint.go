package stock

import "time"

// Hint is a reason to look at a product soon: another shop restocked it, a sale
// ends, a feed or a person said so. It moves looks and changes no state.
type Hint struct {
	Product string        `json:"product"`
	Watch   string        `json:"watch,omitempty"`  // tid: this watch only, instead of the product
	Source  string        `json:"source"`           // who says so: how far it is trusted is learned for each
	At      time.Time     `json:"at"`               // from when on; may lie in the future
	Within  time.Duration `json:"within,omitempty"` // how long it usually takes from then; 0: 20 minutes
	From    string        `json:"from,omitempty"`   // id of the watcher that saw it; "": it came from outside
	// Now asks for one look at the watch as soon as its host and its own shortest wait
	// allow, since a person waits for it. Nothing is learned of it.
	Now bool `json:"now,omitempty"`
}
