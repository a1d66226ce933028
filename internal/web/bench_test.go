package web_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// crowd is a site with many products, of which every twentieth can be bought.
func crowd(t testing.TB, n int) (*web.Server, []stock.Product) {
	t.Helper()
	var products []stock.Product
	for i := range n {
		p := product(fmt.Sprintf("p%d", i), fmt.Sprintf("商品 %d 電気ケトル 0.8L ホワイト", i), fmt.Sprintf("https://item.rakuten.co.jp/shop%d/item/", i), fmt.Sprintf("https://shop%d.example/item", i%50))
		p.Tags = []string{"家電"}
		products = append(products, p)
	}
	s := web.New(web.Options{Language: "ja", Location: time.UTC, Products: func() []stock.Product { return products }, Store: &memory{}, Version: "v", Logger: slog.New(slog.DiscardHandler)})
	for i, p := range products {
		a := stock.SoldOut
		if i%20 == 0 {
			a = stock.InStock
		}
		for j, w := range p.Watches {
			s.Record(w.ID, uint64(2*i+j+1), changeTo(p, w, a, int64(1000+i)))
		}
	}
	return s, products
}

// The first page of a long list is as small as that of a short one, and begins with
// what can be bought.
func TestTheFirstPageOfManyProductsIsSmall(t *testing.T) {
	const most = 60 << 10
	for _, n := range []int{10, 10000} {
		s, _ := crowd(t, n)
		h := s.Handler()
		do(h, "GET", "/", "Accept-Encoding", "gzip") // the rows are made once
		began := time.Now()
		w := do(h, "GET", "/", "Accept-Encoding", "gzip")
		took := time.Since(began)
		if w.Header().Get("Content-Encoding") != "gzip" || w.Body.Len() > most {
			t.Errorf("the first page of %d products has %d bytes as sent, encoding %q, want at most %d by gzip", n, w.Body.Len(), w.Header().Get("Content-Encoding"), most)
		}
		t.Logf("%d products: %d bytes as sent, %v", n, w.Body.Len(), took.Round(100*time.Microsecond))
		doc := document(t, do(h, "GET", "/"))
		if !doc.Find("#rows > li").First().HasClass("now") {
			t.Errorf("the list of %d products does not begin with what can be bought", n)
		}
		tag := w.Header().Get("ETag")
		if again := do(h, "GET", "/", "If-None-Match", tag); again.Code != http.StatusNotModified && again.Header().Get("ETag") == tag {
			t.Errorf("the same page again: %d, want 304", again.Code)
		}
	}
}

// BenchmarkViewers is what a hundred viewers of ten thousand products cost while ten
// pages a second change: the processor's time for each second, in percent of a core.
func BenchmarkViewers(b *testing.B) {
	s, products := crowd(b, 10000)
	server := httptest.NewServer(s.Handler())
	defer server.Close()
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	since := do(s.Handler(), "GET", "/").Body.String()
	_, since, _ = strings.Cut(since, `data-since="`)
	since, _, _ = strings.Cut(since, `"`)
	for range 100 {
		r, err := http.NewRequestWithContext(ctx, "GET", server.URL+"/events?since="+since, nil)
		if err != nil {
			b.Fatal(err)
		}
		answer, err := server.Client().Do(r)
		if err != nil {
			b.Fatal(err)
		}
		go io.Copy(io.Discard, bufio.NewReader(answer.Body))
	}
	before := processorTime(b)
	began := time.Now()
	for i := range b.N { // a second each
		for j := range 10 {
			p := products[(i*10+j)*37%len(products)]
			a := stock.InStock
			if j%2 == 0 {
				a = stock.SoldOut
			}
			s.Record(p.Watches[0].ID, uint64(100000+i*10+j), changeTo(p, p.Watches[0], a, int64(2000+i)))
			time.Sleep(100 * time.Millisecond)
		}
	}
	b.ReportMetric(100*float64(processorTime(b)-before)/float64(time.Since(began)), "%core")
}

// processorTime is what this process has used so far, its viewers' side with it.
func processorTime(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
