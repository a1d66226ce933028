package ntfy

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/sainyuka/sainyuka/internal/channel/channeltest"
)

// fakeServer answers as an ntfy server does. Each of its rules is a fact of the
// real one, either measured against a server of July 2025 or read in the named
// file of its source.
type fakeServer struct {
	*httptest.Server
	token string // "" lets everybody publish

	mu       sync.Mutex
	accepted []published
	allowed  int // messages until the visitor's bucket is empty
	daily    int // messages until the day's quota is used up
}

type published struct {
	document
	file bool // the message was so long that it became a text file
}

func newFake() *fakeServer {
	return &fakeServer{allowed: 60, daily: 1000} // server/config.go: a burst of 60 requests
}

func newServer(t *testing.T) *fakeServer {
	t.Helper()
	f := newFake()
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

// topicName is server/server.go's topicRegex.
var topicName = regexp.MustCompile(`^[-_A-Za-z0-9]{1,64}$`)

func (f *fakeServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	// docs/publish.md: JSON is published to the root URL, not to the topic's.
	if r.Method != http.MethodPost || r.URL.Path != "/" {
		refuse(w, 40401, 404, "page not found")
		return
	}
	if f.token != "" && r.Header.Get("Authorization") != "Bearer "+f.token {
		code := map[bool]int{true: 40301, false: 40101}[r.Header.Get("Authorization") == ""] // measured
		refuse(w, code, code/100, "not authorised")
		return
	}
	// server/server.go: the document is read with twice the message limit.
	body, err := io.ReadAll(io.LimitReader(r.Body, 2*4096+1))
	if err != nil || len(body) > 2*4096 {
		refuse(w, 41303, 413, "JSON body too large")
		return
	}
	var d document
	if err := json.Unmarshal(body, &d); err != nil {
		refuse(w, 40017, 400, "invalid request: request body must be message JSON")
		return
	}
	switch {
	case !topicName.MatchString(d.Topic): // server/errors.go
		refuse(w, 40009, 400, "invalid request: topic invalid")
	case d.Priority < 0 || d.Priority > 5: // measured
		refuse(w, 40007, 400, "invalid priority parameter")
	case len(d.Actions) > 3: // measured
		refuse(w, 40018, 400, "invalid request: actions invalid")
	case !validActions(d.Actions): // server/actions.go
		refuse(w, 40018, 400, "invalid request: actions invalid")
	case d.Attach != "" && !strings.HasPrefix(d.Attach, "http"): // server/errors.go
		refuse(w, 40013, 400, "invalid request: attachment URL is invalid")
	case f.allowed == 0: // measured, with no Retry-After
		refuse(w, 42901, 429, "limit reached: too many requests")
	case f.daily == 0: // server/errors.go
		refuse(w, 42908, 429, "limit reached: daily message quota reached")
	default:
		f.allowed--
		f.daily--
		// measured with 5000 bytes; a message that reaches the limit is taken for longer
		f.accepted = append(f.accepted, published{d, len(d.Message) >= 4096})
		fmt.Fprintf(w, `{"id":"m%d","time":1790996400,"event":"message","topic":%q}`+"\n", len(f.accepted), d.Topic)
	}
}

// validActions is the rest of server/actions.go's rules for those that we send.
func validActions(actions []action) bool {
	for _, a := range actions {
		known := a.Action == "view" && a.Method == "" || a.Action == "http" && a.Method != ""
		if !known || a.Label == "" || a.URL == "" {
			return false
		}
	}
	return true
}

// Shown is what the apps show: without markdown the text has no markup [D].
func (f *fakeServer) Shown() []channeltest.Shown {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []channeltest.Shown
	for _, p := range f.accepted {
		text := p.Title + "\n" + p.Message
		if p.file {
			text = "You received a file"
		}
		links := channeltest.OpenLinks(text)
		for _, a := range p.Actions {
			links = append(links, a.URL)
		}
		if p.Click != "" {
			links = append(links, p.Click)
		}
		all = append(all, channeltest.Shown{Text: text, Links: links})
	}
	return all
}

func refuse(w http.ResponseWriter, code, status int, text string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"code":%d,"http":%d,"error":%q}`+"\n", code, status, text)
}
