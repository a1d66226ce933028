package app

import (
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel/channeltest"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Shops and channels whose certificates an authority of the user's own has signed are
// believed with ca_file, and without it they are not.
func TestAnAuthorityOfOnesOwn(t *testing.T) {
	service := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, `<title>風見鶏</title><script type="application/ld+json">{"@type":"Product","name":"風見鶏","offers":{"@type":"Offer","price":"1","priceCurrency":"JPY","availability":"https://schema.org/InStock"}}</script>`)
	}))
	service.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	defer service.Close()
	dir := t.TempDir()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: service.Certificate().Raw})
	if err := os.WriteFile(filepath.Join(dir, "ca.pem"), ca, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, key string
		believed  bool
	}{{"with", "ca_file = \"ca.pem\"\n", true}, {"without", "", false}} {
		file := filepath.Join(dir, c.name+".toml")
		text := fmt.Sprintf("[fetch]\nallow_private_addresses = true\n%s[[product]]\nid = \"a\"\n[[product.watch]]\nurl = %q\n[[channel]]\nid = \"hook\"\ntype = \"webhook\"\nurl = %q\n%s",
			c.key, service.URL+"/item", service.URL+"/hook", c.key)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, err := config.Load(file)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		all, err := targets(cfg, io.Discard)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		_, err = all[0].Channel.Send(t.Context(), channeltest.Messages(t)["usual"])
		if believed := err == nil || !strings.Contains(err.Error(), "certificate"); believed != c.believed {
			t.Errorf("%s ca_file a channel sends with %v, want the certificate believed: %t", c.name, err, c.believed)
		}
		o, err := newObserver(cfg, "test", func(string) time.Duration { return time.Millisecond }, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		seen := o.Observe(t.Context(), service.URL+"/item")
		o.close()
		if believed := seen.Outcome == stock.OK; believed != c.believed {
			t.Errorf("%s ca_file a shop's page is %s: %v, want it read: %t", c.name, seen.Outcome, seen.Reason, c.believed)
		}
	}
}
