package watch

import (
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"github.com/sainyuka/sainyuka/internal/diff"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// What is kept of a watch between two looks, where there are many, is small, and comes
// back as it was.
func TestAStateBetweenTwoLooksIsSmall(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	o := stock.Observation{
		Outcome: stock.OK, Source: "page", Strong: true, At: at,
		Offer: stock.Offer{
			Availability: stock.OutOfStock, Price: stock.Yen(9900), Condition: stock.ConditionNew, Title: "アカリ ランプ 7781",
			URL: "https://akari.example/lamp/7781", Image: "https://img.akari.example/lamp/7781/main.jpg", Seller: "アカリ商店", JAN: "4900000077817",
		},
		Evidence: []stock.Evidence{
			{Method: stock.MethodJSONLD, Fact: "availability", Value: "OutOfStock", Text: "https://schema.org/OutOfStock", Where: "script[0].offers.availability"},
			{Method: stock.MethodBuyBox, Fact: "availability", Value: "SoldOut", Text: "売り切れました", Where: "html > body > div.buybox > p.stock"},
			{Method: stock.MethodJSONLD, Fact: "price", Value: "9900 JPY", Text: "9900", Where: "script[0].offers.price"},
			{Method: stock.MethodJSONLD, Fact: "title", Value: "アカリ ランプ 7781", Text: "アカリ ランプ 7781", Where: "script[0].name"},
		},
	}
	h := &host{shared: &shared{}}
	h.many.Store(true)
	f := &follow{watchSpec: watchSpec{&stock.Product{ID: "lamp-7781", Currency: "JPY"}, &stock.Watch{ID: "tid"}}}
	track, _ := diff.Start(nil).Fold(*f.product, *f.watch, o)
	f.setTrack(track)
	h.packState(f)
	if f.state != nil || len(f.packed) == 0 {
		t.Fatalf("a state is not packed: %d bytes packed", len(f.packed))
	}
	if got := f.track(); !cmp.Equal(track.State, got.State) {
		t.Errorf("a packed state comes back as another one (-want +got):\n%s", cmp.Diff(track.State, got.State))
	}
	if got := len(f.packed); got > 400 {
		t.Errorf("a packed state takes %d bytes, want at most 400; %d as it is, without its texts", got, unsafe.Sizeof(track.State))
	}
	if got := unsafe.Sizeof(*f); got > 448 { // a size of the allocator
		t.Errorf("what is kept of a watch beside its state takes %d bytes, want at most 448", got)
	}
}
