package stock

// LossKind names what is missing in a store that was damaged.
type LossKind string

// What can be missing.
const (
	LostRecords  LossKind = "records"      // of changes: history, and for some watches the last known state
	LostLetters  LossKind = "letters"      // alerts that waited to be sent
	LostProofs   LossKind = "proofs"       // that alerts were delivered
	LostDead     LossKind = "dead_letters" // alerts that had been given up
	LostBrowsers LossKind = "browsers"     // subscriptions to Web Push
	LostMutes    LossKind = "mutes"        // of products
	LostKeys     LossKind = "keys"         // of Web Push and of buttons
	LostFacts    LossKind = "facts"        // what else is kept about people: alerts for the morning, acknowledgements
	LostProducts LossKind = "products"     // that were added or edited while it ran
	LostLearned  LossKind = "learned"      // the scheduler's memory
)

// LossKinds returns every kind, the gravest first.
func LossKinds() []LossKind {
	return []LossKind{
		LostLetters, LostRecords, LostProducts, LostBrowsers, LostMutes, LostKeys, LostFacts, LostProofs, LostDead, LostLearned,
	}
}

// Loss is what a start found missing, held against what had been there.
type Loss struct {
	Kind  LossKind `json:"kind"`
	Count int      `json:"count"`
	// Rebuilt of them are made again from what is left, and Buried stand among the
	// dead letters now.
	Rebuilt int      `json:"rebuilt,omitempty"`
	Buried  int      `json:"buried,omitempty"`
	Names   []string `json:"names,omitempty"` // of some of them, where they have any: a product, a channel
}
