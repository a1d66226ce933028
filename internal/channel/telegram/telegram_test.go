package telegram

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/channel/channeltest"
)

func contract() channeltest.Contract {
	return channeltest.Contract{
		New: func(base string, client *http.Client) channel.Channel {
			return New(Config{URL: base, Token: token, Chat: "42"}, client)
		},
		Secrets: []string{token, "AAAA-secret_CCCCddddEEEE"},
		Accept:  `{"ok":true,"result":{"message_id":7}}`,
		Refusal: `{"ok":false,"description":"%s"}`,
		// The reference's row: 403 is a person who blocked the bot; 404 is a token that is none.
		Classes: map[int]channel.Class{403: channel.BadCredential, 404: channel.BadCredential},
		Service: func(t testing.TB) channeltest.Service { return newServer(t) },
	}
}

func TestContract(t *testing.T) { channeltest.Run(t, contract()) }

func TestRequests(t *testing.T) { channeltest.Golden(t, contract()) }

func TestMessage(t *testing.T) {
	s := newServer(t)
	m := channeltest.Messages(t)["usual"]
	m.Actions = channeltest.Buttons()
	r, err := start(t, s).Send(t.Context(), m)
	if err != nil || r.ProviderID != "100" {
		t.Fatalf("Send = %+v, %v, want the id 100", r, err)
	}
	d := s.messages[100]
	if want := m.Title + "\n" + m.Body + "\n\n" + m.URL; d.text != want || d.Silent {
		t.Errorf("shown %q, silent %v, want %q", d.text, d.Silent, want)
	}
	if d.Preview.URL != m.Image || !d.Preview.Large {
		t.Errorf("preview %+v, want the image %s", d.Preview, m.Image)
	}
	want := [][]button{{{m.Open, m.URL}}, {{m.Actions[0].Label, m.Actions[0].URL}, {m.Actions[1].Label, m.Actions[1].URL}}}
	if !slices.EqualFunc(d.Markup.Rows, want, slices.Equal) {
		t.Errorf("buttons %v, want %v", d.Markup.Rows, want)
	}
}

// A text is sent plain and whole when the API found fault with the other.
func TestPlainAndSilent(t *testing.T) {
	s := newServer(t)
	c := start(t, s)
	m := channeltest.Messages(t)["plain"]
	m.Title, m.Priority = "a < b & c", 2
	if _, err := c.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	d := s.messages[100]
	if d.Parse != "" || d.Markup != nil || d.Preview.URL != "" || !strings.Contains(d.Text, m.URL) || !strings.Contains(d.Text, m.Title) || !d.Silent {
		t.Errorf("sent %+v, want nothing but text and link, without a sound", d.document)
	}
}

// A link is never cut: the text makes room for it.
func TestLongLink(t *testing.T) {
	s := newServer(t)
	m := channeltest.Messages(t)["usual"]
	m.Title, m.Body, m.URL = strings.Repeat("題", 5000), strings.Repeat("💥", 5000), "https://item.rakuten.co.jp/"+strings.Repeat("a", 1900)
	if _, err := start(t, s).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if d := s.messages[100]; !strings.HasSuffix(d.text, m.URL) || channel.UTF16(d.text) < 4090 || strings.Count(d.text, "💥") < 100 {
		t.Errorf("shown %d units with %d of the text, want close to 4096 with the link", channel.UTF16(d.text), strings.Count(d.text, "💥"))
	}
}

func TestRefusals(t *testing.T) {
	for refusal, want := range map[string]channel.Class{
		"403 Forbidden: bot was blocked by the user":                            channel.RecipientGone,
		"403 Forbidden: bot was kicked from the supergroup chat":                channel.RecipientGone,
		"403 Forbidden: user is deactivated":                                    channel.RecipientGone,
		"400 Bad Request: chat not found":                                       channel.BadRecipient,
		"400 Bad Request: not enough rights to send text messages to the chat":  channel.BadRecipient,
		"400 Bad Request: can't parse entities: Unexpected end tag at offset 1": channel.BadMessage,
		"400 Bad Request: BUTTON_URL_INVALID":                                   channel.BadMessage,
		"401 Unauthorized":                                                      channel.BadCredential,
		"404 Not Found":                                                         channel.BadCredential,
		"500 Internal Server Error":                                             channel.Transient,
		"502 Bad Gateway":                                                       channel.Transient,
		"429 Too Many Requests: slowly":                                         channel.RateLimited,
	} {
		s := newServer(t)
		s.refusal = refusal
		_, err := start(t, s).Send(t.Context(), channeltest.Messages(t)["usual"])
		if e, ok := errors.AsType[*channel.SendError](err); !ok || e.Class != want || !strings.Contains(e.Error(), refusal[4:]) {
			t.Errorf("%s: Send = %v, want class %q and the words", refusal, err, want)
		}
	}
}

// The body says how long to wait [D]; a proxy before it may say more in a header.
func TestRetryAfter(t *testing.T) {
	for _, tt := range []struct {
		body, header string
		want         time.Duration
	}{
		{`{"ok":false,"parameters":{"retry_after":35}}`, "", 35 * time.Second},
		{`{"ok":false,"parameters":{"retry_after":35}}`, "60", time.Minute},
		{`{"ok":false,"parameters":{"retry_after":9223372036854775807}}`, "", maxSeconds * time.Second},
		{`{"ok":false,"parameters":{"retry_after":-1}}`, "", 0},
		{`{"ok":false,"parameters":{"retry_after":"x"}}`, "3", 3 * time.Second},
	} {
		web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if tt.header != "" {
				w.Header().Set("Retry-After", tt.header)
			}
			w.WriteHeader(429)
			_, _ = w.Write([]byte(tt.body))
		}))
		_, err := New(Config{URL: web.URL, Token: token, Chat: "42"}, web.Client()).Send(t.Context(), channeltest.Messages(t)["usual"])
		web.Close()
		if e, ok := errors.AsType[*channel.SendError](err); !ok || e.Class != channel.RateLimited || e.RetryAfter != tt.want {
			t.Errorf("%s, header %q: Send = %v, want a wait of %v", tt.body, tt.header, err, tt.want)
		}
	}
}

// A group that became a supergroup is found again, at the first message and
// without a second request from then on.
func TestMigration(t *testing.T) {
	s := newServer(t)
	s.movedTo = "-1001234567890"
	c := start(t, s)
	for range 2 {
		if _, err := c.Send(t.Context(), channeltest.Messages(t)["usual"]); err != nil {
			t.Fatal(err)
		}
	}
	if s.asked != 3 || s.messages[101].Chat != s.movedTo {
		t.Errorf("two messages took %d requests, the last to %s; want 3, and %s", s.asked, s.messages[101].Chat, s.movedTo)
	}
}

// A service that sends us round in circles ends after one turn.
func TestMigrationWithoutEnd(t *testing.T) {
	asked := 0
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		refuse(w, 400, "Bad Request: group chat was upgraded", `,"parameters":{"migrate_to_chat_id":-7}`)
	}))
	defer web.Close()
	_, err := New(Config{URL: web.URL, Token: token, Chat: "42"}, web.Client()).Send(t.Context(), channeltest.Messages(t)["usual"])
	if e, ok := errors.AsType[*channel.SendError](err); !ok || e.Class != channel.BadMessage || asked != 2 {
		t.Errorf("Send = %v after %d requests, want it refused after 2", err, asked)
	}
}

func TestReplace(t *testing.T) {
	s := newServer(t)
	c := start(t, s)
	m := channeltest.Messages(t)["usual"]
	first, err := c.Send(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	var r channel.Replacer = c
	again := m
	again.Title = "Two shops"
	for range 2 { // the second changes nothing, which is no failure
		got, err := r.Replace(t.Context(), first.ProviderID, again)
		if err != nil || got != first {
			t.Fatalf("Replace = %+v, %v, want the id %s", got, err, first.ProviderID)
		}
	}
	if shown := s.Shown(); len(shown) != 1 || !strings.Contains(shown[0].Text, "Two shops") {
		t.Errorf("shown %+v, want one message, the second", shown)
	}
	for _, id := range []string{"99", "", "x", "-1"} {
		if _, err := r.Replace(t.Context(), id, m); !errors.Is(err, channel.ErrNotReplaceable) {
			t.Errorf("Replace(%q) = %v, want ErrNotReplaceable", id, err)
		}
	}
}
