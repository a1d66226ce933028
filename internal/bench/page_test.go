package bench

import (
	"testing"

	"github.com/sainyuka/sainyuka/internal/fetch"
	"github.com/sainyuka/sainyuka/internal/sources"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// What is measured is a page of the size that it claims, packed as well as real pages
// are, and read as sold out.
func TestPage(t *testing.T) {
	for path, variants := range pages() {
		for _, v := range variants[:1] {
			raw := v.page()
			if n := len(raw); v.charset == "utf-8" && (n < pageSize*9/10 || n > pageSize*11/10) {
				t.Errorf("%s: %d bytes, want about %d", path, n, pageSize)
			}
			if n := len(zipped(raw)); n < len(raw)/7 || n > len(raw)/3 {
				t.Errorf("%s: %d of %d bytes when packed, want between a seventh and a third", path, n, len(raw))
			}
			text, charset := fetch.Decode(raw, "text/html")
			o := sources.New().Read(stock.Page{URL: "https://shop.example/a", FinalURL: "https://shop.example/a", Status: 200, Outcome: stock.OK, Body: text})
			if charset != v.charset || o.Offer.Availability.Group() != stock.No {
				t.Errorf("%s: charset %s, %s (%s); want %s, out of stock", path, charset, o.Offer.Availability, o.Reason, v.charset)
			}
		}
	}
}

func TestMedian(t *testing.T) {
	all := []cost{{Bytes: 5}, {Bytes: 1}, {Bytes: 3}}
	if got := median(all, func(c cost) uint64 { return c.Bytes }); got != 3 {
		t.Errorf("median of 5, 1, 3: %d, want 3", got)
	}
}
