package app

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/config"
)

// What the user has set for a host is sent to that host alone, not with its
// robots.txt, and stands in nothing that is written.
func TestOwnHeadersStayWithTheirHost(t *testing.T) {
	const secret = "s3cr3t-of-the-shop"
	var mu sync.Mutex
	got := map[string]http.Header{}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		got[r.URL.Host+r.URL.Path] = r.Header.Clone()
		mu.Unlock()
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, `<h1>a</h1><p class="price">1,980円</p><button>カートに入れる</button>`)
	}))
	t.Cleanup(proxy.Close)
	var log strings.Builder
	cfg := &config.Config{
		Fetch: config.Fetch{Timeout: 10 * time.Second, Proxy: proxy.URL},
		Hosts: map[string]config.Host{"shop.example": {Headers: map[string]config.Secret{"X-Area": secret, "User-Agent": "other"}, Cookie: "sid=" + secret}},
	}
	o, err := newObserver(cfg, "test", func(string) time.Duration { return time.Millisecond }, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.close)
	seen := o.Observe(t.Context(), "http://shop.example/item/1")
	o.Observe(t.Context(), "http://other.example/item/1")
	mu.Lock()
	defer mu.Unlock()
	if h := got["shop.example/item/1"]; h.Get("X-Area") != secret || h.Get("Cookie") != "sid="+secret || !strings.HasPrefix(h.Get("User-Agent"), "sainyuka/") {
		t.Errorf("the shop was asked with X-Area %q, Cookie %q, User-Agent %q; want what the user set for it, and our own name", h.Get("X-Area"), h.Get("Cookie"), h.Get("User-Agent"))
	}
	for place, h := range got {
		if place != "shop.example/item/1" && (h.Get("X-Area") != "" || h.Get("Cookie") != "") {
			t.Errorf("%s was asked with X-Area %q and Cookie %q, want neither", place, h.Get("X-Area"), h.Get("Cookie"))
		}
	}
	for what, text := range map[string]string{"log": log.String(), "observation": fmt.Sprintf("%+v", seen), "configuration": fmt.Sprintf("%+v %#v", cfg.Hosts, cfg.Hosts)} {
		if strings.Contains(text, secret) {
			t.Errorf("the %s holds the secret: %s", what, text)
		}
	}
}
