package apprise

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/channel/channeltest"
)

const path = "/notify/secret-key"

// server answers as the Apprise API does, see apprise_api/api/views.py.
type server struct {
	failing bool // one service behind the key takes nothing

	mu       sync.Mutex
	accepted []message
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	refuse := func(status int, why string) {
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"error":%q}`, why)
	}
	var m message
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	switch {
	case r.Header.Get("Accept") != "application/json":
		_, _ = io.WriteString(w, "text is not what the channel reads")
	case r.URL.Path != path: // a key that nobody has configured
		w.WriteHeader(http.StatusNoContent)
	case r.Method != http.MethodPost:
		refuse(405, "method not allowed")
	case dec.Decode(&m) != nil:
		refuse(400, "Invalid JSON Payload provided")
	case m.Body == "" || !slices.Contains([]string{"info", "success", "warning", "failure"}, m.Type):
		refuse(400, "Payload lacks minimum requirements")
	case !slices.Contains([]string{"text", "markdown", "html"}, m.Format):
		refuse(400, "An invalid body input format was specified")
	case s.failing:
		refuse(424, "One or more notification could not be sent")
	default:
		s.accepted = append(s.accepted, m)
		_, _ = io.WriteString(w, `{"error":null,"details":[["INFO","2026-10-03T12:00:00","Sent."]]}`)
	}
}

// Shown is what the services show of a text.
func (s *server) Shown() []channeltest.Shown {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []channeltest.Shown
	for _, m := range s.accepted {
		text := m.Title + "\n" + m.Body
		if m.Format != "text" {
			text = "" // read as markup
		}
		all = append(all, channeltest.Shown{Text: text, Links: channeltest.OpenLinks(text)})
	}
	return all
}

func contract() channeltest.Contract {
	return channeltest.Contract{
		New: func(base string, client *http.Client) channel.Channel {
			return New(Config{URL: base + path}, client)
		},
		Secrets: []string{"secret-key"},
		Accept:  `{"error":null,"details":[]}`,
		Refusal: `{"error":"%s"}`,
		Service: func(testing.TB) channeltest.Service { return &server{} },
	}
}

func TestContract(t *testing.T) { channeltest.Run(t, contract()) }

func TestRequests(t *testing.T) { channeltest.Golden(t, contract()) }

func TestRefusals(t *testing.T) {
	usual := channeltest.Messages(t)["usual"]
	for name, tt := range map[string]struct {
		failing bool
		path    string
		class   channel.Class
		says    string
	}{
		"a service behind the key fails": {true, path, channel.Transient, "could not be sent"},
		"no such key":                    {false, "/notify/other", channel.BadRecipient, "no configuration under this key"},
	} {
		web := httptest.NewServer(&server{failing: tt.failing})
		_, err := New(Config{URL: web.URL + tt.path}, web.Client()).Send(t.Context(), usual)
		web.Close()
		if e, ok := errors.AsType[*channel.SendError](err); !ok || e.Class != tt.class || !strings.Contains(e.Error(), tt.says) {
			t.Errorf("%s: Send = %v, want class %q and %q", name, err, tt.class, tt.says)
		}
	}
}

func TestType(t *testing.T) {
	messages := channeltest.Messages(t)
	silent := messages["usual"]
	silent.Silent = true
	for name, tt := range map[string]struct {
		m    channel.Message
		want string
	}{
		"a restock":        {messages["usual"], "success"},
		"a silent message": {silent, "info"},
		"the owner's news": {messages["the owner's news"], "warning"},
	} {
		if got := compose(tt.m).Type; got != tt.want {
			t.Errorf("%s: type %q, want %q", name, got, tt.want)
		}
	}
}
