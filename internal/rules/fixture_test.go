package rules

import (
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

var noon = time.Date(2026, 10, 3, 12, 0, 0, 0, time.FixedZone("JST", 9*60*60))

const rakutenURL = "https://item.rakuten.co.jp/bigshop/switch2/"

// switch2 is the product that most tests are about.
func switch2() stock.Product {
	watches := []string{rakutenURL, "https://store.shopping.yahoo.co.jp/shop-a/switch2.html", "https://www.denki.example/p/42"}
	p := stock.Product{
		ID: "switch2", Name: "Nintendo Switch 2", Currency: "JPY", ListPrice: stock.Yen(49980), MaxPrice: stock.Yen(54978),
		MinDrop: stock.Drop{Percent: 5}, NotifyAll: true,
	}
	for _, u := range watches {
		p.Watches = append(p.Watches, stock.Watch{ID: stock.WatchID(p.ID, u), URL: u})
	}
	return p
}

// restock returns a record of a restock of the product's first watch.
func restock(p stock.Product, at time.Time) stock.Change {
	return stock.Change{
		V: 1, Product: stock.ProductRef{ID: p.ID, Name: p.Name}, Kind: stock.Restocked,
		Watch: stock.WatchRef{ID: p.Watches[0].ID, URL: p.Watches[0].URL, Source: "rakuten"},
		State: stock.State{
			Availability: stock.InStock, Price: stock.Yen(49980), ObservedAt: at, Since: at,
			Offer: stock.Offer{Availability: stock.InStock, Price: stock.Yen(49980), URL: rakutenURL, Title: "Switch 2"},
		},
		Previous: &stock.Previous{Availability: stock.OutOfStock, Price: stock.Yen(49980)},
	}
}

// changed returns a record of an offer that could be ordered before and still can,
// at other terms.
func changed(p stock.Product, at time.Time, was, is stock.Offer) stock.Change {
	c := restock(p, at)
	c.Kind, c.Availability, c.SaleMode, c.Price = stock.OfferChanged, is.Availability, is.SaleMode, is.Price
	is.URL = rakutenURL
	c.Offer = is
	c.Previous = &stock.Previous{Availability: was.Availability, Price: was.Price, Terms: was.Terms()}
	return c
}

// picky is a product with every limit.
func picky() stock.Product {
	p := switch2()
	p.MaxEffective = stock.Yen(54000)
	p.Limits = stock.Limits{
		SuspiciousBelow: 50_00, SellersDeny: []string{"転売屋"}, Conditions: []string{stock.ConditionNew}, MinRating: 90_00, MinRatings: 10,
	}
	return p
}
