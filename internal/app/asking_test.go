package app

import (
	"encoding/pem"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// A page that its shop has moved to https for good is known by the address that is
// watched.
func TestMovedPages(t *testing.T) {
	page := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, "<title>x</title>")
	}
	secure := httptest.NewTLSServer(http.HandlerFunc(page))
	defer secure.Close()
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, secure.URL+"/moved", http.StatusMovedPermanently)
			return
		}
		page(w, r)
	}))
	defer plain.Close()
	roots := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := &config.Config{
		Fetch:    config.Fetch{AllowPrivateAddresses: true, CAFile: roots},
		Products: []stock.Product{{ID: "a", Watches: []stock.Watch{{URL: plain.URL + "/moved"}, {URL: plain.URL + "/stays"}}}},
	}
	o, err := newObserver(cfg, "test", func(string) time.Duration { return 0 }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer o.close()
	a := &App{observer: o}
	a.config.Store(cfg)
	for range 2 {
		o.Observe(t.Context(), plain.URL+"/moved")
		o.Observe(t.Context(), plain.URL+"/stays")
		got := (&live{app: a}).moved()
		if len(got) != 1 || got[plain.URL+"/moved"] != secure.URL+"/moved" {
			t.Errorf("moved: %v, want %s/moved alone", got, plain.URL)
		}
	}
}

// What is asked for a page is found out once, until another configuration comes.
func TestAskingsAreKept(t *testing.T) {
	o, _ := newTestObserver(t)
	for range 2 {
		if o.Observe(t.Context(), itemURL); len(o.askings) != 1 {
			t.Fatalf("after a look %d requests are kept, want one", len(o.askings))
		}
	}
	draw := &stock.Drawing{Ready: ".cart"}
	o.adopt(&config.Config{Hosts: map[string]config.Host{"shop.example": {Draw: draw}}})
	if a, err := o.askingOf(o.sources.Load(), itemURL); err != nil || a.request.Draw != draw || a.host != "shop.example" {
		t.Errorf("after a reload %s is asked for as %+v (%v), want it drawn", itemURL, a, err)
	}
	for range maxWhole {
		if _, err := o.askingOf(o.sources.Load(), itemURL+time.Duration(len(o.askings)).String()); err != nil {
			t.Fatal(err)
		}
	}
	if len(o.askings) > maxWhole {
		t.Errorf("%d requests are kept, want %d at most", len(o.askings), maxWhole)
	}
}
