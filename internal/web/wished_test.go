package web_test

import (
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// Products that came from a wish list stand apart until somebody resumes them.
func TestProductsOfWishListsWait(t *testing.T) {
	hostile := product("lamp", `<script>alert(1)</script>`, "https://www.amazon.co.jp/dp/B0EXAMPLE1")
	hostile.Paused = true
	resumed := product("resumed", "Resumed", "https://www.amazon.co.jp/dp/B0EXAMPLE2")
	other := product("other", "Paused by hand", "https://shop.example/3")
	other.Paused = true
	entries := map[string]web.ProductEntry{
		"lamp": {ID: "lamp", Origin: web.OriginWishList, Paused: true}, "resumed": {ID: "resumed", Origin: web.OriginWishList}, "other": {ID: "other", Origin: "web", Paused: true},
	}
	e := &editor{entry: entries["lamp"]}
	s, _ := site(t, func(o *web.Options) {
		o.Editor, o.Entries = e, func() map[string]web.ProductEntry { return entries }
		o.Products = func() []stock.Product { return []stock.Product{hostile, resumed, other} }
	})
	doc := document(t, do(s.Handler(), "GET", "/"))
	forms := doc.Find("#wished form")
	if forms.Length() != 1 || forms.AttrOr("action", "") != "products/lamp/resume" || text(forms.Find("a")) != `<script>alert(1)</script>` {
		t.Errorf("what waits: %d, %q to %q, want the lamp alone", forms.Length(), text(forms.Find("a")), forms.AttrOr("action", ""))
	}
	if doc.Find("#wished script").Length() != 0 {
		t.Error("a title became a script")
	}
	if got := text(document(t, do(s.Handler(), "GET", "/products/lamp")).Find(".notice.bad")); got != "This product came from a wish list. Its pages are not looked at until you resume it. Resume" {
		t.Errorf("the product's page says %q", got)
	}
	if got := document(t, do(s.Handler(), "GET", "/?q=lamp")).Find("#wished").Length(); got != 0 {
		t.Error("a search shows what waits, want it on the whole list only")
	}
}
