package ntfy

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/channel/channeltest"
)

func contract() channeltest.Contract {
	return channeltest.Contract{
		New: func(base string, client *http.Client) channel.Channel {
			return New(Config{URL: base + "/secret-topic?auth=query-secret", Token: "tk_secret"}, client)
		},
		Secrets: []string{"secret-topic", "query-secret", "tk_secret"},
		Accept:  `{"id":"m1"}`,
		Service: func(testing.TB) channeltest.Service {
			f := newFake()
			f.token = "tk_secret"
			return f
		},
	}
}

func TestContract(t *testing.T) { channeltest.Run(t, contract()) }

func TestRequests(t *testing.T) { channeltest.Golden(t, contract()) }

func send(t *testing.T, f *fakeServer, c Config, m channel.Message) (channel.Receipt, *channel.SendError) {
	t.Helper()
	c.URL = f.URL + c.URL
	r, err := New(c, f.Client()).Send(t.Context(), m)
	if err == nil {
		return r, nil
	}
	e, ok := errors.AsType[*channel.SendError](err)
	if !ok {
		t.Fatalf("Send = %v, want a *channel.SendError", err)
	}
	return r, e
}

func TestPublish(t *testing.T) {
	f := newServer(t)
	f.token = "tk_1"
	m := channeltest.Messages(t)["usual"]
	r, err := send(t, f, Config{URL: "/phone", Token: "tk_1"}, m)
	if err != nil || r.ProviderID != "m1" {
		t.Fatalf("Send = %+v, %v, want the server's id m1", r, err)
	}
	d := f.accepted[0]
	want := document{Topic: "phone", Title: m.Title, Message: m.Body, Priority: 5, Click: m.URL, Attach: m.Image}
	if d.Topic != want.Topic || d.Title != want.Title || d.Message != want.Message || d.Priority != want.Priority || d.Click != want.Click || d.Attach != want.Attach {
		t.Errorf("published %+v, want %+v", d, want)
	}
	open := action{Action: "view", Label: "商品ページを開く", URL: m.URL, Clear: true}
	if len(d.Actions) != 1 || d.Actions[0] != open || len(d.Tags) != 1 || d.Tags[0] != "package" {
		t.Errorf("actions %+v tags %v, want %+v and package", d.Actions, d.Tags, open)
	}
}

// The real server is stricter than one that says yes to everything.
func TestEveryMessageIsTaken(t *testing.T) {
	f := newServer(t)
	for name, m := range channeltest.Messages(t) {
		if _, err := send(t, f, Config{URL: "/phone"}, m); err != nil {
			t.Errorf("Send(%s) = %v, want it taken", name, err)
		}
	}
	for _, p := range f.accepted {
		if p.file || p.Message == "" {
			t.Errorf("%q has %d bytes of text, file %v; want a text that is shown", p.Title, len(p.Message), p.file)
		}
	}
}

func TestPlainMessage(t *testing.T) {
	f := newServer(t)
	if _, err := send(t, f, Config{URL: "/phone"}, channeltest.Messages(t)["plain"]); err != nil {
		t.Fatal(err)
	}
	if d := f.accepted[0]; d.Attach != "" || d.Actions != nil || d.Tags != nil || d.Click == "" || d.Message == "" {
		t.Errorf("published %+v, want text and link alone", d)
	}
}

// The app asks a button's URL by itself; nothing opens.
func TestButtons(t *testing.T) {
	f := newServer(t)
	m := channeltest.Messages(t)["usual"]
	m.Actions, m.Silent = append(channeltest.Buttons(), channeltest.Buttons()...), true
	if _, err := send(t, f, Config{URL: "/phone"}, m); err != nil {
		t.Fatal(err)
	}
	d := f.accepted[0]
	mute := action{Action: "http", Label: m.Actions[0].Label, URL: m.Actions[0].URL, Method: "POST", Clear: true}
	if len(d.Actions) != 3 || d.Actions[0].Action != "view" || d.Actions[1] != mute {
		t.Errorf("actions %+v, want the link, %+v and one more", d.Actions, mute)
	}
	if d.Priority != 2 {
		t.Errorf("a silent message has priority %d, want 2, which makes no sound", d.Priority)
	}
}

func TestOnlyHTTPSImages(t *testing.T) {
	f := newServer(t)
	m := channeltest.Messages(t)["usual"]
	m.Image = "http://image.example/1.jpg"
	if _, err := send(t, f, Config{URL: "/phone"}, m); err != nil || f.accepted[0].Attach != "" {
		t.Errorf("Send = %v, attached %q; want no image from an open line", err, f.accepted[0].Attach)
	}
}

// No message turns into a file, whatever its characters cost in JSON.
func TestLongMessages(t *testing.T) {
	for _, unit := range []string{"a", "再", "\"", "\n", "<", "👨‍👩‍👧‍👦", "か\u3099", "\u2028"} {
		f := newServer(t)
		m := channeltest.Messages(t)["usual"]
		m.Body = strings.Repeat(unit, 9000/len(unit))
		m.URL = "https://item.rakuten.co.jp/" + strings.Repeat("a", 1900)
		if _, err := send(t, f, Config{URL: "/phone"}, m); err != nil {
			t.Errorf("9000 bytes of %q: %v", unit, err)
			continue
		}
		d := f.accepted[0]
		kept := strings.TrimSuffix(d.Message, "…")
		if d.file || len(d.Message) < 1000 || !utf8.ValidString(d.Message) || strings.ReplaceAll(kept, unit, "") != "" {
			t.Errorf("9000 bytes of %q: %d bytes published, file %v, ends in %q; want a whole text cut between characters", unit, len(d.Message), d.file, kept[max(0, len(kept)-20):])
		}
	}
}

func TestHopelesslyLongMessage(t *testing.T) {
	f := newServer(t)
	m := channeltest.Messages(t)["usual"]
	m.URL = "https://item.rakuten.co.jp/" + strings.Repeat("a", 9000)
	if _, err := send(t, f, Config{URL: "/phone"}, m); err == nil || err.Class != channel.BadMessage || len(f.accepted) != 0 {
		t.Errorf("Send with a link of 9000 bytes = %v, want it refused", err)
	}
}

func TestServerBelowAPath(t *testing.T) {
	for raw, want := range map[string][2]string{
		"https://ntfy.example/my-topic":                  {"https://ntfy.example/", "my-topic"},
		"https://ntfy.example/my-topic/":                 {"https://ntfy.example/", "my-topic"},
		"https://u:p@ntfy.example/push/ntfy/t?auth=abcd": {"https://u:p@ntfy.example/push/ntfy/?auth=abcd", "t"},
	} {
		root, topic, err := split(raw)
		if root != want[0] || topic != want[1] || err != nil {
			t.Errorf("split(%q) = %q, %q, %v, want %q", raw, root, topic, err, want)
		}
	}
	for _, raw := range []string{"", "https://ntfy.example", "https://ntfy.example/", "/topic", "https://ntfy.example/%zz"} {
		if root, topic, err := split(raw); err == nil {
			t.Errorf("split(%q) = %q, %q, want an error", raw, root, topic)
		}
	}
}

func TestRefusals(t *testing.T) {
	usual := channeltest.Messages(t)["usual"]
	for _, tt := range []struct {
		name   string
		config Config
		set    func(*fakeServer)
		class  channel.Class
		wait   time.Duration
		code   string
	}{
		{"no token", Config{URL: "/phone"}, func(f *fakeServer) { f.token = "tk_1" }, channel.BadCredential, 0, "40301"},
		{"a wrong token", Config{URL: "/phone", Token: "tk_2"}, func(f *fakeServer) { f.token = "tk_1" }, channel.BadCredential, 0, "40101"},
		{"too fast", Config{URL: "/phone"}, func(f *fakeServer) { f.allowed = 0 }, channel.RateLimited, 5 * time.Second, "42901"},
		{"enough for today", Config{URL: "/phone"}, func(f *fakeServer) { f.daily = 0 }, channel.QuotaExhausted, 0, "42908"},
		{"a topic that cannot be", Config{URL: "/a%20b"}, nil, channel.BadRecipient, 0, "40009"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newServer(t)
			if tt.set != nil {
				tt.set(f)
			}
			_, err := send(t, f, tt.config, usual)
			if err == nil || err.Class != tt.class || err.RetryAfter != tt.wait || !strings.Contains(err.Error(), tt.code) {
				t.Errorf("Send = %v, wait %v; want class %q, wait %v and code %s", err, err.RetryAfter, tt.class, tt.wait, tt.code)
			}
		})
	}
}

// Codes that the fake never makes.
func TestOtherCodes(t *testing.T) {
	for _, tt := range []struct {
		status, code int
		want         channel.Class
	}{
		{400, 40014, channel.BadMessage}, // attachments not allowed
		{400, 40010, channel.BadRecipient},
		{413, 41301, channel.BadMessage},
		{413, 41303, channel.BadMessage},
		{429, 42905, channel.RateLimited},
		{500, 50001, channel.Transient},
		{507, 50701, channel.Transient}, // nobody subscribed to pay for the message yet
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			refuse(w, tt.code, tt.status, "no")
		}))
		_, err := New(Config{URL: s.URL + "/phone"}, s.Client()).Send(t.Context(), channeltest.Messages(t)["usual"])
		s.Close()
		if e, ok := errors.AsType[*channel.SendError](err); !ok || e.Class != tt.want || !strings.Contains(e.Error(), fmt.Sprint(tt.code)) {
			t.Errorf("code %d: Send = %v, want class %q and the code", tt.code, err, tt.want)
		}
	}
}

// A user of the server and its password are another way in than a token.
func TestUserAndPassword(t *testing.T) {
	var login string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, ok := r.BasicAuth(); ok {
			login = user + " " + password
		}
		fmt.Fprint(w, `{"id":"m1"}`)
	}))
	defer s.Close()
	r, err := New(Config{URL: s.URL + "/phone", Username: "me", Password: "hunter2"}, s.Client()).Send(t.Context(), channeltest.Messages(t)["usual"])
	if err != nil || r.ProviderID != "m1" || login != "me hunter2" {
		t.Errorf("Send = %+v, %v with the login %q, want the login of the configuration", r, err, login)
	}
}
