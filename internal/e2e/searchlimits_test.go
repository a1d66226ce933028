package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// What a search shows above the limit is told once when the limit is raised: together
// with all that is acceptable by it, or, when nobody had kept yet what the search
// shows, by its next look.
func TestARaisedLimitTellsAListingOnce(t *testing.T) {
	const page = `<html><head><title>例</title></head><body><button>入荷通知を登録する</button>
<div class="itemcolmn_item"><a href="/product/600000001/"><div class="item-name">風見鶏モデル R</div><span class="item-price-en">1000<span>円</span></span></a></div>
<div class="itemcolmn_item"><a href="/product/600000002/"><div class="item-name">風見鶏モデル R 美品</div><span class="item-price-en">2500<span>円</span></span></a></div></body></html>`
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		asked.Add(1)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, page)
	}))
	t.Cleanup(server.Close)
	more := func(n int64) {
		t.Helper()
		from := asked.Load()
		eventually(t, fmt.Sprintf("%d more looks at the search", n), func() bool { return asked.Load() >= from+n })
	}
	s := newSink(t)
	p := shop{host: "netmall.hardoff.co.jp", id: "search", url: "http://netmall.hardoff.co.jp/search/?q=a&s=1"}
	with := settings{town: &town{proxy: server.URL}, sink: s, shops: []shop{p}}
	config := with.write(t)
	d := startDaemon(t, config)
	more(3)
	time.Sleep(11 * time.Second) // what the search shows is kept within ten seconds; without it the next look tells it
	rewrite(t, config, strings.Replace(with.text(), "max_price = 2000", "max_price = 3000", 1))
	d.reload <- syscall.SIGHUP
	e := s.wait(t, p.id, 1)[0]
	if k := e.Data.Kind; k != stock.LimitsChanged && k != stock.NewListing || e.Data.Offer.Price != stock.Yen(2500) || !strings.HasSuffix(e.Data.Offer.URL, "/product/600000002/") {
		t.Errorf("a raised limit told %s of %v at %s, want the listing for 2500 yen", k, e.Data.Offer.Price, e.Data.Offer.URL)
	}
	more(4)
	if got := s.of(p.id); len(got) != 1 {
		t.Errorf("a raised limit told %v, want the listing once", describe(got))
	}
	t.Logf("it was told as %s", e.Data.Kind)
}
