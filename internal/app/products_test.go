package app

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const mugURL = "http://shop.example/item/mug"

// productAnswer is what the API says of a product, as far as tests look at it.
type productAnswer struct {
	ID       string
	Name     string
	Paused   bool
	Origin   string
	ReadOnly bool `json:"read_only"`
	Revision uint64
	Product  string // that stands in the way
	Error    string
	Table    map[string]any
	Results  []struct {
		Status int
		ID     string
	}
}

// api asks the API of a box and returns the status and the answer.
func (b *box) api(t *testing.T, method, path, body string, header ...string) (int, productAnswer) {
	t.Helper()
	req, err := http.NewRequest(method, "http://"+b.Addr()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	var answer productAnswer
	if len(text) > 0 && resp.Header.Get("Content-Type") == "application/json; charset=utf-8" {
		if err := json.Unmarshal(text, &answer); err != nil {
			t.Fatalf("%s %s: %v in %s", method, path, err, text)
		}
	}
	return resp.StatusCode, answer
}

// mustAPI wants one status.
func (b *box) mustAPI(t *testing.T, want int, method, path, body string, header ...string) productAnswer {
	t.Helper()
	got, answer := b.api(t, method, path, body, header...)
	if got != want {
		t.Fatalf("%s %s %s: status %d, %+v, want %d", method, path, body, got, answer, want)
	}
	return answer
}

// A product that is added by the API is watched and rings, is edited over its
// revision alone, and is gone when it is removed.
func TestProductsAreEditedWhileItRuns(t *testing.T) {
	t.Parallel()
	b := newBox(t, Watch|Notify)
	b.set(mugURL, stock.InStock)
	b.run(t)
	b.ready(t)
	made := b.mustAPI(t, http.StatusCreated, "POST", "/api/v1/products",
		`{"id":"mug","name":"マグ","url":"`+mugURL+`","interval":"1s","alert_on_first":true,"tags":["kitchen"]}`)
	if made.ID != "mug" || made.Name != "マグ" || made.Origin != "api" || made.Revision == 0 {
		t.Errorf("the new product: %+v, want mug, its name, origin api and a revision", made)
	}
	eventually(t, "the first look at the new product to ring", func() bool { return strings.Contains(b.stdout.String(), mugURL) })
	tid := stock.WatchID("mug", mugURL)
	if text := b.get(t, "/metrics"); !strings.Contains(text, `watch="`+tid+`"`) {
		t.Error("the new watch has no series")
	}

	first := fmt.Sprint(made.Revision)
	edited := b.mustAPI(t, http.StatusOK, "PATCH", "/api/v1/products/mug", `{"max_price":3000,"tags":null}`, "If-Match", `"`+first+`"`)
	if edited.Revision <= made.Revision || fmt.Sprint(edited.Table["max_price"]) != "3000" || edited.Table["tags"] != nil {
		t.Errorf("the edited product: %+v, want a newer revision, the limit and no tags", edited)
	}
	if list := b.get(t, "/api/v1/products"); !strings.Contains(list, fmt.Sprintf(`"origin":"api","revision":%d`, edited.Revision)) || !strings.Contains(list, `"origin":"config","read_only":true`) {
		t.Errorf("the list has not the origin and the revision of each product: %s", list)
	}
	if got := b.product(t, "mug").MaxPrice; got != stock.Yen(3000) {
		t.Errorf("max_price of the running configuration: %v, want 3000", got)
	}
	for _, write := range []struct{ method, body string }{{"PATCH", `{"name":"x"}`}, {"PUT", `{"url":"` + mugURL + `"}`}, {"DELETE", ""}} {
		if status, _ := b.api(t, write.method, "/api/v1/products/mug", write.body, "If-Match", `"`+first+`"`); status != http.StatusConflict {
			t.Errorf("%s over a revision that was replaced: status %d, want 409", write.method, status)
		}
		if status, _ := b.api(t, write.method, "/api/v1/products/mug", write.body); status != http.StatusPreconditionRequired {
			t.Errorf("%s without a revision: status %d, want 428", write.method, status)
		}
	}
	bad := b.mustAPI(t, http.StatusUnprocessableEntity, "PATCH", "/api/v1/products/mug",
		fmt.Sprintf(`{"revision":%d,"max_price":-1,"notify":["nobody"],"max_prise":1}`, edited.Revision))
	for _, want := range []string{"max_price: ", `notify[0]: 不明な通知先 (unknown) "nobody"`, `max_prise: 不明なキー (unknown)。"max_price" のことですか`} {
		if !strings.Contains(bad.Error, want) {
			t.Errorf("bad values are refused with %q, want %q in it", bad.Error, want)
		}
	}
	b.mustAPI(t, http.StatusNoContent, "DELETE", fmt.Sprintf("/api/v1/products/mug?revision=%d", edited.Revision), "")
	if status, _ := b.api(t, "GET", "/api/v1/products/mug", ""); status != http.StatusNotFound {
		t.Errorf("a removed product: status %d, want 404", status)
	}
	eventually(t, "the series of the removed watch to go", func() bool { return !strings.Contains(b.get(t, "/metrics"), tid) })
}

// product returns a product of the running configuration.
func (b *box) product(t *testing.T, id string) stock.Product {
	t.Helper()
	for _, p := range b.config.Load().Products {
		if p.ID == id {
			return p
		}
	}
	t.Fatalf("there is no product %s", id)
	return stock.Product{}
}

// The same address again leads to the product that has it; products of the file can
// be paused and no more.
func TestAddressesAndTheFileWin(t *testing.T) {
	t.Parallel()
	b := newBox(t, Watch|Notify)
	b.run(t)
	b.ready(t)
	same := strings.Replace(itemURL, "http://shop.example/", "HTTP://SHOP.example:80/", 1)
	if got := b.mustAPI(t, http.StatusConflict, "POST", "/api/v1/products", `{"url":"`+same+`"}`); got.Product != "vane" {
		t.Errorf("the same address again: %+v, want product vane", got)
	}
	if got := b.mustAPI(t, http.StatusConflict, "POST", "/api/v1/products", `{"id":"vane","url":"`+mugURL+`"}`); got.Product != "vane" {
		t.Errorf("an id that the file has: %+v, want product vane", got)
	}
	if got := b.mustAPI(t, http.StatusOK, "GET", "/api/v1/products/vane", ""); !got.ReadOnly || got.Origin != "config" || got.Revision != 0 {
		t.Errorf("a product of the file: %+v, want read-only, of config, revision 0", got)
	}
	b.mustAPI(t, http.StatusForbidden, "PATCH", "/api/v1/products/vane", `{"name":"x"}`, "If-Match", "0")
	b.mustAPI(t, http.StatusUnprocessableEntity, "POST", "/api/v1/products", `{"name":"nothing"}`)

	if got := b.mustAPI(t, http.StatusOK, "POST", "/api/v1/products/vane/pause", ""); !got.Paused {
		t.Errorf("the paused product: %+v, want it paused", got)
	}
	kv, err := b.live.bus.Products.ProductEntry(t.Context(), "vane")
	if err != nil || string(kv.Value) != `{"paused":true}` {
		t.Errorf("the entry of a paused product of the file: %s, %v, want only paused", kv.Value, err)
	}
	before := len(b.street.Requests("shop.example"))
	if err := b.Reload(); err != nil { // a reload knows of it
		t.Fatalf("reload: %v", err)
	}
	if !b.product(t, "vane").Paused {
		t.Error("the product is not paused after a reload")
	}
	if got := b.mustAPI(t, http.StatusOK, "POST", "/api/v1/products/vane/resume", ""); got.Paused {
		t.Errorf("the resumed product: %+v, want it not paused", got)
	}
	eventually(t, "looks after the pause", func() bool { return len(b.street.Requests("shop.example")) > before+1 })
	if kv, err := b.live.bus.Products.ProductEntry(t.Context(), "vane"); err != nil || kv.Rev != 0 {
		t.Errorf("the entry of a resumed product of the file: %s, %v, want none", kv.Value, err)
	}
}

// Several at once, each with its own answer; and what is exported is a configuration.
func TestSeveralProductsAndTheirExport(t *testing.T) {
	t.Parallel()
	b := newBox(t, Watch|Notify)
	b.run(t)
	b.ready(t)
	got := b.mustAPI(t, http.StatusOK, "POST", "/api/v1/products", `{"products":[
		{"url":"http://shop.example/item/a","name":"Red \"cup\"","max_price":1980,"schedule":{"hours":["09:00-23:00"]}},
		{"urls":["http://shop.example/item/b","http://other.example/b"],"name":"青い\n皿"},
		{"urls":["http://shop.example/item/b","http://other.example/b"],"name":"青い皿","interval":"5m","keywords":["皿"]},
		{"url":"http://shop.example/item/a"}]}`)
	var statuses []int
	for _, r := range got.Results {
		statuses = append(statuses, r.Status)
	}
	if fmt.Sprint(statuses) != "[201 422 201 409]" || got.Results[3].ID != got.Results[0].ID || got.Results[0].ID != "red-cup" {
		t.Fatalf("results %+v, want 201 for red-cup, 422 for a name of two lines, 201, and 409 with the first one's id", got.Results)
	}
	text := b.get(t, "/api/v1/export")
	want := append(b.config.Load().Products[:0:0], b.config.Load().Products[1:]...)
	b.edit(t, "[[channel]]", text+"\n[[channel]]")
	cfg, err := b.o.Load()
	if err != nil {
		t.Fatalf("the export is no configuration: %v\n%s", err, text)
	}
	for i, p := range want {
		if g, w := fmt.Sprintf("%+v", cfg.Products[i+1]), fmt.Sprintf("%+v", p); stripZone(g) != stripZone(w) {
			t.Errorf("exported product:\n got %s\nwant %s", g, w)
		}
	}
	if err := b.Reload(); err != nil {
		t.Errorf("reload with the exported products, which the file now has: %v", err)
	}
	if got := b.mustAPI(t, http.StatusOK, "GET", "/api/v1/products/red-cup", ""); !got.ReadOnly {
		t.Errorf("a product that the file has too: %+v, want the file to win", got)
	}
}

// stripZone takes the addresses of pointers from a printed value.
func stripZone(s string) string {
	before, rest, found := strings.Cut(s, "0x")
	if !found {
		return s
	}
	return before + stripZone(strings.TrimLeft(rest, "0123456789abcdef"))
}
