package web

import (
	"github.com/sainyuka/sainyuka/internal/pack"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// livePacker packs the latest of every watch.
type livePacker struct {
	records *pack.Packer[stock.Entry]
	looks   *pack.Packer[stock.Look]
}

func newLivePacker() *livePacker {
	yen, none := stock.Yen(0), int64(0)
	sample := stock.Entry{Change: stock.Change{
		V: stock.RecordVersion, Kind: stock.Baseline, Watch: stock.WatchRef{URL: "https://www.shop.example/item/", Source: "page"},
		State: stock.State{
			Availability: stock.OutOfStock, Price: stock.Yen(1980), Evidence: pack.SampleEvidence(),
			Offer: stock.Offer{
				Availability: stock.OutOfStock, Price: stock.Yen(1980), Shipping: &yen, Points: &none, Quantity: &none,
				Condition: stock.ConditionNew, URL: "https://www.shop.example/item/", Image: "https://image.shop.example/images/item.jpg",
			},
		},
	}}
	look := stock.Look{Outcome: stock.NotModified, Availability: stock.OutOfStock, Source: "page", Why: stock.Why(stock.Because(stock.ReasonItsTurn))}
	return &livePacker{records: pack.New(sample), looks: pack.New(look)}
}

// entry returns a record; nil when there is none.
func (p *livePacker) entry(packed []byte) *stock.Entry { return unpacked(p.records, packed) }

// look returns a look; nil when there is none.
func (p *livePacker) look(packed []byte) *stock.Look { return unpacked(p.looks, packed) }

func unpacked[T any](p *pack.Packer[T], packed []byte) *T {
	if packed == nil {
		return nil
	}
	v, err := p.Unpack(packed)
	if err != nil {
		return nil // it is what Pack returned
	}
	return &v
}
