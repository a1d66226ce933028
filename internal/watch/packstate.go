package watch

import (
	"sync"

	"github.com/sainyuka/sainyuka/internal/diff"
	"github.com/sainyuka/sainyuka/internal/pack"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// maxWhole is up to how many watches their states are not packed. Of more than that, each
// is looked at so seldom that packing costs less than the memory.
const maxWhole = 2000

// states packs the states of watches.
var states = sync.OnceValue(func() *pack.Packer[stock.State] {
	yen, none := stock.Yen(0), int64(0)
	return pack.New(stock.State{
		Availability: stock.OutOfStock, Price: stock.Yen(1980), LastPriceNow: stock.Yen(1980), Evidence: pack.SampleEvidence(),
		Offer: stock.Offer{
			Availability: stock.OutOfStock, Price: stock.Yen(1980), Shipping: &yen, Points: &none, Quantity: &none,
			Condition: stock.ConditionNew, URL: "https://www.shop.example/item/", Image: "https://image.shop.example/images/item.jpg",
		},
	})
})

// track returns what is known of the watch.
func (f *follow) track() diff.Track {
	switch {
	case f.state != nil:
		return diff.Track{State: *f.state, Counts: f.counts}
	case f.packed == nil:
		return diff.Track{Counts: f.counts}
	}
	state, err := states().Unpack(f.packed)
	if err != nil {
		panic(err) // it is what Pack returned
	}
	return diff.Track{State: state, Counts: f.counts}
}

func (f *follow) setTrack(t diff.Track) {
	state := t.State
	f.state, f.packed, f.counts = &state, nil, t.Counts
}

// unpackState makes several calls of track cheap.
func (f *follow) unpackState() {
	if f.packed != nil {
		f.setTrack(f.track())
	}
}

// packState packs the state of a watch until it is looked at again, where there are many.
func (h *host) packState(f *follow) {
	if h.many.Load() && f.state != nil {
		f.packed, f.state = states().Pack(*f.state), nil
	}
}
