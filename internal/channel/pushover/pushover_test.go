package pushover

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/channel/channeltest"
)

const (
	token = "aaaaaaaaaaTOKENbbbbbbbbbbbbbbb"
	user  = "uuuuuuuuuuUSERuuuuuuuuuuuuuuuu"
)

// server answers as Pushover does. [D] documented, [K] general knowledge.
type server struct {
	user   string
	used   bool // the month's quota
	broken bool

	mu       sync.Mutex
	accepted []url.Values
}

var known = regexp.MustCompile(`^(token|user|message|title|url|url_title|priority|timestamp|html|sound|ttl|device)$`) // [D]

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	refuse := func(status int, about, why string) {
		w.WriteHeader(status)
		fmt.Fprintf(w, `{%s"errors":[%q],"status":0,"request":"r"}`, about, why) // [D]
	}
	if r.ParseForm() != nil || r.Method != http.MethodPost || r.URL.Path != "/1/messages.json" || len(r.PostForm) == 0 {
		refuse(404, "", "not found")
		return
	}
	f := r.PostForm
	priority, err := strconv.Atoi(f.Get("priority"))
	w.Header().Set("X-Limit-App-Limit", "10000") // [D], as are the limits below
	w.Header().Set("X-Limit-App-Reset", strconv.FormatInt(time.Now().Add(72*time.Hour).Unix(), 10))
	switch {
	case s.broken:
		w.WriteHeader(http.StatusInternalServerError)
	case f.Get("token") != token:
		refuse(400, `"token":"invalid",`, "application token is invalid, see https://pushover.net/api")
	case f.Get("user") != s.user:
		refuse(400, `"user":"invalid",`, "user identifier is not a valid user, group, or subscribed user key, see https://pushover.net/api")
	case s.used: // [D] 429 is the month's quota, not a rate
		refuse(429, "", "application is over its quota")
	case f.Get("message") == "":
		refuse(400, `"message":"cannot be blank",`, "message cannot be blank")
	case long(f, "message", 1024), long(f, "title", 250), long(f, "url", 512), long(f, "url_title", 100):
		refuse(400, "", "too long")
	case err != nil || priority < -2 || priority > 1: // [D] 2 needs retry and expire
		refuse(400, "", "priority is invalid")
	default:
		for key := range f {
			if !known.MatchString(key) {
				refuse(400, "", key)
				return
			}
		}
		s.accepted = append(s.accepted, f)
		fmt.Fprintf(w, `{"status":1,"request":"647d2300-702c-4b38-8b2f-%012d"}`, len(s.accepted))
	}
}

func long(f url.Values, key string, most int) bool { return utf8.RuneCountInString(f.Get(key)) > most }

// Shown is what the app shows: without html=1 the text has no markup [D].
func (s *server) Shown() []channeltest.Shown {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []channeltest.Shown
	for _, f := range s.accepted {
		links := channeltest.OpenLinks(f.Get("message"))
		if u := f.Get("url"); u != "" {
			links = append(links, u)
		}
		all = append(all, channeltest.Shown{Text: f.Get("title") + "\n" + f.Get("message"), Links: links})
	}
	return all
}

func contract() channeltest.Contract {
	return channeltest.Contract{
		New: func(base string, client *http.Client) channel.Channel {
			return New(Config{URL: base, Token: token, User: user}, client)
		},
		Secrets: []string{token, user},
		Accept:  `{"status":1,"request":"r1"}`,
		Refusal: `{"errors":["%s"],"status":0}`,
		// The reference's row: 429 is the month's quota, and no 4xx is tried again.
		Classes: map[int]channel.Class{429: channel.QuotaExhausted, 408: channel.BadMessage},
		Service: func(testing.TB) channeltest.Service { return &server{user: user} },
	}
}

func TestContract(t *testing.T) { channeltest.Run(t, contract()) }

func TestRequests(t *testing.T) { channeltest.Golden(t, contract()) }

// send sends one message to a server.
func send(t *testing.T, s *server, c Config, m channel.Message) (url.Values, channel.Receipt, *channel.SendError) {
	t.Helper()
	web := httptest.NewServer(s)
	defer web.Close()
	c.URL = web.URL
	r, err := New(c, web.Client()).Send(t.Context(), m)
	if e, ok := errors.AsType[*channel.SendError](err); ok {
		return nil, r, e
	} else if err != nil {
		t.Fatalf("Send = %v, want a *channel.SendError", err)
	}
	return s.accepted[0], r, nil
}

func TestMessage(t *testing.T) {
	m := channeltest.Messages(t)["usual"]
	got, r, err := send(t, &server{user: user}, Config{Token: token, User: user}, m)
	if err != nil || r.ProviderID != "647d2300-702c-4b38-8b2f-000000000001" {
		t.Fatalf("Send = %+v, %v, want the request's id", r, err)
	}
	for key, want := range map[string]string{
		"title": m.Title, "message": m.Body, "url": m.URL, "url_title": m.Open, "priority": "1",
		"timestamp": strconv.FormatInt(m.Letter.Alert.ObservedAt.Unix(), 10),
	} {
		if got.Get(key) != want {
			t.Errorf("%s = %q, want %q", key, got.Get(key), want)
		}
	}
}

func TestPriority(t *testing.T) {
	for _, tt := range []struct {
		priority int
		silent   bool
		want     string
	}{{5, false, "1"}, {4, false, "0"}, {3, false, "0"}, {2, false, "-1"}, {1, false, "-1"}, {5, true, "-1"}} {
		if got := priority(channel.Message{Priority: tt.priority, Silent: tt.silent}); got != tt.want {
			t.Errorf("priority %d, silent %v = %s, want %s", tt.priority, tt.silent, got, tt.want)
		}
	}
}

// A link that is too long for its field stands in the text, and one that is too
// long for that is left out: half a link opens nothing.
func TestLongLink(t *testing.T) {
	for _, tt := range []struct {
		bytes   int
		inField bool
		inText  bool
	}{{512, true, false}, {513, false, true}, {700, false, true}, {1900, false, false}} {
		m := channeltest.Messages(t)["usual"]
		m.URL = "https://item.rakuten.co.jp/"
		m.URL += strings.Repeat("a", tt.bytes-len(m.URL))
		m.Body = strings.Repeat("再", 2000)
		got, _, err := send(t, &server{user: user}, Config{Token: token, User: user}, m)
		if err != nil {
			t.Errorf("link of %d bytes: Send = %v", tt.bytes, err)
			continue
		}
		if field, text := got.Get("url") == m.URL, strings.HasSuffix(got.Get("message"), "\n"+m.URL); field != tt.inField || text != tt.inText {
			t.Errorf("link of %d bytes: in its field %v, in the text %v; want %v, %v", tt.bytes, field, text, tt.inField, tt.inText)
		}
	}
}

func TestRefusals(t *testing.T) {
	usual := channeltest.Messages(t)["usual"]
	other := strings.Repeat("x", 30)
	for name, tt := range map[string]struct {
		server *server
		config Config
		class  channel.Class
		says   string
	}{
		"a wrong token":   {&server{user: user}, Config{Token: other, User: user}, channel.BadCredential, "application token is invalid"},
		"nobody":          {&server{user: user}, Config{Token: token, User: other}, channel.BadRecipient, "user identifier"},
		"the month is up": {&server{user: user, used: true}, Config{Token: token, User: user}, channel.QuotaExhausted, "over its quota"},
		"trouble there":   {&server{user: user, broken: true}, Config{Token: token, User: user}, channel.Transient, "HTTP 500"},
	} {
		_, _, err := send(t, tt.server, tt.config, usual)
		if err == nil || err.Class != tt.class || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: Send = %v, want class %q and %q", name, err, tt.class, tt.says)
			continue
		}
		switch {
		case tt.class == channel.Transient && err.RetryAfter != 5*time.Second: // [D] at least 5 seconds
			t.Errorf("%s: wait %v, want 5 s", name, err.RetryAfter)
		case tt.class == channel.QuotaExhausted && (err.RetryAfter < 71*time.Hour || err.RetryAfter > 72*time.Hour):
			t.Errorf("%s: wait %v, want until the quota renews", name, err.RetryAfter)
		}
	}
}

func TestReset(t *testing.T) {
	now := time.Unix(1790996400, 0)
	for value, want := range map[string]time.Duration{
		"": 0, "soon": 0, "1790996400": 0, "1790000000": 0, "1790996460": time.Minute, "9999999999": 31 * 24 * time.Hour, "-1": 0,
	} {
		if got := untilReset(http.Header{"X-Limit-App-Reset": {value}}, now); got != want {
			t.Errorf("untilReset(%q) = %v, want %v", value, got, want)
		}
	}
}
