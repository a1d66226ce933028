package stock

// Terms are the facts of an offer, beside its availability and price, that decide
// whether the user wants it.
type Terms struct {
	SaleMode     SaleMode `json:"sale_mode,omitempty"`
	Shipping     *Price   `json:"shipping,omitempty"`
	Points       *int64   `json:"points,omitempty"`
	Seller       string   `json:"seller,omitempty"`
	SellerRating *Rating  `json:"seller_rating,omitempty"`
	Condition    string   `json:"condition,omitempty"`
}

// Terms returns the terms of an offer.
func (o Offer) Terms() Terms {
	return Terms{
		SaleMode: o.SaleMode, Shipping: o.Shipping, Points: o.Points,
		Seller: o.Seller, SellerRating: o.SellerRating, Condition: o.Condition,
	}
}

// With returns the offer with other terms.
func (o Offer) With(t Terms) Offer {
	o.SaleMode, o.Shipping, o.Points = t.SaleMode, t.Shipping, t.Points
	o.Seller, o.SellerRating, o.Condition = t.Seller, t.SellerRating, t.Condition
	return o
}

// Offer returns what was known before a change as the offer that it was.
func (p Previous) Offer() Offer {
	return Offer{Availability: p.Availability, Price: p.Price}.With(p.Terms)
}

// OpeningKind is the kind that says that an offer can be ordered, by how it is
// sold; "" when it cannot.
func (o Offer) OpeningKind() Kind {
	switch {
	case !o.Availability.Purchasable():
		return ""
	case o.SaleMode.Drawn():
		return LotteryOpen
	case o.Availability.Group() == Now:
		return Restocked
	}
	return Orderable
}
