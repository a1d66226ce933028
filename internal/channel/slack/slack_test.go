package slack

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/channel/channeltest"
)

const path = "/services/T0/B0/secret-hook"

// server answers as Slack's incoming webhooks do: words, not JSON [D]. [K] is
// general knowledge.
type server struct {
	gone     string // what it says instead, with this status
	status   int
	mu       sync.Mutex
	accepted []document
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	refuse := func(status int, word string) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, word)
	}
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	var d document
	switch {
	case s.gone != "":
		refuse(s.status, s.gone)
	case r.URL.Path != path:
		refuse(403, "invalid_token") // [D]
	case r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" || dec.Decode(&d) != nil:
		refuse(400, "invalid_payload") // [D]
	case d.Text == "" && len(d.Blocks) == 0:
		refuse(400, "no_text") // [D]
	case !valid(d.Blocks):
		refuse(400, "invalid_blocks") // [K]
	default:
		s.accepted = append(s.accepted, d)
		_, _ = io.WriteString(w, "ok") // [D]
	}
}

// valid keeps Block Kit's limits [D] but for the section's, which is [K].
func valid(blocks []block) bool {
	plain := func(t *text, most int) bool {
		return t != nil && t.Type == "plain_text" && t.Text != "" && utf8.RuneCountInString(t.Text) <= most
	}
	ids := map[string]bool{}
	for _, b := range blocks {
		ok := len(blocks) <= 50
		switch b.Type {
		case "header":
			ok = ok && plain(b.Text, 150)
		case "section":
			ok = ok && plain(b.Text, 3000)
		case "image":
			ok = ok && strings.HasPrefix(b.ImageURL, "http") && len(b.ImageURL) <= 3000 && b.AltText != "" && utf8.RuneCountInString(b.AltText) <= 2000
		case "actions":
			ok = ok && len(b.Elements) > 0 && len(b.Elements) <= 25
			for _, e := range b.Elements {
				ok = ok && e.Type == "button" && plain(e.Text, 75) && len(e.URL) <= 3000 && !ids[e.ActionID]
				ids[e.ActionID] = true
			}
		default:
			ok = false
		}
		if !ok {
			return false
		}
	}
	return true
}

var command = regexp.MustCompile(`<[^>]*>`)

// shown applies what Slack reads in a text: <..> is a link, a mention or a
// command, and three characters are written as entities [D].
func shown(text string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(command.ReplaceAllString(text, ""))
}

// Shown is what the apps show.
func (s *server) Shown() []channeltest.Shown {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []channeltest.Shown
	for _, d := range s.accepted {
		var parts, links []string
		if len(d.Blocks) == 0 {
			parts = append(parts, shown(d.Text))
		}
		for _, b := range d.Blocks {
			if b.Text != nil {
				parts = append(parts, shown(b.Text.Text))
			}
			for _, e := range b.Elements {
				links = append(links, e.URL)
			}
		}
		text := strings.Join(parts, "\n")
		all = append(all, channeltest.Shown{Text: text, Links: append(links, channeltest.OpenLinks(text)...)})
	}
	return all
}

func contract() channeltest.Contract {
	return channeltest.Contract{
		New: func(base string, client *http.Client) channel.Channel {
			return New(Config{URL: base + path}, client)
		},
		Secrets: []string{path, "secret-hook"},
		Accept:  "ok",
		Service: func(testing.TB) channeltest.Service { return &server{} },
	}
}

func TestContract(t *testing.T) { channeltest.Run(t, contract()) }

func TestRequests(t *testing.T) { channeltest.Golden(t, contract()) }

func send(t *testing.T, s *server, m channel.Message) (channel.Receipt, error) {
	t.Helper()
	web := httptest.NewServer(s)
	defer web.Close()
	return New(Config{URL: web.URL + path}, web.Client()).Send(t.Context(), m)
}

func TestMessage(t *testing.T) {
	s := &server{}
	m := channeltest.Messages(t)["usual"]
	m.Title, m.Actions = "A & B <!channel>", channeltest.Buttons()
	if _, err := send(t, s, m); err != nil {
		t.Fatal(err)
	}
	d := s.accepted[0]
	var types []string
	for _, b := range d.Blocks {
		types = append(types, b.Type)
	}
	if got := strings.Join(types, " "); got != "header section image actions" {
		t.Errorf("blocks %s, want header section image actions", got)
	}
	if want := "A &amp; B &lt;!channel&gt;"; d.Text != want || d.Blocks[0].Text.Text != want || d.Blocks[2].ImageURL != m.Image {
		t.Errorf("text %q, header %q, image %q; want %q twice and %s", d.Text, d.Blocks[0].Text.Text, d.Blocks[2].ImageURL, want, m.Image)
	}
	if buttons := d.Blocks[3].Elements; len(buttons) != 3 || buttons[0].URL != m.URL || buttons[0].Text.Text != m.Open || buttons[2].URL != m.Actions[1].URL {
		t.Errorf("buttons %+v, want the link, mute and stop", buttons)
	}
}

func TestBareMessage(t *testing.T) {
	s := &server{}
	m := channeltest.Messages(t)["usual"]
	m.Body, m.URL, m.Image = "", "", "http://image.example/1.jpg"
	if _, err := send(t, s, m); err != nil || len(s.accepted[0].Blocks) != 1 {
		t.Errorf("Send without text, link and image = %v, blocks %+v; want the header alone", err, s.accepted)
	}
}

// The words are Slack's documented ones [D].
func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		status int
		word   string
		class  channel.Class
	}{
		{404, "no_service", channel.RecipientGone},
		{410, "no_service", channel.RecipientGone},
		{410, "channel_is_archived", channel.RecipientGone},
		{404, "channel_not_found", channel.BadRecipient},
		{403, "posting_to_general_channel_denied", channel.BadRecipient},
		{400, "user_not_found", channel.BadRecipient},
		{403, "invalid_token", channel.BadCredential},
		{403, "action_prohibited", channel.BadCredential},
		{400, "invalid_payload", channel.BadMessage},
		{400, "invalid_blocks", channel.BadMessage},
		{500, "rollup_error", channel.Transient},
	} {
		_, err := send(t, &server{gone: tt.word, status: tt.status}, channeltest.Messages(t)["usual"])
		if e, ok := errors.AsType[*channel.SendError](err); !ok || e.Class != tt.class || !strings.Contains(e.Error(), tt.word) {
			t.Errorf("%d %s: Send = %v, want class %q and the word", tt.status, tt.word, err, tt.class)
		}
	}
}
