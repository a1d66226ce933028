package gotify

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/channel/channeltest"
)

// server answers as a Gotify server does. [M] measured, [D] documented, [K]
// general knowledge.
type server struct {
	token string

	mu       sync.Mutex
	accepted []sent
}

// sent is a message as the server reads it back [M].
type sent struct {
	Title    string
	Message  string
	Priority int
	Extras   struct {
		Display struct {
			ContentType string `json:"contentType"`
		} `json:"client::display"`
		Notification struct {
			Click struct{ URL string }
			Image string `json:"bigImageUrl"`
		} `json:"client::notification"`
	}
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	var m sent
	switch {
	case r.Method != http.MethodPost || r.URL.Path != "/message": // [M]
		refuse(w, 404, "page not found")
	case r.Header.Get("X-Gotify-Key") != s.token: // [M]
		refuse(w, 401, "you need to provide a valid access token or user credentials to access this api")
	case r.Header.Get("Content-Type") != "application/json": // [K] forms are read too; we never send one
		refuse(w, 400, "not JSON")
	case dec.Decode(&m) != nil || m.Message == "": // [K] message is required
		refuse(w, 400, "Field 'message' is required")
	case m.Priority < 0 || m.Priority > 10: // [D] the apps know 0 to 10
		refuse(w, 400, "priority")
	default:
		s.accepted = append(s.accepted, m)
		fmt.Fprintf(w, `{"id":%d,"appid":1,"message":%q,"date":"2026-10-03T12:00:00Z"}`, len(s.accepted), "m") // [M]
	}
}

func refuse(w http.ResponseWriter, status int, why string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"error":%q,"errorCode":%d,"errorDescription":%q}`, http.StatusText(status), status, why) // [K]
}

// Shown is what the apps show: text/plain, which is the default, has no markup [D].
func (s *server) Shown() []channeltest.Shown {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []channeltest.Shown
	for _, m := range s.accepted {
		text := m.Title + "\n" + m.Message
		if ct := m.Extras.Display.ContentType; ct != "" && ct != "text/plain" {
			text = "" // read as markup
		}
		links := channeltest.OpenLinks(text)
		if url := m.Extras.Notification.Click.URL; url != "" {
			links = append(links, url)
		}
		all = append(all, channeltest.Shown{Text: text, Links: links})
	}
	return all
}

func contract() channeltest.Contract {
	return channeltest.Contract{
		New: func(base string, client *http.Client) channel.Channel {
			return New(Config{URL: base + "/", Token: "A-secret"}, client)
		},
		Secrets: []string{"A-secret"},
		Accept:  `{"id":25}`,
		Refusal: `{"errorDescription":"%s"}`,
		Service: func(testing.TB) channeltest.Service { return &server{token: "A-secret"} },
	}
}

func TestContract(t *testing.T) { channeltest.Run(t, contract()) }

func TestRequests(t *testing.T) { channeltest.Golden(t, contract()) }

// send sends one message to a new server.
func send(t *testing.T, token string, m channel.Message) (sent, channel.Receipt, error) {
	t.Helper()
	s := &server{token: "A1"}
	web := httptest.NewServer(s)
	defer web.Close()
	r, err := New(Config{URL: web.URL, Token: token}, web.Client()).Send(t.Context(), m)
	if err != nil {
		return sent{}, r, err
	}
	return s.accepted[0], r, nil
}

func TestMessage(t *testing.T) {
	m := channeltest.Messages(t)["usual"]
	got, r, err := send(t, "A1", m)
	if err != nil || r.ProviderID != "1" {
		t.Fatalf("Send = %+v, %v, want the server's id 1", r, err)
	}
	if got.Title != m.Title || got.Message != m.Body+"\n\n"+m.URL || got.Priority != 8 {
		t.Errorf("sent %+v, want title, text and link of %+v at priority 8", got, m)
	}
	if n := got.Extras.Notification; n.Click.URL != m.URL || n.Image != m.Image || got.Extras.Display.ContentType != "text/plain" {
		t.Errorf("extras %+v, want a tap on %s, the image %s and plain text", got.Extras, m.URL, m.Image)
	}
	m.Plain = true
	if got, _, err = send(t, "A1", m); err != nil || got.Extras.Notification.Click.URL != "" || got.Extras.Display.ContentType != "" {
		t.Errorf("plain: sent %+v (%v), want no extras", got.Extras, err)
	}
}

func TestPriority(t *testing.T) {
	for _, tt := range []struct {
		priority int
		silent   bool
		want     int
	}{{5, false, 8}, {4, false, 6}, {3, false, 4}, {2, false, 2}, {1, false, 1}, {0, false, 1}, {5, true, 2}} {
		m := channeltest.Messages(t)["usual"]
		m.Priority, m.Silent = tt.priority, tt.silent
		if got, _, err := send(t, "A1", m); err != nil || got.Priority != tt.want {
			t.Errorf("priority %d, silent %v: sent %d (%v), want %d", tt.priority, tt.silent, got.Priority, err, tt.want)
		}
	}
}

func TestRefusals(t *testing.T) {
	usual := channeltest.Messages(t)["usual"]
	empty := usual
	empty.Body, empty.URL = "", ""
	for name, tt := range map[string]struct {
		token string
		m     channel.Message
		class channel.Class
		says  string
	}{
		"a wrong token": {"A2", usual, channel.BadCredential, "valid access token"},
		"no text":       {"A1", empty, channel.BadMessage, "'message' is required"},
	} {
		_, _, err := send(t, tt.token, tt.m)
		if e, ok := errors.AsType[*channel.SendError](err); !ok || e.Class != tt.class || !strings.Contains(e.Error(), tt.says) {
			t.Errorf("%s: Send = %v, want class %q and %q", name, err, tt.class, tt.says)
		}
	}
}
