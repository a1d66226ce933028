package line

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/channel/channeltest"
)

func contract() channeltest.Contract {
	return channeltest.Contract{
		New: func(base string, client *http.Client) channel.Channel {
			return New(Config{URL: base, Token: token, To: to}, client)
		},
		Secrets: []string{token, to},
		Accept:  `{"sentMessages":[{"id":"1"}]}`,
		Refusal: `{"message":"%s"}`,
		Service: func(t testing.TB) channeltest.Service { return newServer(t) },
	}
}

func TestContract(t *testing.T) { channeltest.Run(t, contract()) }

func TestRequests(t *testing.T) { channeltest.Golden(t, contract()) }

// send sends one message to a service.
func send(t *testing.T, service http.Handler, c Config, m channel.Message) (channel.Receipt, *channel.SendError) {
	t.Helper()
	web := httptest.NewServer(service)
	defer web.Close()
	c.URL = web.URL
	r, err := New(c, web.Client()).Send(t.Context(), m)
	if e, ok := errors.AsType[*channel.SendError](err); ok {
		return r, e
	} else if err != nil {
		t.Fatalf("Send = %v, want a *channel.SendError", err)
	}
	return r, nil
}

var config = Config{Token: token, To: to}

func TestMessage(t *testing.T) {
	s := newServer(t)
	m := channeltest.Messages(t)["usual"]
	m.Actions = channeltest.Buttons()
	r, err := send(t, s, config, m)
	if err != nil || r.ProviderID != "46123096681" {
		t.Fatalf("Send = %+v, %v, want the message's id", r, err)
	}
	p := s.accepted[0]
	bubble := p.Messages[0].Contents
	if p.Messages[0].AltText != m.Title || bubble.Hero.URL != m.Image || bubble.Hero.Action.URI != m.URL || p.Silent {
		t.Errorf("pushed %+v, want the title as what a notification says, and the image", p.Messages[0])
	}
	buttons := bubble.Footer.Contents
	if len(buttons) != 3 || *buttons[0].Action != (action{"uri", m.Open, m.URL}) || buttons[1].Action.URI != m.Actions[0].URL {
		t.Errorf("buttons %+v, want the link, mute and stop", buttons)
	}
	m.Silent = true
	m.Letter.Event = "4712"
	if _, err := send(t, s, config, m); err != nil || !s.accepted[1].Silent {
		t.Errorf("silent: Send = %v, pushed %+v, want it without a notification", err, s.accepted)
	}
}

// A time-out or a 5xx leaves open whether the message was accepted. With its key
// it can be sent again: 409 is success, and nothing is delivered twice.
func TestRetryKey(t *testing.T) {
	s := newServer(t)
	s.broken = true
	m := channeltest.Messages(t)["usual"]
	if _, err := send(t, s, config, m); err == nil || err.Class != channel.Transient {
		t.Fatalf("first Send = %v, want a passing trouble", err)
	}
	r, err := send(t, s, config, m)
	if err != nil || r.ProviderID != "req-1" || len(s.accepted) != 1 {
		t.Errorf("second Send = %+v, %v, %d messages; want the first request's id and one message", r, err, len(s.accepted))
	}
	m.Plain = true // the key is the letter's, not the text's
	if _, err := send(t, s, config, m); err != nil || len(s.accepted) != 1 {
		t.Errorf("plain Send = %v, %d messages, want one", err, len(s.accepted))
	}
}

func TestRetryKeys(t *testing.T) {
	l := channeltest.Messages(t)["usual"].Letter
	key := retryKey(l)
	if !uuid.MatchString(key) || retryKey(l) != key {
		t.Errorf("retryKey = %s, then %s; want a UUID, always the same", key, retryKey(l))
	}
	for name, other := range map[string]func(){
		"event": func() { l.Event = "4712" }, "channel": func() { l.Channel = "other" },
		"recipient": func() { l.Recipient = "x" }, "epoch": func() { l.Epoch = "k8" },
	} {
		before := retryKey(l)
		if other(); retryKey(l) == before {
			t.Errorf("letters that differ by their %s have one key", name)
		}
	}
}

func TestRefusals(t *testing.T) {
	usual := channeltest.Messages(t)["usual"]
	used := newServer(t)
	used.left = 0
	for name, tt := range map[string]struct {
		service http.Handler
		config  Config
		class   channel.Class
		scope   channel.Scope
		says    string
	}{
		"a wrong token":      {newServer(t), Config{Token: "x", To: to}, channel.BadCredential, 0, "Authentication failed"},
		"nobody":             {newServer(t), Config{Token: token, To: "U1"}, channel.BadRecipient, 0, "'to'"},
		"the month is up":    {used, config, channel.QuotaExhausted, channel.ScopeAccount, "monthly limit"},
		"too fast":           {answers(429, `{"message":"The API rate limit has been exceeded. Try again later."}`), config, channel.RateLimited, channel.ScopeAccount, "rate limit"},
		"cannot be reached":  {answers(400, `{"message":"Failed to send messages"}`), config, channel.BadRecipient, 0, "Failed"},
		"a bad message":      {answers(400, `{"message":"A message (messages[0]) in the request body is invalid"}`), config, channel.BadMessage, 0, "messages[0]"},
		"not for this plan":  {answers(403, `{"message":"Access to this API is not available for your account"}`), config, channel.BadCredential, 0, "Access"},
		"a proxy's own page": {answers(502, `<html>`), config, channel.Transient, 0, "HTTP 502"},
	} {
		_, err := send(t, tt.service, tt.config, usual)
		if err == nil || err.Class != tt.class || err.Scope != tt.scope || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: Send = %v, want class %q, scope %d and %q", name, err, tt.class, tt.scope, tt.says)
		}
	}
}

// A link that is too long for a button opens from the text.
func TestLongLink(t *testing.T) {
	s := newServer(t)
	m := channeltest.Messages(t)["usual"]
	m.URL = "https://item.rakuten.co.jp/" + strings.Repeat("a", 1900)
	m.Body = strings.Repeat("再", 6000)
	if _, err := send(t, s, config, m); err != nil {
		t.Fatal(err)
	}
	if got := s.accepted[0].Messages[0]; got.Type != "text" || !strings.HasSuffix(got.Text, "\n"+m.URL) || channel.UTF16(got.Text) != 5000 {
		t.Errorf("pushed %s of %d units, want a text of 5000 that ends in the link", got.Type, channel.UTF16(got.Text))
	}
}
