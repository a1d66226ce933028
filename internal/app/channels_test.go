package app

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/sainyuka/sainyuka/internal/config"
)

// Every type of channel reaches its service from the configuration alone, at an
// address that is allowed because it is written as loopback.
func TestChannelsFromTheConfiguration(t *testing.T) {
	var mu sync.Mutex
	paths := map[string]int{}
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		paths[r.URL.Path]++
		mu.Unlock()
		answer := `{"ok":true,"result":{"message_id":7},"id":"7","status":1,"request":"7","sentMessages":[{"id":"7"}]}`
		switch {
		case strings.HasPrefix(r.URL.Path, "/services/"): // Slack's
			answer = "ok"
		case r.URL.Path == "/message": // Gotify's
			answer = `{"id":7}`
		case strings.HasPrefix(r.URL.Path, "/notify/"): // Apprise's
			answer = `{"error":null,"details":[]}`
		}
		_, _ = io.WriteString(w, answer)
	}))
	defer service.Close()
	key := strings.Repeat("k", 30)
	for _, tt := range []struct{ kind, keys, path string }{
		{"ntfy", "url = \"URL/topic\"", "/"},
		{"webhook", "url = \"URL/hook\"", "/hook"},
		{"apprise", "url = \"URL/notify/key\"", "/notify/key"},
		{"gotify", "url = \"URL/\"\ntoken = \"A1\"", "/message"},
		{"discord", "url = \"URL/api/webhooks/1/a\"", "/api/webhooks/1/a"},
		{"slack", "url = \"URL/services/T/B/a\"", "/services/T/B/a"},
		{"pushover", "api_url = \"URL\"\ntoken = \"" + key + "\"\nuser = \"" + key + "\"", "/1/messages.json"},
		{"telegram", "api_url = \"URL\"\ntoken = \"123:" + key + "\"\nchat_id = -42", "/bot123:" + key + "/sendMessage"},
		{"line", "api_url = \"URL\"\ntoken = \"t\"\nto = \"U" + strings.Repeat("0", 32) + "\"", "/v2/bot/message/push"},
	} {
		file := filepath.Join(t.TempDir(), "config.toml")
		text := fmt.Sprintf("[[product]]\nid = \"a\"\n[[product.watch]]\nurl = \"https://shop.example/a\"\n[[channel]]\nid = \"x\"\ntype = %q\n%s\n",
			tt.kind, strings.ReplaceAll(tt.keys, "URL", service.URL))
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, err := config.Load(file)
		if err != nil {
			t.Errorf("%s: %v", tt.kind, err)
			continue
		}
		r, _, err := TestAlert(t.Context(), cfg, "x", "v1", true, io.Discard)
		mu.Lock()
		if err != nil || paths[tt.path] != 1 {
			t.Errorf("%s: test-alert = %+v, %v; asked %v, want %s once", tt.kind, r, err, paths, tt.path)
		}
		mu.Unlock()
	}
}
