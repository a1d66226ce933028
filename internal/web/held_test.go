package web_test

import (
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// What is held is shown with its reason, wherever the offer is.
func TestHeldOffersAreShown(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*stock.Product)
		want   string
	}{
		{"a reseller's price", func(p *stock.Product) { p.ListPrice, p.Limits.MaxAboveList = stock.Yen(7000), new(stock.Share(20_00)) }, "too far above the list price"},
		{"a scam's", func(p *stock.Product) { p.ListPrice, p.Limits.SuspiciousBelow = stock.Yen(20000), 50_00 }, "suspiciously far below the list price"},
		{"too dear in the end", func(p *stock.Product) { p.MaxEffective = stock.Yen(8799) }, "over the limit in the end"},
		{"a seller who is not wanted", func(p *stock.Product) { p.Limits.SellersDeny = []string{"kitte"} }, "a seller that you excluded"},
		{"nothing", func(*stock.Product) {}, ""},
	} {
		s, _ := site(t, func(o *web.Options) {
			products := o.Products()
			tt.change(&products[0])
			o.Products = func() []stock.Product { return products }
		})
		const url = "https://item.rakuten.co.jp/kitte/kettle/"
		for _, target := range []string{"/", "/watches/" + stock.WatchID("kettle", url)} {
			page := do(s.Handler(), "GET", target).Body.String()
			if tt.want != "" && !strings.Contains(page, "does not ring: "+tt.want) {
				t.Errorf("%s: %s does not say %q", tt.name, target, tt.want)
			}
			if tt.want == "" && strings.Contains(page, "does not ring: sus") {
				t.Errorf("%s: %s holds something", tt.name, target)
			}
		}
	}
}
