package app

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/sainyuka/sainyuka/internal/fakeshop"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// A method that is no evidence on a host decides nothing there, its evidence says so,
// and what was read of the host's pages before is read anew, in full.
func TestADistrustedMethodDecidesNothing(t *testing.T) {
	o, street := newTestObserver(t)
	item := fakeshop.Item{Title: "風見鶏", Price: stock.Yen(1980), Availability: stock.InStock, StaleData: true, Validators: true}
	street.Set(itemURL, item)
	look := func(when string, outcome stock.Outcome, a stock.Availability, noted bool) {
		t.Helper()
		got := o.Observe(t.Context(), itemURL)
		if got.Outcome != outcome || got.Offer.Availability != a || neverMoves(got.Evidence) != noted {
			t.Fatalf("%s: got %s %s (%s), evidence %v; want %s %s, its evidence noted as one that never moves: %v",
				when, got.Outcome, got.Offer.Availability, got.Reason, got.Evidence, outcome, a, noted)
		}
	}
	look("the first look", stock.OK, stock.InStock, false)
	look("the page again", stock.NotModified, stock.InStock, false)
	o.Distrust(o.Host(itemURL), []stock.Method{stock.MethodJSONLD})
	look("distrusted: read anew", stock.OK, stock.InStock, true)
	o.Distrust(o.Host(itemURL), []stock.Method{stock.MethodJSONLD})
	look("told the same again", stock.NotModified, stock.InStock, true)
	item.Availability = stock.OutOfStock
	street.Set(itemURL, item)
	look("sold out, the data says in stock", stock.OK, stock.OutOfStock, true)
	o.Distrust("other.example", nil)
	look("another host", stock.NotModified, stock.OutOfStock, true)
	o.Distrust(o.Host(itemURL), nil)
	look("trusted again", stock.OK, stock.Unknown, false)
}

func neverMoves(list []stock.Evidence) bool {
	return slices.ContainsFunc(list, func(e stock.Evidence) bool { return e.Note == stock.NoteNeverMoves })
}

// After two sell-outs and returns, data that always says in stock no longer counts.
func TestDataThatNeverMovesIsLearned(t *testing.T) {
	t.Parallel()
	b := newBox(t, Watch|Notify)
	set := func(a stock.Availability) {
		b.street.Set(itemURL, fakeshop.Item{Title: "風見鶏", Price: stock.Yen(1980), Availability: a, StaleData: true})
	}
	record := func() (availability string, evidence []stock.Evidence) {
		var answer struct {
			Products []struct {
				Watches []struct{ Record stock.Change }
			}
		}
		if err := json.Unmarshal([]byte(b.get(t, "/api/v1/products")), &answer); err != nil {
			t.Fatalf("read the products: %v", err)
		}
		r := answer.Products[0].Watches[0].Record
		return r.Availability.String(), r.Evidence
	}
	set(stock.InStock)
	b.run(t)
	b.ready(t)
	b.looked(t, 2)
	for range 2 {
		set(stock.OutOfStock)
		b.looked(t, 2)
		set(stock.InStock)
		b.looked(t, 2)
	}
	set(stock.OutOfStock)
	eventually(t, "a record that it sold out, by the box alone", func() bool {
		a, evidence := record()
		return a == stock.OutOfStock.String() && neverMoves(evidence)
	})
}
