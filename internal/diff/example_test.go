package diff_test

import (
	"fmt"
	"time"

	"github.com/sainyuka/sainyuka/internal/diff"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// A watch is looked at three times. The first look is the baseline, the second
// learns nothing because the shop blocks us, and the third finds a restock.
func ExampleTrack_Fold() {
	product := stock.Product{ID: "kettle", Currency: "JPY"}
	watch := stock.Watch{URL: "https://shop.example/kettle"}
	at := time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)
	look := func(outcome stock.Outcome, a stock.Availability) stock.Observation {
		at = at.Add(time.Minute)
		return stock.Observation{Outcome: outcome, Offer: stock.Offer{Availability: a}, Strong: true, At: at}
	}

	track := diff.Start(nil)
	for _, o := range []stock.Observation{
		look(stock.OK, stock.OutOfStock),
		look(stock.Blocked, stock.Unknown),
		look(stock.OK, stock.InStock),
	} {
		var change *stock.Change
		if track, change = track.Fold(product, watch, o); change == nil {
			fmt.Println("no record")
			continue
		}
		fmt.Println(change.Kind, change.Availability)
	}
	// Output:
	// baseline OutOfStock
	// no record
	// restocked InStock
}
