package watch_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// A scrape of 10,000 watches has one series per watch and fact, and so many bytes at most;
// fewer facts make it smaller.
func TestSizeOfAScrape(t *testing.T) {
	const watches, hosts = 10_000, 100
	for _, tt := range []struct {
		facts        []string
		series       int // of each watch
		most, packed int // bytes of each watch
	}{
		{nil, 5, 640, 130},
		{[]string{stock.MetricLastGood, stock.MetricAvailability, stock.MetricPrice}, 3, 380, 90},
		{[]string{}, 0, 20, 4}, // the series of hosts
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.street.answer = func(string, time.Time) stock.Observation {
				o := says(stock.OutOfStock)
				o.Offer.Price = stock.Yen(9900)
				return o
			}
			reg := prometheus.NewRegistry()
			o := w.options("one")
			o.Registerer, o.Metrics = reg, tt.facts
			var products []stock.Product
			for n := range watches {
				products = append(products, product(fmt.Sprintf("lamp-%d", n), time.Hour, fmt.Sprintf("http://shop%d.example/%d", n%hosts, n)))
			}
			r := w.start(o, products)
			after(2 * time.Hour)
			answer := httptest.NewRecorder()
			promhttp.HandlerFor(reg, promhttp.HandlerOpts{EnableOpenMetrics: true}).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
			r.stop()
			text := answer.Body.String()
			if got := strings.Count(text, `watch="`); got != tt.series*watches {
				t.Errorf("metrics %v: %d series of %d watches, want %d of each", tt.facts, got, watches, tt.series)
			}
			var packed bytes.Buffer
			z := gzip.NewWriter(&packed)
			_, _ = z.Write([]byte(text))
			_ = z.Close()
			if got := len(text) / watches; got > tt.most {
				t.Errorf("metrics %v: a scrape has %d bytes per watch, want at most %d", tt.facts, got, tt.most)
			}
			if got := packed.Len() / watches; got > tt.packed {
				t.Errorf("metrics %v: a scrape has %d bytes per watch in gzip, want at most %d", tt.facts, got, tt.packed)
			}
			t.Logf("metrics %v: %d and %d bytes per watch", tt.facts, len(text)/watches, packed.Len()/watches)
		})
	}
}
