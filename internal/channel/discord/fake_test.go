package discord

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/channel/channeltest"
)

const path = "/api/webhooks/123/secret-token"

// server answers as Discord's webhooks do. [D] documented, [K] general knowledge.
type server struct {
	left int // messages before the bucket is empty

	mu       sync.Mutex
	messages []document
}

func newServer(t testing.TB) *server {
	t.Helper()
	return &server{left: 5}
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, edit := strings.CutPrefix(r.URL.Path, path+"/messages/")
	n, _ := strconv.Atoi(id)
	var d document
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	switch {
	case r.URL.Path != path && !edit:
		refuse(w, 404, 10015, "Unknown Webhook") // [D]
	case r.Header.Get("Content-Type") != "application/json" || dec.Decode(&d) != nil:
		refuse(w, 400, 50109, "The request body contains invalid JSON.") // [D]
	case s.left == 0: // [D]
		w.Header().Set("Retry-After", "1") // whole seconds, less than the body says
		w.Header().Set("X-RateLimit-Scope", "user")
		w.WriteHeader(429)
		_, _ = w.Write([]byte(`{"message":"You are being rate limited.","retry_after":1.337,"global":false}`))
	case !valid(d):
		refuse(w, 400, 50035, "Invalid Form Body") // [D]
	case edit && (r.Method != http.MethodPatch || n < 1 || n > len(s.messages)):
		refuse(w, 404, 10008, "Unknown Message") // [D]
	case edit:
		s.messages[n-1] = d
		fmt.Fprintf(w, `{"id":"%d","content":%q}`, n, d.Content)
	case r.Method != http.MethodPost:
		refuse(w, 405, 0, "405: Method Not Allowed")
	default:
		s.left--
		s.messages = append(s.messages, d)
		w.Header().Set("X-RateLimit-Remaining", strconv.Itoa(s.left)) // [D]
		w.Header().Set("X-RateLimit-Reset-After", "1.5")
		if r.URL.Query().Get("wait") != "true" { // [D]
			w.WriteHeader(http.StatusNoContent)
			return
		}
		fmt.Fprintf(w, `{"id":"%d","content":%q}`, len(s.messages), d.Content)
	}
}

// valid keeps the limits [D], in characters.
func valid(d document) bool {
	total := 0
	for _, e := range d.Embeds {
		title, text := utf8.RuneCountInString(e.Title), utf8.RuneCountInString(e.Description)
		total += title + text
		if title > 256 || text > 4096 || e.URL != "" && !strings.HasPrefix(e.URL, "http") || e.Image != nil && !strings.HasPrefix(e.Image.URL, "http") {
			return false
		}
	}
	empty := d.Content == "" && len(d.Embeds) == 0
	return !empty && total <= 6000 && len(d.Embeds) <= 10 && utf8.RuneCountInString(d.Content) <= 2000 && (d.Flags == 0 || d.Flags == 1<<12)
}

func refuse(w http.ResponseWriter, status, code int, why string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"message":%q,"code":%d}`, why, code) // [D]
}

var masked = regexp.MustCompile(`(^|[^\\])\[((?:\\.|[^\\\]])*)\]\(([^)]*)\)`)

// shown applies Markdown as the apps do: masked links become links, a backslash
// makes a sign a character, and signs without one vanish into what they mean.
func shown(text string, links *[]string) string {
	text = masked.ReplaceAllStringFunc(text, func(s string) string {
		m := masked.FindStringSubmatch(s)
		*links = append(*links, m[3])
		return m[1] + m[2]
	})
	*links = append(*links, channeltest.OpenLinks(text)...)
	if len(channeltest.OpenLinks(text)) > 0 { // a bare link is read as it is
		i := strings.Index(text, "http")
		return unescape(text[:i]) + text[i:]
	}
	return unescape(text)
}

func unescape(text string) string {
	var b strings.Builder
	for runes := []rune(text); len(runes) > 0; runes = runes[1:] {
		r := runes[0]
		switch {
		case r == '\\' && len(runes) > 1 && (unicode.IsPunct(runes[1]) || unicode.IsSymbol(runes[1])):
			runes = runes[1:]
			b.WriteRune(runes[0])
		case strings.ContainsRune("*_~`|<>[]#@", r): // markup, mentions
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Shown is what the apps show.
func (s *server) Shown() []channeltest.Shown {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []channeltest.Shown
	for _, d := range s.messages {
		var m channeltest.Shown
		m.Text = shown(d.Content, &m.Links)
		for _, e := range d.Embeds {
			m.Text += "\n" + shown(e.Description, &m.Links)
			if e.URL != "" {
				m.Links = append(m.Links, e.URL)
			}
		}
		if d.Mentions.Parse == nil || len(d.Mentions.Parse) > 0 {
			m.Text = "everybody was mentioned" // [D] without the list, all mentions work
		}
		all = append(all, m)
	}
	return all
}

// start serves s and returns a channel to it.
func start(t *testing.T, s *server) *sender {
	t.Helper()
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	c, ok := New(Config{URL: web.URL + path}, web.Client()).(*sender)
	if !ok {
		t.Fatal("New makes another type")
	}
	return c
}

var _ channel.Replacer = (*sender)(nil)
