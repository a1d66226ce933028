package app

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const apiKey = "hunter2-hunter2"

// fakeAPI answers every request as handle says and remembers what was asked.
func fakeAPI(t *testing.T, handle http.HandlerFunc) (o *observer, asked func() []string) {
	t.Helper()
	var mu sync.Mutex
	var all []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		all = append(all, r.URL.Path+" availability="+r.FormValue("availability"))
		mu.Unlock()
		handle(w, r)
	}))
	t.Cleanup(server.Close)
	cfg := &config.Config{Fetch: config.Fetch{Timeout: 10 * time.Second, AllowPrivateAddresses: true}}
	cfg.API.Rakuten = config.RakutenAPI{ApplicationID: apiKey, AccessKey: apiKey, URL: server.URL}
	cfg.API.Yahoo = config.YahooAPI{AppID: apiKey, URL: server.URL}
	o, err := newObserver(cfg, "test", func(string) time.Duration { return time.Millisecond }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatalf("make an observer: %v", err)
	}
	t.Cleanup(o.close)
	return o, func() []string { mu.Lock(); defer mu.Unlock(); return slices.Clone(all) }
}

const rakutenSwitch = "rakuten-api:?jan=4902370553024"

// Of many hits the API shows the first. When those are sold out, it is asked for
// the ones that can be bought, so that a long list never hides a restock, nor the
// end of one.
func TestLongAnswerIsAskedAgain(t *testing.T) {
	for _, tt := range []struct {
		second string // the answer about what can be bought
		want   stock.Availability
		price  int64
	}{
		{`{"count": 1, "Items": [{"itemName": "Switch 2", "itemPrice": 54000, "availability": 1}]}`, stock.InStock, 54000},
		{`{"count": 0}`, stock.OutOfStock, 40000},
		{`{"count": 0, "itself": "` + strings.Repeat("as long as the first, whose memory must not be used for it ", 3) + `"}`, stock.OutOfStock, 40000},
	} {
		o, asked := fakeAPI(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"1"`)
			if r.FormValue("availability") == "1" {
				fmt.Fprint(w, tt.second)
				return
			}
			fmt.Fprint(w, `{"count": 84, "Items": [{"itemName": "Switch 2", "itemPrice": 40000, "availability": 0}]}`)
		})
		for range 2 { // the second time too: an ETag must not cut the conversation short
			seen := o.Observe(t.Context(), rakutenSwitch)
			if seen.Outcome != stock.OK || seen.Offer.Availability != tt.want || seen.Offer.Price != stock.Yen(tt.price) || !seen.Strong {
				t.Errorf("second answer %s: %s, %s for %s (%s), want %s for %d", tt.second, seen.Outcome, seen.Offer.Availability, seen.Offer.Price, seen.Reason, tt.want, tt.price)
			}
			if seen.URL != rakutenSwitch || seen.Source != "rakuten-api" {
				t.Errorf("it is told of %q by %q, want the watch's own URL and source", seen.URL, seen.Source)
			}
		}
		const path = "/ichibams/api/IchibaItem/Search/20260701"
		once := []string{path + " availability=0", path + " availability=1"}
		if got, want := asked(), slices.Concat(once, once); !slices.Equal(got, want) {
			t.Errorf("asked %q, want %q: no robots.txt, and one request more each time", got, want)
		}
	}
}

// An API that repeats the key everywhere, and every kind of refusal, cannot bring
// it into what is recorded and told.
func TestKeyIsNowhere(t *testing.T) {
	const item = `{"itemName": "%[1]s", "itemCode": "%[1]s", "itemPrice": 5, "availability": 1, "shopName": "%[1]s",
		"itemUrl": "https://item.rakuten.co.jp/%[1]s/?rafcid=%[1]s", "mediumImageUrls": ["https://img.example/%[1]s"], "itemCaption": "%[1]s"}`
	answers := []struct {
		status int
		body   string
	}{
		{200, `{"count": 1, "Items": [` + item + `]}`},
		{200, `{"totalResultsAvailable": 1, "hits": [{"name": "%[1]s", "price": 5, "inStock": true, "url": "https://store.shopping.yahoo.co.jp/%[1]s"}]}`},
		{400, `{"error": "wrong_parameter", "error_description": "%[1]s"}`},
		{403, `{"errors": {"errorCode": 403, "errorMessage": "%[1]s"}}`},
		{404, `{"error": "not_found: %[1]s"}`},
		{429, `{"Error": {"Message": "%[1]s"}}`},
		{500, `%[1]s`},
		{302, ``},
	}
	for _, a := range answers {
		o, _ := fakeAPI(t, func(w http.ResponseWriter, r *http.Request) {
			if a.status == 302 {
				w.Header().Set("Location", "http://elsewhere.example/?key="+apiKey)
			}
			w.WriteHeader(a.status)
			fmt.Fprintf(w, a.body, apiKey)
		})
		for _, watch := range []string{rakutenSwitch, "rakuten-books:?isbn=9784101010014", "yahoo-api:?q=" + "hunter"} {
			seen := o.Observe(t.Context(), watch)
			if text := fmt.Sprintf("%+v", seen); strings.Contains(text, apiKey) {
				t.Errorf("%d %s: %s tells the key: %s", a.status, a.body, watch, text)
			}
			if seen.Outcome == "" || seen.Offer.Availability == stock.Unknown && seen.Reason.None() {
				t.Errorf("%d %s: %s = %+v, want an outcome and a reason", a.status, a.body, watch, seen)
			}
		}
	}
}

// A watch belongs to the host that is really asked, and one without a key to none.
func TestHostOfAPI(t *testing.T) {
	o, _ := fakeAPI(t, func(http.ResponseWriter, *http.Request) {})
	req, err := o.sources.Load().Request(rakutenSwitch)
	if err != nil {
		t.Fatal(err)
	}
	if host := o.Host(rakutenSwitch); host == "" || !strings.HasPrefix(req.URL, "http://"+host+"/") {
		t.Errorf("Host(%s) = %q, want that of the API", rakutenSwitch, host)
	}
	o.sources.Store(withKeys(&config.Config{}))
	if seen := o.Observe(t.Context(), rakutenSwitch); seen.Outcome != stock.Failed || !strings.Contains(seen.Reason.Text, "application_id") || seen.Source != "rakuten-api" {
		t.Errorf("without a key: %+v, want an error that says which to set", seen)
	}
}
