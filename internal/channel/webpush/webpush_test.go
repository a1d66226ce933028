package webpush_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/channel/channeltest"
	"github.com/sainyuka/sainyuka/internal/channel/webpush"
)

const contact = "owner@example.test"

func testKeys(t *testing.T) webpush.Keys {
	t.Helper()
	k, err := webpush.LoadKeys(t.Context(), newFacts())
	if err != nil {
		t.Fatalf("LoadKeys = %v", err)
	}
	return k
}

func TestContract(t *testing.T) {
	keys, who := testKeys(t), newBrowser(t)
	channeltest.Run(t, channeltest.Contract{
		New: func(baseURL string, client *http.Client) channel.Channel {
			return webpush.NewSender(contact, keys, client).To(who.subscription(baseURL+"/wpush/v2/hunter2"), nil)
		},
		Secrets:      []string{"hunter2", keys.Private},
		Opaque:       true,
		AcceptStatus: http.StatusCreated, Classes: map[int]channel.Class{404: channel.RecipientGone, 410: channel.RecipientGone},
	})
}

// fields is the payload as a program in another language would read it.
type fields map[string]any

// send pushes m to a service and returns what arrived.
func send(t *testing.T, s *service, m channel.Message) (pushed, fields) {
	t.Helper()
	ch := webpush.NewSender(contact, testKeys(t), s.Client()).To(s.browser.subscription(s.URL+"/push/1"), nil)
	receipt, err := ch.Send(t.Context(), m)
	if err != nil {
		t.Fatalf("Send = %v", err)
	}
	all := s.got()
	if want := fmt.Sprint(len(all)); receipt.ProviderID != want {
		t.Errorf("provider's id %q, want %q, the end of its Location", receipt.ProviderID, want)
	}
	p := all[len(all)-1]
	var f fields
	if err := json.Unmarshal(p.text, &f); err != nil {
		t.Fatalf("read payload %s: %v", p.text, err)
	}
	return p, f
}

// current makes the letter of a message one that is not too old.
func current(m channel.Message) channel.Message {
	now := time.Now()
	m.Letter.MadeAt, m.Letter.NotAfter = now, now.Add(time.Hour)
	return m
}

func TestWhatArrives(t *testing.T) {
	s, m := newService(t), current(channeltest.Messages(t)["usual"])
	m.Actions = []channel.Action{{Label: "1時間停止", URL: "https://box.example/a", Kind: "mute"}, {Kind: "stop"}, {Kind: "third"}}
	p, f := send(t, s, m)
	if p.urgency != "high" || p.ttl != 1800 || p.claims.Sub != "mailto:"+contact || p.claims.Aud != s.URL {
		t.Errorf("urgency %q, TTL %d, claims %+v; want high, 1800, the contact and the service's origin", p.urgency, p.ttl, p.claims)
	}
	for key, want := range map[string]any{"title": m.Title, "body": m.Body, "url": m.URL, "image": m.Image, "tag": p.topic, "ring": true} {
		if f[key] != want {
			t.Errorf("%s = %v, want %v", key, f[key], want)
		}
	}
	buttons, _ := f["buttons"].([]any)
	if len(buttons) != 2 || fmt.Sprint(buttons[0]) != "map[kind:mute label:1時間停止 url:https://box.example/a]" {
		t.Errorf("buttons = %v, want the first two", buttons)
	}
}

// The newest message about a product replaces those that wait, and no other's.
func TestTopicIsTheProduct(t *testing.T) {
	s := newService(t)
	m := current(channeltest.Messages(t)["usual"])
	first, _ := send(t, s, m)
	m.Letter.Event, m.Letter.Alert.Kind = "4712", "sold_out"
	second, _ := send(t, s, m)
	m.Letter.Alert.Product.ID = "other"
	other, _ := send(t, s, m)
	if first.topic != second.topic || first.topic == other.topic {
		t.Errorf("topics %q, %q of one product and %q of another, want two alike", first.topic, second.topic, other.topic)
	}
}

func TestQuietMessages(t *testing.T) {
	s := newService(t)
	m := current(channeltest.Messages(t)["usual"])
	m.Silent = true
	if p, f := send(t, s, m); p.urgency != "normal" || f["ring"] != nil {
		t.Errorf("silent: urgency %q, ring %v, want normal and none", p.urgency, f["ring"])
	}
	m.Silent, m.Priority = false, 2
	if p, f := send(t, s, m); p.urgency != "normal" || f["ring"] != true {
		t.Errorf("of low priority: urgency %q, ring %v, want normal and true", p.urgency, f["ring"])
	}
	ch := webpush.NewSender("https://owner.example.test/", testKeys(t), s.Client()).To(s.browser.subscription(s.URL+"/push/1"), nil)
	if _, err := ch.(channel.Replacer).Replace(t.Context(), "1", m); err != nil {
		t.Fatalf("Replace = %v", err)
	}
	p := s.got()[2]
	if strings.Contains(string(p.text), `"ring"`) || p.claims.Sub != "https://owner.example.test/" {
		t.Errorf("a replacement is %s from %q, want no ring and the contact as written", p.text, p.claims.Sub)
	}
}

func TestTTLEndsWithTheLetter(t *testing.T) {
	s := newService(t)
	m := current(channeltest.Messages(t)["usual"])
	m.Letter.NotAfter = time.Now().Add(10 * time.Minute)
	if p, _ := send(t, s, m); p.ttl > 600 || p.ttl < 300 {
		t.Errorf("TTL = %d, want the rest of ten minutes", p.ttl)
	}
	m.Letter.NotAfter = time.Now().Add(-time.Minute)
	if p, _ := send(t, s, m); p.ttl != 0 {
		t.Errorf("TTL of an old letter = %d, want 0", p.ttl)
	}
}

// Every length of text fits, is cut between characters, and is padded.
func TestLength(t *testing.T) {
	s := newService(t)
	m := current(channeltest.Messages(t)["usual"])
	m.Title, m.URL, m.Image = "t", "https://shop.example/", ""
	sizes := map[int]int{}
	for _, n := range []int{0, 1, 100, 300, 1000, 1200, 1250, 1300, 5000, 100000} {
		m.Body = strings.Repeat("👨‍👩‍👧‍👦長\"\n", n/5) + strings.Repeat("長", n%5)
		p, f := send(t, s, m)
		body, _ := f["body"].(string)
		if !utf8.Valid(p.text) || strings.HasSuffix(strings.TrimSuffix(body, "…"), "\u200d") || !strings.HasPrefix(m.Body, strings.TrimSuffix(body, "…")) {
			t.Errorf("a body of %d bytes arrives torn: %q", len(m.Body), body)
		}
		sizes[p.size]++
		if p.size != 4096 && p.size%512 != 0 {
			t.Errorf("a body of %d bytes is sent in %d, want a multiple of 512", len(m.Body), p.size)
		}
	}
	if len(sizes) < 4 || sizes[4096] == 0 {
		t.Errorf("sizes %v, want several up to 4096", sizes)
	}
}

// The last byte that fits arrives, and what cannot be cut is refused unsent.
func TestLargest(t *testing.T) {
	s := newService(t)
	m := current(channeltest.Messages(t)["plain"])
	m.Title, m.URL, m.Body = "t", "", ""
	empty, _ := send(t, s, m)
	m.URL = "https://shop.example/"
	m.URL += strings.Repeat("x", 3993-len(empty.text)-len(`,"url":""`)-len(m.URL))
	if p, _ := send(t, s, m); len(p.text) != 3993 || p.size != 4096 {
		t.Errorf("the largest payload has %d bytes in %d, want 3993 in 4096", len(p.text), p.size)
	}
	m.URL += "x"
	_, err := webpush.NewSender(contact, testKeys(t), s.Client()).To(s.browser.subscription(s.URL), nil).Send(t.Context(), m)
	if e, ok := errors.AsType[*channel.SendError](err); !ok || e.Class != channel.BadMessage || len(s.got()) != 2 {
		t.Errorf("one byte more = %v after %d pushes, want it refused as a message, unsent", err, len(s.got()))
	}
}

func TestVerdicts(t *testing.T) {
	for _, tt := range []struct {
		status int
		want   channel.Class
		gone   int
	}{
		{http.StatusNotFound, channel.RecipientGone, 1},
		{http.StatusGone, channel.RecipientGone, 1},
		{http.StatusRequestEntityTooLarge, channel.BadMessage, 0},
		{http.StatusTooManyRequests, channel.RateLimited, 0},
		{http.StatusNotAcceptable, channel.RateLimited, 0}, // Edge's service
		{http.StatusUnauthorized, channel.BadCredential, 0},
		{http.StatusForbidden, channel.BadCredential, 0},
		{http.StatusBadRequest, channel.BadMessage, 0},
		{http.StatusServiceUnavailable, channel.Transient, 0},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(tt.status)
		}))
		gone := 0
		ch := webpush.NewSender(contact, testKeys(t), server.Client()).To(newBrowser(t).subscription(server.URL), func(context.Context) { gone++ })
		_, err := ch.Send(t.Context(), channeltest.Messages(t)["usual"])
		server.Close()
		e, ok := errors.AsType[*channel.SendError](err)
		if !ok || e.Class != tt.want || e.RetryAfter != 7*time.Second || gone != tt.gone {
			t.Errorf("%d: Send = %v, called gone %d times; want %q, 7 s and %d", tt.status, err, gone, tt.want, tt.gone)
		}
	}
}

func TestDamagedSubscription(t *testing.T) {
	good := newBrowser(t).subscription("https://push.example/hunter2")
	for name, change := range map[string]func(*webpush.Subscription){
		"endpoint":     func(s *webpush.Subscription) { s.Endpoint = "http://hunter2 /%zz" },
		"no point":     func(s *webpush.Subscription) { s.Keys.P256dh = s.Keys.Auth },
		"not base64":   func(s *webpush.Subscription) { s.Keys.P256dh = "%hunter2" },
		"no auth text": func(s *webpush.Subscription) { s.Keys.Auth = "%hunter2" },
	} {
		sub := good
		change(&sub)
		_, err := webpush.NewSender(contact, testKeys(t), http.DefaultClient).To(sub, nil).Send(t.Context(), channeltest.Messages(t)["usual"])
		e, ok := errors.AsType[*channel.SendError](err)
		if !ok || e.Class != channel.BadRecipient || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: Send = %v, want a bad recipient and no secret", name, err)
		}
	}
}

// roundTrip answers requests without a network.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A token is shown for an hour to one service, unless it was refused.
func TestTokensAreUsedAgain(t *testing.T) {
	keys, who := testKeys(t), newBrowser(t)
	m := channeltest.Messages(t)["usual"]
	synctest.Test(t, func(t *testing.T) {
		status := http.StatusCreated
		var tokens []string
		client := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			tokens = append(tokens, r.Header.Get("Authorization"))
			return &http.Response{StatusCode: status, Body: http.NoBody}, nil
		})}
		sender := webpush.NewSender(contact, keys, client)
		push := func(endpoint string) string {
			_, _ = sender.To(who.subscription(endpoint), nil).Send(t.Context(), m)
			return tokens[len(tokens)-1]
		}
		a := push("https://a.example/1")
		if again := push("https://a.example/2"); again != a {
			t.Error("a second push to a service had a new token, want the first")
		}
		if push("https://b.example/1") == a {
			t.Error("another service was shown the first one's token")
		}
		time.Sleep(59 * time.Minute)
		if push("https://a.example/1") != a {
			t.Error("after 59 minutes there was a new token, want the first")
		}
		time.Sleep(time.Minute)
		fresh := push("https://a.example/1")
		if fresh == a {
			t.Error("after an hour there was the first token, want a new one")
		}
		status = http.StatusForbidden
		push("https://a.example/1")
		if push("https://a.example/1") == fresh {
			t.Error("a refused token was shown again")
		}
	})
}
