package guard_test

import (
	"fmt"

	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// An offer above the user's limit is held, with the reason; one within it rings.
func ExampleJudge() {
	product := stock.Product{ID: "kettle", Currency: "JPY", MaxPrice: stock.Yen(4000)}
	for _, price := range []int64{4500, 3980} {
		v := guard.Judge(product, guard.Facts{Offer: stock.Offer{Availability: stock.InStock, Price: stock.Yen(price)}})
		fmt.Printf("%d held: %q\n", price, v.Held)
	}
	// Output:
	// 4500 held: "above_max_price"
	// 3980 held: ""
}
