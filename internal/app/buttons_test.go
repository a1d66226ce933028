package app

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// ntfyServer takes messages as an ntfy server does.
type ntfyServer struct {
	*httptest.Server
	mu  sync.Mutex
	got []ntfyMessage
}

type ntfyMessage struct {
	Title   string
	Actions []struct{ Action, Label, URL, Method string }
}

func newNtfy(t *testing.T) *ntfyServer {
	s := &ntfyServer{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var m ntfyMessage
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
			t.Errorf("ntfy got what is no message: %v", err)
		}
		s.mu.Lock()
		s.got = append(s.got, m)
		s.mu.Unlock()
		io.WriteString(w, `{"id": "abc"}`)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *ntfyServer) messages() []ntfyMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]ntfyMessage{}, s.got...)
}

// press follows a button's URL to the box, as what stands in front of it would.
func (b *box) press(t *testing.T, method, url string) (status int, body string) {
	t.Helper()
	path, ok := strings.CutPrefix(url, "https://box.example")
	if !ok {
		t.Fatalf("the button leads to %s, want it below web.public_url", url)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+b.Addr()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "box.example"
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatalf("%s the button: %v", method, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func (b *box) mutes(t *testing.T) (n int) {
	t.Helper()
	facts, err := b.live.bus.People.Facts(t.Context(), "mute")
	if err != nil {
		t.Fatal(err)
	}
	return len(facts)
}

// delivered asks the dashboard for what a channel accepted.
func (b *box) delivered(t *testing.T, channel string) (all []stock.Delivery) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+b.Addr()+"/api/v1/deliveries", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth("", "correct horse battery")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var said struct{ Deliveries []stock.Delivery }
	if err := json.NewDecoder(resp.Body).Decode(&said); err != nil {
		t.Fatalf("the delivery log, status %d: %v", resp.StatusCode, err)
	}
	for _, d := range said.Deliveries {
		if d.Channel == channel {
			all = append(all, d)
		}
	}
	return all
}

// The button of an alert on a phone mutes the product in the daemon, without the
// password of its dashboard.
func TestAButtonMutes(t *testing.T) {
	ntfy := newNtfy(t)
	b := newBox(t, Watch|Notify,
		"[web]\n", "[web]\npublic_url = \"https://box.example\"\npassword = \"correct horse battery\"\n",
		"[[channel]]\nid = \"screen\"", "[[channel]]\nid = \"phone\"\ntype = \"ntfy\"\nurl = \""+ntfy.URL+"/topic\"\n[[channel]]\nid = \"screen\"")
	b.run(t)
	b.ready(t)
	b.looked(t, 2)
	b.set(itemURL, stock.InStock)
	eventually(t, "an alert", func() bool { return len(ntfy.messages()) == 1 })
	eventually(t, "the delivery log", func() bool { return len(b.delivered(t, "phone")) == 1 })
	d := b.delivered(t, "phone")[0]
	for i, at := range []time.Time{d.PublishedAt, d.MadeAt, d.TriedAt, d.SentAt} {
		before := []time.Time{d.ObservedAt, d.PublishedAt, d.MadeAt, d.TriedAt}[i]
		if before.IsZero() || at.Before(before.Truncate(time.Millisecond)) {
			t.Errorf("the times of the delivery are %+v, want all of them in their order", d)
		}
	}
	if d.ProviderID != "abc" || d.Kind != stock.Restocked || d.Tries != 1 {
		t.Errorf("the delivery log says %+v, want ntfy's id of one restock", d)
	}
	url := ""
	for _, a := range ntfy.messages()[0].Actions {
		if a.Action == "http" && a.Method == http.MethodPost && url == "" {
			url = a.URL
		}
	}
	if status, page := b.press(t, http.MethodGet, url); status != 200 || !strings.Contains(page, "<form method=\"post\"") || b.mutes(t) != 0 {
		t.Fatalf("opening the button = %d with %d mutes, want a page that asks and none:\n%s", status, b.mutes(t), page)
	}
	if status, said := b.press(t, http.MethodPost, url); status != 200 || !strings.Contains(said, `"done":"mute"`) || b.mutes(t) != 1 {
		t.Fatalf("pressing the button = %d %s with %d mutes, want one", status, said, b.mutes(t))
	}
	if status, _ := b.press(t, http.MethodPost, url); status != http.StatusConflict {
		t.Errorf("pressing it again = %d, want 409", status)
	}

	b.set(itemURL, stock.OutOfStock)
	b.looked(t, 3)
	b.set(itemURL, stock.InStock)
	const suppressed = `sainyuka_alerts_total{channel="phone",outcome="suppressed"} 1`
	eventually(t, "the next restock to be suppressed", func() bool { return strings.Contains(b.get(t, "/metrics"), suppressed) })
	if n := len(ntfy.messages()); n != 1 {
		t.Errorf("ntfy got %d messages, want the one from before the mute", n)
	}
	if err := b.end(t); err != nil {
		t.Errorf("Run = %v, want nil", err)
	}
	if log := b.log.String(); strings.Contains(log, strings.TrimPrefix(url, "https://box.example/do/")) {
		t.Error("the token is in the log")
	}
}
