package fetch

import (
	"net/http"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

func TestFetch(t *testing.T) {
	s := openShop(t, map[string]http.HandlerFunc{"/item/": says("text/html; charset=utf-8", "在庫あり")})
	p := get(t, newClient(t), s.URL+"/item/?a=b#buy")
	wantOutcome(t, p, stock.OK, "")
	if string(p.Body) != "在庫あり" || p.Charset != "utf-8" || p.Status != 200 {
		t.Errorf("got body %q, charset %q, status %d", p.Body, p.Charset, p.Status)
	}
	if want := s.URL + "/item/?a=b"; p.FinalURL != want {
		t.Errorf("FinalURL = %q, want %q", p.FinalURL, want)
	}
	if p.FetchedAt.IsZero() {
		t.Error("FetchedAt is not set")
	}
	visits := s.seen()
	if len(visits) != 2 || visits[0].path != "/robots.txt" || visits[1].path != "/item/?a=b" {
		t.Fatalf("the shop saw %+v, want robots.txt and then the page", visits)
	}
	want := http.Header{
		"User-Agent": {testAgent}, "Accept-Encoding": {"zstd, gzip"}, "Accept-Language": {"ja,en;q=0.5"},
		"Accept": {"text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8"},
	}
	for _, v := range visits {
		for name, values := range v.header {
			if len(values) != 1 || values[0] != want.Get(name) {
				t.Errorf("GET %s: sent %s: %q, want %q", v.path, name, values, want[name])
			}
		}
		if len(v.header) != len(want) {
			t.Errorf("GET %s: sent %v, want %v", v.path, v.header, want)
		}
	}
}
