package discord

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/channel/channeltest"
)

func contract() channeltest.Contract {
	return channeltest.Contract{
		New: func(base string, client *http.Client) channel.Channel {
			return New(Config{URL: base + path}, client)
		},
		Secrets: []string{"secret-token"},
		Accept:  `{"id":"7"}`,
		Refusal: `{"message":"%s","code":7}`,
		Service: func(t testing.TB) channeltest.Service { return newServer(t) },
	}
}

func TestContract(t *testing.T) { channeltest.Run(t, contract()) }

func TestRequests(t *testing.T) { channeltest.Golden(t, contract()) }

func TestMessage(t *testing.T) {
	s := newServer(t)
	m := channeltest.Messages(t)["usual"]
	m.Title, m.Actions = "A_B", channeltest.Buttons()
	r, err := start(t, s).Send(t.Context(), m)
	if err != nil || r != (channel.Receipt{ProviderID: "1"}) {
		t.Fatalf("Send = %+v, %v, want the id 1", r, err)
	}
	d := s.messages[0]
	if d.Content != `A\_B` || len(d.Embeds) != 1 || d.Flags != 0 {
		t.Fatalf("posted %+v, want the title and one box", d)
	}
	e := d.Embeds[0]
	if e.Title != m.Open || e.URL != m.URL || e.Image.URL != m.Image {
		t.Errorf("box %+v, want the link as its heading, and the image", e)
	}
	if want := "[1時間通知しない](" + m.Actions[0].URL + ")\n[この商品をやめる](" + m.Actions[1].URL + ")"; !strings.HasSuffix(e.Description, want) {
		t.Errorf("box says %q, want it to end in %q", e.Description, want)
	}
}

// An empty list of mentions allows none; null or nothing allows all.
func TestNobodyIsMentioned(t *testing.T) {
	for name, m := range channeltest.Messages(t) {
		body, err := json.Marshal(compose(m))
		if err != nil || !strings.Contains(string(body), `"allowed_mentions":{"parse":[]}`) {
			t.Errorf("%s: %s (%v), want an empty list of mentions", name, body, err)
		}
	}
}

func TestSilent(t *testing.T) {
	s := newServer(t)
	m := channeltest.Messages(t)["usual"]
	m.Silent = true
	if _, err := start(t, s).Send(t.Context(), m); err != nil || s.messages[0].Flags != 4096 {
		t.Errorf("Send = %v, flags %d, want 4096", err, s.messages[0].Flags)
	}
}

// The thread of the URL stays, with what we add.
func TestThread(t *testing.T) {
	var got string
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Method + " " + r.URL.String()
		_, _ = io.WriteString(w, `{"id":"8"}`)
	}))
	defer web.Close()
	c := &sender{Config{URL: web.URL + path + "?thread_id=456"}, web.Client()}
	if _, err := c.Send(t.Context(), channeltest.Messages(t)["usual"]); err != nil || got != "POST "+path+"?thread_id=456&wait=true" {
		t.Errorf("Send asked %s (%v), want the thread, and to wait", got, err)
	}
	if _, err := c.Replace(t.Context(), "8", channeltest.Messages(t)["usual"]); err != nil || got != "PATCH "+path+"/messages/8?thread_id=456" {
		t.Errorf("Replace asked %s (%v), want the message in the thread", got, err)
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
	m.Title, m.Silent = "Two shops", true
	if r, err := c.Replace(t.Context(), first.ProviderID, m); err != nil || r.ProviderID != first.ProviderID {
		t.Fatalf("Replace = %+v, %v, want the id %s", r, err, first.ProviderID)
	}
	if len(s.messages) != 1 || s.messages[0].Content != "Two shops" || s.messages[0].Flags != 0 {
		t.Errorf("messages %+v, want one, the second", s.messages)
	}
	for _, id := range []string{"99", "", "x", "../1"} {
		_, err := c.Replace(t.Context(), id, m)
		if e, ok := errors.AsType[*channel.SendError](err); !ok || !errors.Is(err, channel.ErrNotReplaceable) || e.Class != channel.BadMessage {
			t.Errorf("Replace(%q) = %v, want ErrNotReplaceable", id, err)
		}
	}
}

// The last message before the limit says how long to rest; one more says it too.
func TestRateLimit(t *testing.T) {
	s := newServer(t)
	c := start(t, s)
	m := channeltest.Messages(t)["usual"]
	for i := range 5 {
		r, err := c.Send(t.Context(), m)
		if want := map[bool]time.Duration{true: 1500 * time.Millisecond}[i == 4]; err != nil || r.Rest != want {
			t.Errorf("message %d: rest %v, %v; want %v", i+1, r.Rest, err, want)
		}
	}
	_, err := c.Send(t.Context(), m)
	if e, ok := errors.AsType[*channel.SendError](err); !ok || e.Class != channel.RateLimited || e.RetryAfter != 1337*time.Millisecond || e.Scope != channel.ScopeRecipient {
		t.Errorf("message 6: Send = %v, want a wait of the body's 1.337 s", err)
	}
}

func TestSeconds(t *testing.T) {
	for in, want := range map[float64]time.Duration{0: 0, -1: 0, 0.0001: time.Millisecond, 64.57: 64570 * time.Millisecond, 1e300: 24 * time.Hour} {
		if got := seconds(in); got != want {
			t.Errorf("seconds(%v) = %v, want %v", in, got, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		status int
		body   string
		class  channel.Class
		scope  channel.Scope
		says   string
	}{
		{404, `{"message":"Unknown Webhook","code":10015}`, channel.RecipientGone, 0, "10015"},
		{401, `{"message":"Invalid Webhook Token","code":50027}`, channel.BadCredential, 0, "50027"},
		{400, `{"message":"Invalid Form Body","code":50035,"errors":{}}`, channel.BadMessage, 0, "50035"},
		{429, `{"message":"x","retry_after":2,"global":true}`, channel.RateLimited, channel.ScopeAccount, "429"},
		{429, `<html>cloudflare`, channel.RateLimited, 0, "429"},
		{500, ``, channel.Transient, 0, "500"},
	} {
		web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(tt.status)
			_, _ = io.WriteString(w, tt.body)
		}))
		_, err := New(Config{URL: web.URL + path}, web.Client()).Send(t.Context(), channeltest.Messages(t)["usual"])
		web.Close()
		if e, ok := errors.AsType[*channel.SendError](err); !ok || e.Class != tt.class || e.Scope != tt.scope || !strings.Contains(e.Error(), tt.says) {
			t.Errorf("%d %s: Send = %v, want class %q, scope %d and %q", tt.status, tt.body, err, tt.class, tt.scope, tt.says)
		}
	}
}

// A link never is half a link.
func TestLongLinks(t *testing.T) {
	m := channeltest.Messages(t)["usual"]
	m.URL = "https://item.rakuten.co.jp/" + strings.Repeat("a", 1973)
	m.Actions = []channel.Action{{Label: "x", URL: "https://box.example/" + strings.Repeat("a", 600)}, {Label: "y", URL: "https://box.example/)("}}
	for _, plain := range []bool{false, true} {
		m.Plain = plain
		s := newServer(t)
		if _, err := start(t, s).Send(t.Context(), m); err != nil {
			t.Errorf("plain %v: Send = %v", plain, err)
			continue
		}
		for _, link := range s.Shown()[0].Links {
			if link != m.URL {
				t.Errorf("plain %v: %.80q can be opened, want the link alone", plain, link)
			}
		}
	}
}
