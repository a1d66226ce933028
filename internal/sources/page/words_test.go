package page

import (
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

func TestStockWordsOfJapan(t *testing.T) {
	want := map[string]stock.Availability{"out": stock.OutOfStock, "discontinued": stock.Discontinued, "in": stock.InStock, "low": stock.LimitedAvailability, "backorder": stock.BackOrder, "preorder": stock.PreOrder}
	for _, row := range table(t, "stock-words-japan.tsv") {
		got, _ := StockPhrase(row[1])
		if got == stock.Unknown && Buys(row[1]) {
			got = stock.InStock
		}
		w := want[row[0]] // Unknown for the traps, and for removed pages, which the classifier reads
		if got != w && got.Group() != w.Group() || got.Group() == stock.Now && got != w {
			t.Errorf("%q: %s, want %s (%s, %s)", row[1], got, w, row[0], row[2])
		}
	}
}

func TestStockWordsOfTheWorld(t *testing.T) {
	for _, row := range table(t, "stock-words-english.tsv") {
		if a, _ := StockPhrase(row[0]); a.Group() == stock.Now || Buys(row[0]) && a.Group() != stock.Later {
			t.Errorf("%q: %s, want anything but in stock", row[0], a)
		}
	}
}
