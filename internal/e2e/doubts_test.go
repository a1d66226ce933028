package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/fakeshop"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// A maybe that the page takes back rings no further: that, and what is unclear after
// it, is on record, and the restock after the doubt rings.
func TestAMaybeThatIsClearedIsOnRecord(t *testing.T) {
	c, s := newTown(t), newSink(t)
	p := c.shop("cleared")
	d := startDaemon(t, settings{town: c, sink: s, shops: []shop{p}}.write(t))
	looks(t, []shop{p}, 2)
	records := func() (kinds []stock.Kind) {
		t.Helper()
		var answer struct {
			History []struct{ Kind stock.Kind }
		}
		_, body := get(t, d.address(t)+"/api/v1/watches/"+stock.WatchID(p.id, p.url))
		if err := json.Unmarshal([]byte(body), &answer); err != nil {
			t.Fatalf("read the history %s: %v", body, err)
		}
		for _, r := range slices.Backward(answer.History) {
			kinds = append(kinds, r.Kind)
		}
		return kinds
	}
	want := []stock.Kind{stock.Baseline}
	for _, then := range []struct {
		item fakeshop.Item
		kind stock.Kind
	}{
		{fakeshop.Item{Availability: stock.InStock, DataDenies: true}, stock.MaybeRestocked},
		{fakeshop.Item{Availability: stock.OutOfStock}, stock.Cleared},
		{fakeshop.Item{Availability: stock.InStock, Seller: "甲"}, stock.Restocked},
		{fakeshop.Item{Availability: stock.InStock, Seller: "乙"}, stock.OfferChanged},
		{fakeshop.Item{Availability: stock.OutOfStock, StaleData: true}, stock.UnclearKind},
		{fakeshop.Item{Availability: stock.InStock, Seller: "乙"}, stock.Restocked},
	} {
		then.item.Title, then.item.Price = "風見鶏モデル R", stock.Yen(1980)
		c.Set(p.url, then.item)
		want = append(want, then.kind)
		eventually(t, fmt.Sprintf("records %v", want), func() bool { return slices.Equal(records(), want) })
	}
	var rang []stock.Kind
	for _, e := range s.wait(t, p.id, 3) {
		rang = append(rang, e.Data.Kind)
	}
	if want := []stock.Kind{stock.MaybeRestocked, stock.Restocked, stock.Restocked}; !slices.Equal(rang, want) {
		t.Errorf("it rang %v, want %v", rang, want)
	}
}

// Limits that are loosened by an edit while it runs tell what they let pass, once.
func TestAnEditOfLimitsTellsWhatTheyLetPass(t *testing.T) {
	c, s := newTown(t), newSink(t)
	other, p := c.shop("other"), c.shop("edited")
	c.Set(p.url, fakeshop.Item{Title: "風見鶏モデル R", Availability: stock.InStock, Price: stock.Yen(2980)})
	d := startDaemon(t, settings{town: c, sink: s, shops: []shop{other}, more: fmt.Sprintf("[host.%q]\nevery = \"100ms\"\n", p.host)}.write(t))
	tag := "" // of the revision that an edit is made on
	edit := func(method, path, body string, want int) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, d.address(t)+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		if method == http.MethodPatch {
			req.Header.Set("If-Match", tag)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
		resp.Body.Close()
		tag = resp.Header.Get("ETag")
		if resp.StatusCode != want {
			t.Fatalf("%s %s: %s, want %d", method, path, resp.Status, want)
		}
	}
	eventually(t, "readiness", func() bool { code, _ := get(t, d.address(t)+"/readyz"); return code == http.StatusOK })
	edit("POST", "/api/v1/products", fmt.Sprintf(`{"id":%q,"name":"風見鶏モデル R","max_price":2000,"watch":[{"url":%q,"interval":"1s","min_interval":"200ms"}]}`, p.id, p.url), http.StatusCreated)
	looks(t, []shop{p}, 4)
	edit("PATCH", "/api/v1/products/"+p.id, `{"max_price":3000}`, http.StatusOK)
	e := s.wait(t, p.id, 1)[0]
	if e.Data.Kind != stock.LimitsChanged || !strings.HasPrefix(e.ID, "d") || len(e.Data.Within) != 1 {
		t.Errorf("loosened limits told %s %s with %+v, want limits_changed and one offer", e.ID, e.Data.Kind, e.Data.Within)
	}
	looks(t, []shop{p}, 3)
	if got := s.of(p.id); len(got) != 1 {
		t.Errorf("an edit of limits told %v, want one alert", describe(got))
	}
}
