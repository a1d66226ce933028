package app

import (
	"github.com/sainyuka/sainyuka/internal/pack"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// readingPacker keeps the readings of more pages than are kept whole.
type readingPacker struct {
	*pack.Packer[stock.Observation]
}

func newReadingPacker() readingPacker { return readingPacker{pack.New(sampleReading())} }

// keep returns the reading of an observation, packed or whole.
func (p readingPacker) keep(seen stock.Observation, packed bool) reading {
	if packed {
		return reading{packed: p.Pack(seen)}
	}
	return reading{seen: &seen}
}

// whole returns the observation of a reading; ok is false when it has none.
func (p readingPacker) whole(r reading) (seen stock.Observation, ok bool) {
	switch {
	case r.seen != nil:
		return *r.seen, true
	case r.packed == nil:
		return stock.Observation{}, false
	}
	seen, err := p.Unpack(r.packed)
	return seen, err == nil
}

// sampleReading has what most readings have in common.
func sampleReading() stock.Observation {
	yen, none := stock.Yen(0), int64(0)
	offer := stock.Offer{
		Availability: stock.OutOfStock, Price: stock.Yen(1980), Shipping: &yen, Points: &none, Quantity: &none,
		Condition: stock.ConditionNew, URL: "https://www.shop.example/item/", Image: "https://image.shop.example/images/item.jpg",
	}
	return stock.Observation{
		URL: "https://www.shop.example/item/", Source: "page", Outcome: stock.OK, Offer: offer, Offers: []stock.Offer{offer},
		Listings: []stock.Listing{{ID: "m1", Price: stock.Yen(1980), Availability: stock.InStock, Condition: stock.ConditionUsed, URL: "https://www.shop.example/item/"}},
		Evidence: append(pack.SampleEvidence(), pack.SampleEvidence()...),
		Verdicts: []stock.MethodVerdict{
			{Method: stock.MethodJSONLD, Availability: stock.OutOfStock},
			{Method: stock.MethodBuyBox, Availability: stock.SoldOut},
			{Method: stock.MethodMicrodata, Availability: stock.InStock},
			{Method: stock.MethodOpenGraph, Availability: stock.InStock},
		},
		Strong: true,
	}
}
