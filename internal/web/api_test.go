package web_test

import (
	"encoding/json"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

func decode(t *testing.T, w *httptest.ResponseRecorder, want int) map[string]any {
	t.Helper()
	if got := w.Header().Get("Content-Type"); w.Code != want || got != "application/json; charset=utf-8" {
		t.Fatalf("answer = %d %s, want %d in JSON; body: %.200s", w.Code, got, want, w.Body)
	}
	var v map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// at walks a decoded JSON value.
func at(v any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			a, _ := v.([]any)
			if p >= len(a) {
				return nil
			}
			v = a[p]
		}
	}
	return v
}

func TestAPITellsProductsAndTheirStates(t *testing.T) {
	s, _ := site(t, nil)
	v := decode(t, do(s.Handler(), "GET", "/api/v1/products"), 200)
	for _, tt := range []struct {
		path []any
		want any
	}{
		{[]any{"products", 0, "id"}, "kettle"},
		{[]any{"products", 0, "max_price"}, map[string]any{"amount": "54978", "currency": "JPY"}},
		{[]any{"products", 0, "list_price"}, nil},
		{[]any{"products", 0, "watches", 0, "url"}, "https://item.rakuten.co.jp/kitte/kettle/"},
		{[]any{"products", 0, "watches", 0, "interval_seconds"}, 60.0},
		{[]any{"products", 0, "watches", 0, "record", "seq"}, 11.0},
		{[]any{"products", 0, "watches", 0, "record", "availability"}, "LimitedAvailability"},
		{[]any{"products", 0, "watches", 0, "record", "price"}, map[string]any{"amount": "8800", "currency": "JPY"}},
		{[]any{"products", 0, "watches", 0, "record", "evidence", 0, "method"}, "page-data"},
		{[]any{"products", 0, "watches", 0, "record", "seen"}, nil},
		{[]any{"products", 0, "watches", 0, "look", "outcome"}, "ok"},
		{[]any{"products", 0, "watches", 2, "look", "outcome"}, "blocked"},
		{[]any{"products", 0, "watches", 2, "look", "availability"}, "Unknown"},
		{[]any{"products", 0, "watches", 2, "record", "availability"}, "InStock"},
		{[]any{"products", 0, "watches", 3, "record"}, nil},
		{[]any{"products", 1, "name"}, nil},
	} {
		if got := at(v, tt.path...); !cmp.Equal(got, tt.want) {
			t.Errorf("%v = %v, want %v", tt.path, got, tt.want)
		}
	}
}

func TestAPITellsHistory(t *testing.T) {
	s, _ := site(t, nil)
	path := "/api/v1/watches/" + stock.WatchID("kettle", "https://item.rakuten.co.jp/kitte/kettle/")
	v := decode(t, do(s.Handler(), "GET", path), 200)
	if a, b := at(v, "history", 0, "seq"), at(v, "history", 1, "seq"); a != 11.0 || b != 9.0 || at(v, "product", "id") != "kettle" {
		t.Errorf("history = %v, %v of %v, want 11, 9 of kettle", a, b, at(v, "product", "id"))
	}
	v = decode(t, do(s.Handler(), "GET", path+"?limit=1"), 200)
	if n := len(at(v, "history").([]any)); n != 1 || at(v, "history", 0, "seq") != 11.0 {
		t.Errorf("limit=1 gives %d records, want the newest", n)
	}
	for _, limit := range []string{"0", "-1", "501", "x", "1e2"} {
		v := decode(t, do(s.Handler(), "GET", path+"?limit="+limit), 400)
		if want := `limit "` + limit + `" is not a number from 1 to 500`; at(v, "error") != want {
			t.Errorf("limit=%s: error = %v, want %s", limit, at(v, "error"), want)
		}
	}
	none := decode(t, do(s.Handler(), "GET", "/api/v1/watches/"+stock.WatchID("kettle", "https://new.example/kettle")), 200)
	if h, ok := at(none, "history").([]any); !ok || len(h) != 0 {
		t.Errorf("history of a new watch = %v, want an empty list", at(none, "history"))
	}
}

func TestAPIOfDeadLetters(t *testing.T) {
	s, store := site(t, nil)
	h := s.Control()
	v := decode(t, do(h, "GET", "/api/v1/dead"), 200)
	first := at(v, "dead", 0, "id")
	if first != "12_phone_abcdefgh23456777" || at(v, "dead", 0, "letter", "alert", "kind") != "restocked" || at(v, "dead", 0, "tries") != 8.0 {
		t.Errorf("dead letter = %v", at(v, "dead", 0))
	}
	if w := do(h, "POST", "/api/v1/dead/12_phone_abcdefgh23456777/redrive"); w.Code != 204 || w.Body.Len() != 0 {
		t.Errorf("redrive = %d %s, want 204", w.Code, w.Body)
	}
	if w := do(h, "DELETE", "/api/v1/dead/d7_phone_abcdefgh23456777"); w.Code != 204 {
		t.Errorf("discard = %d, want 204", w.Code)
	}
	if want := []string{"redrive 12_phone_abcdefgh23456777", "discard d7_phone_abcdefgh23456777"}; !slices.Equal(store.done, want) {
		t.Errorf("the store did %v, want %v", store.done, want)
	}
	if v := decode(t, do(h, "DELETE", "/api/v1/dead/d7_phone_abcdefgh23456777"), 404); at(v, "error") != "no such dead letter" {
		t.Errorf("discarding it again: %v", v)
	}
	if list, ok := at(decode(t, do(h, "GET", "/api/v1/dead"), 200), "dead").([]any); !ok || len(list) != 0 {
		t.Errorf("no dead letters = %v, want an empty list", list)
	}
}

func TestAPIStatusCounts(t *testing.T) {
	s, _ := site(t, nil)
	v := decode(t, do(s.Control(), "GET", "/api/v1/status"), 200)
	delete(v, "time")
	want := map[string]any{
		"version": "v9", "products": 2.0, "watches": 5.0, "dead": 2.0,
		"states": map[string]any{"now": 1.0, "maybe": 0.0, "later": 0.0, "held": 0.0, "no": 1.0, "unclear": 0.0, "search": 0.0, "waiting": 2.0, "trouble": 1.0},
	}
	if diff := cmp.Diff(want, v); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
}

func TestAPIErrorsAreJSON(t *testing.T) {
	s, _ := site(t, locked)
	for _, tt := range []struct {
		method, target, password string
		status                   int
		says                     string
	}{
		{"GET", "/api/v1/nosuch", "correct horse", 404, "no such page"},
		{"GET", "/api/", "correct horse", 404, "no such page"},
		{"GET", "/api/v1/watches/x", "correct horse", 404, "no such watch"},
		{"POST", "/api/v1/products", "correct horse", 405, "method not allowed"},
		{"GET", "/api/v1/dead/x/redrive", "correct horse", 405, "method not allowed"},
		{"GET", "/api/v1/products", "", 401, "password needed"},
	} {
		var header []string
		if tt.password != "" {
			header = []string{"Authorization", basic(tt.password)}
		}
		w := do(s.Handler(), tt.method, tt.target, header...)
		if got := at(decode(t, w, tt.status), "error"); got != tt.says {
			t.Errorf("%s %s: error = %v, want %s", tt.method, tt.target, got, tt.says)
		}
		if tt.status == 405 && w.Header().Get("Allow") == "" {
			t.Errorf("%s %s: no Allow", tt.method, tt.target)
		}
	}
}

func TestAPageThatDoesNotSayIsTrouble(t *testing.T) {
	s, _ := site(t, func(o *web.Options) { o.Language = "en" })
	id := stock.WatchID("kettle", "https://item.rakuten.co.jp/kitte/kettle/")
	s.Looks([]stock.Look{{Watch: id, At: time.Now(), Outcome: stock.OK, Reason: stock.Said("json-ld says InStock, the order form says SoldOut")}})
	doc := document(t, do(s.Handler(), "GET", "/"))
	want := "Stock not stated json-ld says InStock, the order form says SoldOut Last known state: In stock, few left"
	if got := text(doc.Find("#w-" + id + " .note")); got != want {
		t.Errorf("the row notes %q, want %q", got, want)
	}
}

func TestASearchPageIsNoTrouble(t *testing.T) {
	s, _ := site(t, nil)
	p := product("kettle", "k", "https://new.example/kettle")
	c := changeTo(p, p.Watches[0], stock.Unknown, 0)
	c.Kind, c.State = stock.NewListing, stock.State{ObservedAt: time.Now(), Seen: []string{"aaaa"}}
	look := stock.Look{Watch: p.Watches[0].ID, At: time.Now(), Outcome: stock.OK, Reason: stock.Said("a search page: its listings are its content")}
	s.Looks([]stock.Look{look})
	s.Record(p.Watches[0].ID, 20, c)
	row := document(t, do(s.Handler(), "GET", "/")).Find("#w-" + p.Watches[0].ID)
	if got := text(row.Find(".badge.search")); got != "Search page" || row.Find(".trouble").Length() != 0 {
		t.Errorf("a search page is shown as %q, want Search page and no trouble", text(row))
	}
}

func TestALookThatIsNotConfirmedYetIsNoState(t *testing.T) {
	s, _ := site(t, nil)
	id := stock.WatchID("kettle", "https://new.example/kettle")
	s.Looks([]stock.Look{{Watch: id, At: time.Now(), Outcome: stock.OK, Availability: stock.InStock}})
	if got := text(document(t, do(s.Handler(), "GET", "/")).Find("#w-" + id + " .badge.waiting")); got != "Being confirmed" {
		t.Errorf("badge = %q, want Being confirmed", got)
	}
}
