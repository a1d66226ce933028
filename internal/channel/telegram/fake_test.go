package telegram

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/channel/channeltest"
)

const token = "123456:AAAA-secret_CCCCddddEEEE"

// server answers as the Bot API does. [D] documented, [K] general knowledge.
type server struct {
	mu       sync.Mutex
	chat     string         // that there is
	movedTo  string         // the supergroup that chat has become, "" for none
	refusal  string         // "403 Forbidden: bot was blocked by the user"
	messages map[int64]shot // by id
	order    []int64
	asked    int
}

type shot struct {
	document
	text string // without its markup
}

func newServer(t testing.TB) *server {
	t.Helper()
	return &server{chat: "42", messages: map[int64]shot{}}
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	method, ok := strings.CutPrefix(r.URL.Path, "/bot"+token+"/")
	var d document
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	switch err := dec.Decode(&d); {
	case !ok && strings.Count(r.URL.Path, ":") == 1: // [D] a token of the right shape that is nobody's
		refuse(w, 401, "Unauthorized", "")
	case !ok || method != "sendMessage" && method != "editMessageText": // [D]
		refuse(w, 404, "Not Found", "")
	case r.Header.Get("Content-Type") != "application/json": // [D] JSON, a form, a query or multipart
		refuse(w, 400, "Bad Request: message text is empty", "")
	case err != nil:
		refuse(w, 400, "Bad Request: can't parse JSON object", "")
	case s.refusal != "":
		var status int
		_, _ = fmt.Sscan(s.refusal, &status)
		refuse(w, status, s.refusal[4:], "")
	case d.Chat == s.chat && s.movedTo != "": // [D] migrate_to_chat_id
		refuse(w, 400, "Bad Request: group chat was upgraded to a supergroup chat", `,"parameters":{"migrate_to_chat_id":`+s.movedTo+`}`)
	case d.Chat != s.chat && d.Chat != s.movedTo:
		refuse(w, 400, "Bad Request: chat not found", "") // [D]
	default:
		s.take(w, method, d)
	}
}

func (s *server) take(w http.ResponseWriter, method string, d document) {
	text, why := parse(d)
	old, there := s.messages[d.MessageID]
	id := d.MessageID
	switch {
	case why != "":
		refuse(w, 400, "Bad Request: "+why, "")
		return
	case method == "editMessageText" && !there: // [K]
		refuse(w, 400, "Bad Request: message to edit not found", "")
		return
	case method == "editMessageText" && old.Text == d.Text: // [K]
		refuse(w, 400, "Bad Request: message is not modified: specified new message content is exactly the same", "")
		return
	case method == "sendMessage":
		id = int64(100 + len(s.order))
		s.order = append(s.order, id)
	}
	s.messages[id] = shot{d, text}
	fmt.Fprintf(w, `{"ok":true,"result":{"message_id":%d,"date":1790996400,"chat":{"id":%s}}}`, id, s.chat) // [D]
}

// parse judges a message as the API does, and applies its markup.
func parse(d document) (text, why string) {
	text = d.Text
	switch {
	case d.Parse == "HTML":
		if text, why = unmark(text); why != "" {
			return "", why
		}
	case d.Parse != "":
		return "", "unsupported parse_mode"
	}
	switch n := channel.UTF16(text); { // [D] 4096 characters after entities parsing, in UTF-16 units [K]
	case strings.TrimSpace(text) == "":
		return "", "message text is empty"
	case n > 4096:
		return "", "message is too long"
	}
	if d.Preview.URL != "" && d.Preview.Disabled {
		return "", "link_preview_options"
	}
	if d.Markup != nil {
		for _, row := range d.Markup.Rows {
			for _, b := range row {
				if b.Text == "" || !strings.HasPrefix(b.URL, "http") { // [D]
					return "", "inline keyboard button URL is invalid"
				}
			}
		}
	}
	return text, ""
}

var (
	tag    = regexp.MustCompile(`</?(b|i|u|s|code|pre)>`)                     // [D] those that we could have use for
	entity = regexp.MustCompile(`&(#[0-9]+|#x[0-9a-fA-F]+|lt|gt|amp|quot);?`) // [D] all numeric ones and these four
)

// unmark reads the HTML that the API knows; all other < and & are mistakes [D].
func unmark(text string) (plain, why string) {
	bare := tag.ReplaceAllString(text, "")
	if strings.Count(text, "<b>") != strings.Count(text, "</b>") || strings.ContainsAny(bare, "<>") {
		return "", "can't parse entities: Unsupported start tag"
	}
	if strings.Contains(entity.ReplaceAllString(bare, ""), "&") {
		return "", "can't parse entities: unknown entity"
	}
	return html.UnescapeString(bare), ""
}

var profile = regexp.MustCompile(`@\w+`) // [K] opens a person or channel of the name

func refuse(w http.ResponseWriter, status int, why, more string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"ok":false,"error_code":%d,"description":%q%s}`, status, why, more) // [D]
}

// Shown is what the apps show.
func (s *server) Shown() []channeltest.Shown {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []channeltest.Shown
	for _, id := range s.order {
		m := s.messages[id]
		links := append(channeltest.OpenLinks(m.text), profile.FindAllString(m.text, -1)...)
		if m.Markup != nil {
			for _, row := range m.Markup.Rows {
				for _, b := range row {
					links = append(links, b.URL)
				}
			}
		}
		text := strings.ReplaceAll(m.text, "＠", "@") // looks the same
		all = append(all, channeltest.Shown{Text: text, Links: links})
	}
	return all
}

// start serves s and returns a channel to it.
func start(t *testing.T, s *server) *sender {
	t.Helper()
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	c, ok := New(Config{URL: web.URL, Token: token, Chat: s.chat}, web.Client()).(*sender)
	if !ok {
		t.Fatal("New makes another type")
	}
	return c
}
