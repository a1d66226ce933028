package stock

import "time"

// Alert holds the facts of one change as told to one recipient. It is the
// `data` of a webhook's CloudEvent, and what waits in the outbox: facts only, no
// address, no token, no text in any language.
type Alert struct {
	Kind       Kind       `json:"kind"`
	Also       []Kind     `json:"also,omitempty"`
	Product    ProductRef `json:"product,omitzero"`
	Watch      WatchRef   `json:"watch,omitzero"`
	Offer      Offer      `json:"offer"`
	Reckoning  []Step     `json:"reckoning,omitempty"` // how the offer's effective price came about
	Previous   *Previous  `json:"previous,omitempty"`
	Others     []Other    `json:"others,omitempty"`
	Marks      []string   `json:"marks,omitempty"`   // warnings and remarks: "late", "above_list_price"
	Within     []Within   `json:"within,omitempty"`  // what new limits let pass, of a limits_changed, the alert's own offer first
	Problem    *Problem   `json:"problem,omitempty"` // why the watch cannot be read, for the owner's news
	Digest     *Digest    `json:"digest,omitempty"`  // of a summary, which has no product, watch nor offer
	News       *News      `json:"news,omitempty"`    // the owner's, which has no product, watch nor offer
	ObservedAt time.Time  `json:"observed_at"`
	Evidence   []Evidence `json:"evidence,omitempty"`
}

// Other is what another of the user's own watches of the same product says.
type Other struct {
	Source       string       `json:"source"`
	URL          string       `json:"url"`
	Availability Availability `json:"availability"`
	Price        Price        `json:"price,omitzero"`
	Effective    Price        `json:"effective_price,omitzero"`
}
