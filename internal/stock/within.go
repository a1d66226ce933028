package stock

// Within is an offer that the user's new limits let pass and the old ones did not.
type Within struct {
	Product  ProductRef `json:"product"`
	Watch    WatchRef   `json:"watch"`
	Offer    Offer      `json:"offer"`
	NoLonger string     `json:"no_longer"` // why it was held
}
