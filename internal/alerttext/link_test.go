package alerttext

import (
	"net/url"
	"testing"

	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// The watch of an official API has no page: its link is an offer on the API's own
// shop, or none. An offer on another shop, of another mall or not, is never opened.
func TestTapLinkOfAPI(t *testing.T) {
	const item = "https://item.rakuten.co.jp/book/1/"
	if got := TapLink("rakuten-api:?jan=4902370553024&item="+item, "https://evil.example/"); got != item {
		t.Errorf("the link of an item asked by API is %q, want %q", got, item)
	}
	if got, want := TapLink("rakuten-api:?jan=4902370553024", "https://item.rakuten.co.jp/book/1/"), "https://item.rakuten.co.jp/book/1/"; got != want {
		t.Errorf("link = %q, want %q", got, want)
	}
	rapid.Check(t, func(t *rapid.T) {
		api := rapid.SampledFrom(stock.APIs()).Draw(t, "api")
		offer := rapid.OneOf(
			rapid.SampledFrom(hostileURLs), rapid.String(), rapid.StringMatching(`https?://[a-z@:.\\/]{1,30}`),
			rapid.SampledFrom([]string{"https://item.rakuten.co.jp/a/", "https://books.rakuten.co.jp/rb/1/", "https://store.shopping.yahoo.co.jp/a/1.html"}),
		).Draw(t, "offer url")
		link := TapLink(string(api)+":?jan=4902370553024", offer)
		if link == "" {
			return
		}
		u, err := url.Parse(link)
		if err != nil || u.Scheme != "https" || u.Host != api.Shop() || u.User != nil {
			t.Fatalf("offer url %q made the link %q for %s, want one on %s", offer, link, api, api.Shop())
		}
	})
}
