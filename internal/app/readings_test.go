package app

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// A page that is the same as the last one repeats its reading, and says what reading it
// anew would say. Reading is what tells the two apart: a repeated reading is the one
// that stands in the observer.
func TestSamePageRepeatsItsReading(t *testing.T) {
	token, words := 1, "売り切れ"
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<html lang="ja"><!-- %d --><title>風見鶏</title><h1>風見鶏</h1><div class="buybox"><p class="price">1,980円</p><p class="stock">%s</p></div>`, token, words)
	}))
	t.Cleanup(s.Close)
	cfg := &config.Config{Fetch: config.Fetch{Timeout: 10 * time.Second, AllowPrivateAddresses: true}}
	o, err := newObserver(cfg, "test", func(string) time.Duration { return 0 }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.close)
	url := s.URL + "/item/1"
	look := func(what string, want stock.Availability, repeated bool) stock.Observation {
		t.Helper()
		o.mu.Lock()
		if last, ok := o.readings[url]; ok {
			last.seen.Offer.Title = "of the last reading"
			o.readings[url] = last
		}
		o.mu.Unlock()
		got := o.Observe(t.Context(), url)
		if got.Outcome != stock.OK || got.Offer.Availability != want || (got.Offer.Title == "of the last reading") != repeated {
			t.Fatalf("%s: %s, %s, %q (%s); want ok, %s, repeated %t", what, got.Outcome, got.Offer.Availability, got.Offer.Title, got.Reason, want, repeated)
		}
		return got
	}
	first := look("the first look", stock.SoldOut, false)
	token++
	second := look("another comment", stock.SoldOut, true)
	if !second.At.After(first.At) {
		t.Errorf("the repeated reading is of %s, want later than %s", second.At, first.At)
	}
	second.At, second.Offer.Title = first.At, first.Offer.Title
	if a, b := asText(t, first), asText(t, second); a != b {
		t.Errorf("repeated: %s, want %s", b, a)
	}
	words = "在庫あり"
	look("another text", stock.InStock, false)
	o.Distrust(o.Host(url), []stock.Method{stock.MethodMicrodata})
	look("other trust", stock.InStock, false)
	look("the same page and trust", stock.InStock, true)
	ruled := *cfg
	ruled.Hosts = map[string]config.Host{stock.HostOf(url): {Rules: stock.Rules{InStockText: "在庫あり"}}}
	o.adopt(&ruled)
	look("by a rule", stock.InStock, false)
	o.adopt(cfg)
	look("without the rule", stock.InStock, false)
}

// What a page is read by may change while it is read, and what rests on a day to come
// ends with it: no later answer repeats such a reading.
func TestReadingOfOldRulesIsNotKept(t *testing.T) {
	o, _ := newTestObserver(t)
	_, changes := o.reading(itemURL)
	o.Distrust("shop.example", []stock.Method{stock.MethodMicrodata})
	seen := stock.Observation{Outcome: stock.OK, Offer: stock.Offer{Availability: stock.InStock}}
	o.remember(itemURL, itemURL, stock.Page{Outcome: stock.OK, Print: stock.Print{Bytes: 1}}, seen, changes)
	if last, _ := o.reading(itemURL); last.seen != nil || last.packed != nil {
		t.Errorf("a reading begun before the trust changed is kept: %+v", last)
	}
	_, changes = o.reading(itemURL)
	seen.Dated = true
	o.remember(itemURL, itemURL, stock.Page{Outcome: stock.OK, Print: stock.Print{Bytes: 1}}, seen, changes)
	if last, _ := o.reading(itemURL); last.seen != nil || last.packed != nil {
		t.Errorf("a reading that rests on a day to come is kept: %+v", last)
	}
}

func asText(t *testing.T, o stock.Observation) string {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A look at a page that did not change makes next to no garbage, however large the page
// is: to read it anew takes ten times its bytes. The figures hold the server's share, which
// runs in this process; the bytes are those of the look that allocated least, as the
// collector takes some of the buffers that are kept.
func TestSameLookAllocations(t *testing.T) {
	const most, mostBytes = 160, 24 << 10
	text := []byte(`<html lang="ja"><title>風見鶏</title><h1>風見鶏</h1><div class="buybox"><p class="price">1,980円</p><p class="stock">売り切れ</p></div>` +
		strings.Repeat(`<p class="note">説明の文です。</p>`, 12_000))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(len(text)))
		_, _ = w.Write(text)
	}))
	t.Cleanup(s.Close)
	cfg := &config.Config{Fetch: config.Fetch{Timeout: 10 * time.Second, AllowPrivateAddresses: true}}
	o, err := newObserver(cfg, "test", func(string) time.Duration { return 0 }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.close)
	look := func() {
		if got := o.Observe(t.Context(), s.URL+"/item/1"); got.Offer.Availability != stock.SoldOut {
			t.Fatalf("look: %s, %s (%s), want SoldOut", got.Outcome, got.Offer.Availability, got.Reason)
		}
	}
	look()
	if got := testing.AllocsPerRun(20, look); got > most {
		t.Errorf("a look at the same page of %d bytes makes %.0f allocations, want at most %d", len(text), got, most)
	}
	least := uint64(math.MaxUint64)
	for range 50 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		look()
		runtime.ReadMemStats(&after)
		least = min(least, after.TotalAlloc-before.TotalAlloc)
	}
	if least > mostBytes {
		t.Errorf("each look at the same page of %d bytes allocates %d bytes and more, want at most %d", len(text), least, mostBytes)
	}
}

// Of more pages than there is room for, some are read anew: none is answered by a 304
// that has nothing to repeat.
func TestReadingsAreBounded(t *testing.T) {
	o, _ := newTestObserver(t)
	seen := stock.Observation{Outcome: stock.OK, Offer: stock.Offer{Availability: stock.InStock}}
	for i := range maxReadings + 100 {
		u := "http://shop.example/" + strconv.Itoa(i)
		o.remember(u, u, stock.Page{Outcome: stock.OK, Print: stock.Print{Bytes: 1}}, seen, 0)
	}
	if got := len(o.readings); got != maxReadings {
		t.Errorf("%d readings are kept, want %d", got, maxReadings)
	}
}

// A packed reading is repeated as a whole one is.
func TestPackedReadingsAreRepeated(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<html lang="ja"><title>風見鶏</title><script type="application/ld+json">{"@type":"Product","name":"風見鶏","offers":{"@type":"Offer","price":1980,"priceCurrency":"JPY","availability":"https://schema.org/SoldOut"}}</script><h1>風見鶏</h1><div class="buybox"><p class="price">1,980円</p><p class="stock">売り切れ</p></div>`)
	}))
	t.Cleanup(s.Close)
	cfg := &config.Config{Fetch: config.Fetch{Timeout: 10 * time.Second, AllowPrivateAddresses: true}}
	o, err := newObserver(cfg, "test", func(string) time.Duration { return 0 }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.close)
	o.whole = 0
	url := s.URL + "/item/1"
	o.keep(map[string]bool{url: true})
	first, again := o.Observe(t.Context(), url), o.Observe(t.Context(), url)
	o.mu.Lock()
	r := o.readings[url]
	o.mu.Unlock()
	if r.packed == nil || r.seen != nil {
		t.Fatalf("the reading beyond those that are kept whole: %d bytes, whole %t; want it packed alone", len(r.packed), r.seen != nil)
	}
	again.At = first.At
	if a, b := fmt.Sprintf("%+v", first), fmt.Sprintf("%+v", again); a != b {
		t.Errorf("the packed reading is repeated as\n%s\nwant\n%s", b, a)
	}
	if most := 600; len(r.packed) > most {
		t.Errorf("a packed reading takes %d bytes, want at most %d", len(r.packed), most)
	}
}
