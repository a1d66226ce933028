package fakeshop_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/fakeshop"
	"github.com/sainyuka/sainyuka/internal/stock"
)

func TestWhatIsSetIsServed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scheme := rapid.SampledFrom([]string{"http://", "https://", "HTTP://"}).Draw(t, "scheme")
		host := rapid.SampledFrom([]string{"Shop.Example", "127.0.0.1:8081", "[::1]:8080", fakeshop.RakutenHost}).Draw(t, "host")
		part := rapid.SampledFrom([]string{"item", "%e5%95%86", "商品", "a b", "%2F", "~x", "..", "q?a=1", "#top", "%41"})
		parts := rapid.SliceOfN(part, 1, 4).Draw(t, "path")
		set := scheme + host + "/" + strings.Join(parts, "/")

		street := fakeshop.New()
		street.Set(set, fakeshop.Item{Title: "特製の急須", Availability: stock.InStock, Price: stock.Yen(100), Layout: fakeshop.JSONLD})
		asked, _, _ := strings.Cut(stock.NormalizeURL(set), "#")
		asked = "http" + asked[strings.Index(asked, "://"):]
		r, err := http.NewRequest(http.MethodGet, asked, nil)
		if err != nil {
			t.Fatalf("%q, normalised, is no URL that can be asked: %v", set, err)
		}
		w := httptest.NewRecorder()
		street.ServeHTTP(w, r)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "特製の急須") {
			t.Errorf("set %q, asked %q: %d, want the item", set, asked, w.Code)
		}
	})
}

// Meaningful under -race: a street is changed while it is asked.
func TestAskedAndChangedAtTheSameTime(t *testing.T) {
	street := fakeshop.New()
	var all sync.WaitGroup
	const askers, times = 4, 50
	for range askers {
		all.Go(func() {
			for range times {
				street.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, small, nil))
			}
		})
		all.Go(func() {
			for range times {
				street.Set(small, kettle(stock.InStock))
				street.Fail(small, fakeshop.Captcha().Times(1))
				street.Robots("kitte-denki.example", "")
				street.Change(small, func(it *fakeshop.Item) { it.Availability = stock.SoldOut })
				street.Stats("kitte-denki.example")
				street.Heal(small)
				street.Remove(small)
			}
		})
	}
	all.Wait()
	if got := len(street.Requests("")); got != askers*times {
		t.Errorf("%d requests recorded, want %d", got, askers*times)
	}
}
