package app

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

const wishURL = "http://www.amazon.co.jp/hz/wishlist/ls/2EXAMPLELIST1"

// wishShop is Amazon with a wish list of two parts, before a street of other shops.
type wishShop struct {
	robots string
	street http.Handler

	mu    sync.Mutex
	asked []string // paths
}

func (s *wishShop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Hostname() != "www.amazon.co.jp" {
		s.street.ServeHTTP(w, r)
		return
	}
	s.mu.Lock()
	s.asked = append(s.asked, r.URL.Path)
	s.mu.Unlock()
	item := `<li data-itemId="I%[1]s" data-price="1980.0" class="g-item-sortable"><h2><a id="itemName_I%[1]s" title="%[2]s" href="/dp/%[1]s/?psc=1">%[2]s</a></h2><span id="itemPrice_I%[1]s" class="a-price"><span class="a-offscreen">￥1,980</span></span></li>`
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	switch r.URL.Path {
	case "/robots.txt":
		fmt.Fprint(w, s.robots)
	case "/hz/wishlist/ls/2EXAMPLELIST1":
		fmt.Fprintf(w, `<html><body><ul id="g-items">`+item+`</ul><input name="showMoreUrl" value="/hz/wishlist/slv/items?lek=a"></body></html>`, "B0EXAMPLE1", "線香")
	case "/hz/wishlist/slv/items":
		fmt.Fprintf(w, `<ul id="g-items">`+item+`</ul><div id="endOfListMarker"></div>`, "B0EXAMPLE2", "香炉")
	default:
		fmt.Fprint(w, `<span id="productTitle">線香</span><div id="availability"><span>在庫あり。</span></div><input id="add-to-cart-button" type="submit">`)
	}
}

func (s *wishShop) times(path string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.asked {
		if p == path {
			n++
		}
	}
	return n
}

func (s *wishShop) robot(text string) *wishShop {
	s.robots = text
	return s
}

// wishBox is a box that follows a wish list of shop's.
func wishBox(t *testing.T, shop *wishShop, fetch string) *box {
	t.Helper()
	front := httptest.NewServer(shop)
	t.Cleanup(front.Close)
	b := newBox(t, Watch|Notify, "proxy = ", fmt.Sprintf("proxy = %q\n# before: ", front.URL), "[alerts]",
		fetch+"\n[host.\"www.amazon.co.jp\"]\nevery = \"100ms\"\n[[wishlist]]\nid = \"wishes\"\nurl = \""+wishURL+"\"\n[alerts]")
	shop.street = b.street
	return b
}

// What is on a wish list becomes paused products, once: they are looked at when somebody
// resumes them, and one that was removed does not come back.
func TestWishListsBecomePausedProducts(t *testing.T) {
	t.Parallel()
	shop := &wishShop{}
	b := wishBox(t, shop, `terms_accepted = ["www.amazon.co.jp"]`)
	b.run(t)
	b.ready(t)
	const first, second = "amazon-co-jp-b0example1", "amazon-co-jp-b0example2"
	for _, id := range []string{first, second} {
		eventually(t, "the product "+id, func() bool { return strings.Contains(b.get(t, "/api/v1/products"), `"id":"`+id+`"`) })
	}
	got := b.mustAPI(t, http.StatusOK, "GET", "/api/v1/products/"+second, "")
	if !got.Paused || got.Origin != "wishlist" || got.Name != "香炉" || fmt.Sprint(got.Table["tags"]) != "[wishes]" {
		t.Errorf("the product of the second part: %+v, want it paused, of a wish list, with its title and the tag wishes", got)
	}
	if page := b.get(t, "/"); !strings.Contains(page, `id="wished"`) || !strings.Contains(page, `action="products/`+second+`/resume"`) {
		t.Errorf("the dashboard does not show what is to be confirmed: %s", page)
	}
	if page := b.get(t, "/products/"+second); !strings.Contains(page, "ほしい物リストから加わった商品です") {
		t.Errorf("the product's page does not say where it came from: %s", page)
	}
	if n := shop.times("/dp/B0EXAMPLE1"); n != 0 {
		t.Errorf("%d looks at a product that nobody confirmed", n)
	}
	b.mustAPI(t, http.StatusOK, "POST", "/api/v1/products/"+first+"/resume", "")
	eventually(t, "a look at the product that was resumed", func() bool { return shop.times("/dp/B0EXAMPLE1") > 0 })
	b.mustAPI(t, http.StatusNoContent, "DELETE", fmt.Sprintf("/api/v1/products/%s?revision=%d", second, got.Revision), "")

	b.edit(t, `id = "wishes"`, `id = "again"`) // so that the list is read anew
	if err := b.Reload(); err != nil {
		t.Fatalf("reload: %v", err)
	}
	const list, more = "/hz/wishlist/ls/2EXAMPLELIST1", "/hz/wishlist/slv/items"
	eventually(t, "the next reading", func() bool { return shop.times(list) == 2 && shop.times(more) == 2 })
	eventually(t, "the note of what was read", func() bool {
		kv, err := b.live.bus.People.Fact(t.Context(), "wishlist.again")
		return err == nil && kv.Rev != 0
	})
	if status, _ := b.api(t, "GET", "/api/v1/products/"+second, ""); status != http.StatusNotFound {
		t.Errorf("a product that was removed: status %d, want 404", status)
	}
	if got := b.mustAPI(t, http.StatusOK, "GET", "/api/v1/products/"+first, ""); got.Paused {
		t.Error("a product that was resumed is paused again")
	}
}

// A wish list is subject to the shop's terms and to robots.txt like any page.
func TestWishListsAreAskedPolitely(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, fetch, robots, says, shown string
		asked                            []string
	}{
		{"terms that nobody took on", "", "", "terms", "規約", nil},
		{"robots.txt", `terms_accepted = ["www.amazon.co.jp"]`, "User-agent: *\nDisallow: /hz/wishlist/\n", "robots.txt", "robots.txt", []string{"/robots.txt"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			shop := (&wishShop{}).robot(tt.robots)
			b := wishBox(t, shop, tt.fetch)
			b.run(t)
			eventually(t, "a line in the log", func() bool { return strings.Contains(b.log.String(), "the wish list cannot be read") })
			if log := b.log.String(); !strings.Contains(log, tt.says) {
				t.Errorf("the log does not name %s", tt.says)
			}
			eventually(t, "the trouble in the API", func() bool { return strings.Contains(b.get(t, "/api/v1/status"), `"outcome":"disallowed"`) })
			if page := b.get(t, "/health"); !strings.Contains(page, `id="lists-h"`) || !strings.Contains(page, "wishes</b>") || !strings.Contains(page, tt.shown) {
				t.Errorf("the page of health does not say that the list cannot be read, with %q: %s", tt.shown, page)
			}
			shop.mu.Lock()
			defer shop.mu.Unlock()
			if !slices.Equal(shop.asked, tt.asked) {
				t.Errorf("asked for %q, want %q", shop.asked, tt.asked)
			}
		})
	}
}
