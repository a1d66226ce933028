package fakeshop

import (
	"bytes"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// A browser visits the page that a program reads through the proxy.
func TestVisitors(t *testing.T) {
	s := New()
	t.Cleanup(s.Close)
	const page = "http://shop.example/item/1?size=2"
	s.Set(page, Item{Title: "風見鶏", Price: stock.Yen(1980), Availability: stock.InStock})
	server := httptest.NewServer(s.Visitors())
	t.Cleanup(server.Close)
	get := func(path string) (int, string) {
		resp, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(body)
	}
	if status, body := get(VisitorPath(page)); status != http.StatusOK || !strings.Contains(body, "風見鶏") {
		t.Errorf("visiting %s: %d %.200s, want the page", VisitorPath(page), status, body)
	}
	if status, _ := get(VisitorPath("http://shop.example/item/2")); status != http.StatusNotFound {
		t.Errorf("visiting what is not there: %d, want 404", status)
	}
	status, body := get(VisitorPath("http://shop.example/picture/1.png"))
	if _, err := png.Decode(bytes.NewReader([]byte(body))); status != http.StatusOK || err != nil {
		t.Errorf("a picture: %d, %v", status, err)
	}
}
