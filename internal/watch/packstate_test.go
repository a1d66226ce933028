package watch_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// With so many watches that the evidence of their states is packed between two looks, a
// record still has all of it: also one that is made by a look that told nothing.
func TestPackedEvidenceIsInTheNextRecord(t *testing.T) {
	for _, watches := range []int{1, 2100} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			evidence := []stock.Evidence{
				{Method: stock.MethodJSONLD, Fact: "availability", Value: "OutOfStock", Text: "https://schema.org/OutOfStock", Where: "script[0].offers"},
				{Method: stock.MethodBuyBox, Fact: "price", Value: "1980 JPY", Text: "1,980円", Where: "p.price", Args: []string{"a", "b"}},
			}
			start := time.Now()
			w.street.answer = func(u string, at time.Time) stock.Observation {
				if u == shopA && at.Sub(start) > 2*time.Hour {
					return stock.Observation{Outcome: stock.Blocked}
				}
				o := says(stock.OutOfStock)
				o.Evidence = evidence
				return o
			}
			products := []stock.Product{product("p", 30*time.Minute, shopA)}
			for n := 1; n < watches; n++ {
				products = append(products, product(fmt.Sprint("p", n), 6*time.Hour, fmt.Sprintf("http://h%d.example/%d", n%50, n)))
			}
			r := w.start(w.options("one"), products)
			after(14 * time.Hour)
			r.stop()
			if got := w.journal.kinds(products[0].Watches[0].ID); got != "baseline unreadable" {
				t.Fatalf("%d watches: records of a page that is blocked after two hours: %q, want baseline unreadable", watches, got)
			}
			for _, c := range w.journal.of(products[0].Watches[0].ID) {
				if d := cmp.Diff(evidence, c.Evidence); d != "" {
					t.Errorf("%d watches: evidence of the record %s (-want +got):\n%s", watches, c.Kind, d)
				}
			}
		})
	}
}
