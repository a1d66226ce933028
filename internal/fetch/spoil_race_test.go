//go:build race

package fetch

import (
	"bytes"
	"net/http"
	"testing"

	"golang.org/x/text/encoding/japanese"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Tests with the race detector find whoever holds on to a piece of a page: nothing of it is
// left once it is released, in whatever charset it came.
func TestReleasedPageIsSpoiled(t *testing.T) {
	old, err := japanese.ShiftJIS.NewEncoder().String(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ contentType, body string }{
		{"text/html; charset=utf-8", page},
		{"text/html; charset=shift_jis", old},
	} {
		s := openShop(t, map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", tt.contentType)
			_, _ = w.Write([]byte(tt.body))
		}})
		c := newClient(t)
		p, release := c.Load(t.Context(), stock.Request{URL: s.URL + "/"})
		if string(p.Body) != page {
			t.Fatalf("%s: the page is %q (%s)", tt.contentType, p.Body, p.Reason)
		}
		release()
		if want := bytes.Repeat([]byte{spoiled}, len(page)); !bytes.Equal(p.Body, want) {
			t.Errorf("%s: %q is left of a page that was released", tt.contentType, p.Body)
		}
	}
}
