package app

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
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

	// A user sees it and takes it back.
	trusts := func() (all stock.HostTrust) {
		body := b.get(t, "/api/v1/hosts/shop.example/trust")
		if err := json.Unmarshal([]byte(body), &all); err != nil {
			t.Fatalf("read the trust %s: %v", body, err)
		}
		return all
	}
	eventually(t, "json-ld is shown as no evidence", func() bool {
		not := trusts().NotTrusted()
		return len(not) == 1 && not[0].Method == stock.MethodJSONLD && !not[0].Since.IsZero() && len(not[0].Watches) == 1
	})
	page := b.get(t, "/watches/"+stock.WatchID("vane", itemURL))
	if !strings.Contains(page, "在庫の根拠にしていない情報") || !strings.Contains(page, "/trust\"") {
		t.Errorf("the page of the watch does not show, with a button, that json-ld is no evidence")
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, "http://"+b.Addr()+"/api/v1/hosts/shop.example/trust", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("reset the trust: %v", err)
	}
	if resp.Body.Close(); resp.StatusCode != http.StatusNoContent {
		t.Fatalf("reset the trust: %s, want 204", resp.Status)
	}
	if got := trusts(); len(got.Methods) != 0 {
		t.Errorf("right after a reset the trust is %+v, want nothing learned", got)
	}
	eventually(t, "the page contradicts itself again", func() bool {
		return strings.Contains(b.get(t, "/api/v1/watches/"+stock.WatchID("vane", itemURL)), `"doubt":"contradiction"`)
	})
	if got := trusts().NotTrusted(); len(got) != 0 {
		t.Errorf("a while after a reset these are no evidence: %+v, want none", got)
	}
}
