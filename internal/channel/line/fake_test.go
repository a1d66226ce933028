package line

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/channel/channeltest"
)

const (
	token = "secret+channel/token="
	to    = "U0123456789abcdef0123456789abcdef"
)

// server answers as the Messaging API does. [D] documented, [K] general knowledge.
type server struct {
	left   int  // messages of the month
	broken bool // accepts, and then answers 500

	mu       sync.Mutex
	requests int
	accepted []push
	ids      map[string]string // retry key: request id
}

func newServer(t testing.TB) *server {
	t.Helper()
	return &server{left: 200, ids: map[string]string{}} // [D] the Communication plan's 200 a month
}

var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`) // [D] a UUID in hexadecimal

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	id := fmt.Sprintf("req-%d", s.requests)
	w.Header().Set("X-Line-Request-Id", id) // [D]
	refuse := func(status int, why string) {
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"message":%q}`, why) // [D]
	}
	key := r.Header.Get("X-Line-Retry-Key")
	var p push
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	switch {
	case r.Method != http.MethodPost || r.URL.Path != "/v2/bot/message/push":
		refuse(404, "Not found")
	case r.Header.Get("Authorization") != "Bearer "+token:
		refuse(401, "Authentication failed. Confirm that the access token in the authorization header is valid.") // [D]
	case !uuid.MatchString(key):
		refuse(400, "Invalid retry key") // [D] that it is refused, [K] the words
	case s.ids[key] != "": // [D] a repeat of what was accepted
		w.Header().Set("X-Line-Accepted-Request-Id", s.ids[key])
		refuse(409, "The retry key is already accepted")
	case r.Header.Get("Content-Type") != "application/json" || dec.Decode(&p) != nil:
		refuse(400, "The request body has 1 error(s)")
	case p.To != to:
		refuse(400, "The property, 'to', in the request body is invalid (line: -, column: -)") // [D]
	case s.left == 0:
		refuse(429, "You have reached your monthly limit.") // [D]
	case len(p.Messages) == 0 || len(p.Messages) > 5 || !valid(p.Messages[0]): // [D]
		refuse(400, "The request body has 1 error(s)")
	default:
		s.left--
		s.ids[key] = id
		s.accepted = append(s.accepted, p)
		if s.broken {
			refuse(500, "Internal Server Error")
			return
		}
		fmt.Fprintf(w, `{"sentMessages":[{"id":"4612309668%d","quoteToken":"q"}]}`, len(s.accepted)) // [D]
	}
}

// valid keeps the limits of message objects [D], in UTF-16 code units [D].
func valid(m message) bool {
	switch m.Type {
	case "text":
		return m.Text != "" && channel.UTF16(m.Text) <= 5000
	case "flex":
		encoded, err := json.Marshal(m.Contents)
		return err == nil && len(encoded) <= 30<<10 && m.AltText != "" && channel.UTF16(m.AltText) <= 400 &&
			m.Contents != nil && m.Contents.Type == "bubble" && validPart(*m.Contents)
	}
	return false
}

func validPart(c component) bool {
	for _, below := range []*component{c.Hero, c.Body, c.Footer} {
		if below != nil && !validPart(*below) {
			return false
		}
	}
	for _, below := range c.Contents {
		if !validPart(below) {
			return false
		}
	}
	if a := c.Action; a != nil && (a.Type != "uri" || channel.UTF16(a.URI) > 1000 || !strings.HasPrefix(a.URI, "http") || channel.UTF16(a.Label) > 20) { // [D]
		return false
	}
	switch c.Type {
	case "text":
		return c.Text != ""
	case "button":
		return c.Action != nil && c.Action.Label != ""
	case "image":
		return strings.HasPrefix(c.URL, "https://") && len(c.URL) <= 2000
	case "box":
		return c.Layout != "" && len(c.Contents) > 0
	}
	return c.Type == "bubble"
}

// Shown is what the app shows: it reads no markup, in neither type [K].
func (s *server) Shown() []channeltest.Shown {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []channeltest.Shown
	for _, p := range s.accepted {
		var shown channeltest.Shown
		for _, m := range p.Messages {
			shown.Text += m.Text
			shown.Links = append(shown.Links, channeltest.OpenLinks(m.Text)...)
			if m.Contents != nil {
				collect(*m.Contents, &shown)
			}
		}
		all = append(all, shown)
	}
	return all
}

func collect(c component, into *channeltest.Shown) {
	if c.Text != "" {
		into.Text += c.Text + "\n"
	}
	if c.Action != nil {
		into.Links = append(into.Links, c.Action.URI)
	}
	for _, below := range []*component{c.Hero, c.Body, c.Footer} {
		if below != nil {
			collect(*below, into)
		}
	}
	for _, below := range c.Contents {
		collect(below, into)
	}
}

// answers serves one answer to everything.
func answers(status int, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}
