// Package channeltest is the contract that every channel must pass: what a
// message may be, what each kind of refusal means, and that nothing secret gets
// out. It speaks to the channel as its service would, over loopback. What is
// peculiar to one service is tested in its own package.
package channeltest

import (
	"cmp"
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Contract says how a channel that speaks HTTP is made.
type Contract struct {
	// New returns a channel whose service answers at baseURL, with Secrets in
	// its address and credentials.
	New func(baseURL string, client *http.Client) channel.Channel
	// Secrets are texts of the configuration that no error may hold.
	Secrets []string
	// Accept is what the service says to a message that it takes, AcceptStatus the
	// status; 0: 200.
	Accept       string
	AcceptStatus int
	// TakesAny says that every success's status is the service's sign of acceptance.
	TakesAny bool
	// Refusal is how the service writes its own words in a refusal, "%s" being the
	// words; "": it says none that a channel reads.
	Refusal string
	// Classes are the statuses that mean something else to this service than to most.
	Classes map[int]channel.Class
	// Opaque requests hold nothing that can be read: they are encrypted.
	Opaque bool
	// Service returns a strict model of the service, nil for a channel that shows
	// nothing to people.
	Service func(t testing.TB) Service
}

// A Service is a strict model of a real one. It refuses what the real one
// refuses, for reasons that are recorded facts, and knows what people then see.
type Service interface {
	http.Handler
	Shown() []Shown // in the order of acceptance
}

// Shown is a message as people see it, after the service has applied all markup.
type Shown struct {
	Text  string   // the title first
	Links []string // all that can be opened
}

// Run tests that a channel keeps the contract.
func Run(t *testing.T, c Contract) {
	t.Helper()
	t.Run("success", c.success)
	t.Run("messages", func(t *testing.T) {
		s := c.serve(t, c.accepted(), nil)
		Accepts(t, c.New(s.URL, s.Client()))
		for _, body := range s.bodies() {
			if len(body) == 0 || len(body) > 20<<10 {
				t.Errorf("a request had %d bytes, want 1..20480", len(body))
			}
		}
	})
	t.Run("status", c.status)
	if !c.TakesAny {
		t.Run("another's answer", c.unrecognised)
	}
	t.Run("retry after", c.retryAfter)
	t.Run("redirects", c.redirects)
	t.Run("cancel", c.cancel)
	t.Run("time-out", c.timeout)
	if !c.Opaque {
		t.Run("concurrent", c.concurrent)
	}
	t.Run("no service", c.noService)
	t.Run("endless answer", c.endless)
	t.Run("secrets", c.secrets)
	if c.Service != nil {
		t.Run("what people see", c.shown)
		t.Run("hostile text", c.hostile)
		t.Run("longest text", c.longest)
		t.Run("long links and labels", c.long)
		t.Run("joined alerts", c.joined)
	}
}

// Accepts tests that a channel takes every message that can come up, and ends
// with its context. It is the part of the contract for channels without HTTP.
func Accepts(t *testing.T, ch channel.Channel) {
	t.Helper()
	for name, m := range Messages(t) {
		if _, err := ch.Send(t.Context(), m); err != nil {
			t.Errorf("Send(%s) = %v, want it taken", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ch.Send(ctx, Messages(t)["usual"]); err == nil {
		t.Error("Send with a context that has ended = nil, want an error")
	}
}

// Messages returns the messages that channels find hard: the usual, the longest,
// the barest, a hostile one, a plain one and one about no product, by name.
func Messages(t testing.TB) map[string]channel.Message {
	t.Helper()
	const page = "https://item.rakuten.co.jp/shop/item/"
	p := stock.Product{
		ID: "switch2", Name: "Nintendo Switch 2", ListPrice: stock.Yen(49980),
		Watches: []stock.Watch{{ID: stock.WatchID("switch2", page), URL: page}},
	}
	now := time.Date(2026, 10, 3, 12, 0, 0, 0, time.UTC)
	usual := stock.Letter{
		Event: "4711", Channel: "test", Recipient: stock.ShortHash("test"), Epoch: "k7", MadeAt: now, NotAfter: now.Add(time.Hour),
		Alert: stock.Alert{
			Kind: stock.Restocked, Product: stock.ProductRef{ID: p.ID, Name: p.Name}, ObservedAt: now,
			Watch: stock.WatchRef{ID: p.Watches[0].ID, URL: page, Source: "rakuten"},
			Offer: stock.Offer{Availability: stock.InStock, Price: stock.Yen(49980), URL: page, Image: "https://image.rakuten.co.jp/shop/1.jpg"},
		},
	}
	hostile := usual
	hostile.Alert.Product.Name = "a\r\nX-Evil: 1\x00\x1b[31m\u202e<script>alert(1)</script> @everyone \"'`|\\ 💥\xff"
	hostile.Alert.Offer.Title = strings.Repeat("<&\"\\\r\n\u2028👨‍👩‍👧‍👦 https://evil.example/ ", 60)
	hostile.Alert.Offer.Seller = "*_[x](https://evil.example/)_*"
	hostile.Alert.Offer.URL = "https://evil.example/"
	bare := usual
	bare.Alert = stock.Alert{Kind: stock.Unread, Product: stock.ProductRef{ID: p.ID}, Watch: stock.WatchRef{URL: "rakuten-api:?jan=1"}}
	news := usual
	news.Event = "dn-4711"
	news.Alert = stock.Alert{Kind: stock.ChannelDown, ObservedAt: now, News: &stock.News{Channel: "phone", Cause: stock.CauseFailing, Reason: stock.Said("trouble that may pass"), Since: now}}

	out := map[string]channel.Message{}
	add := func(name string, l stock.Letter, v alerttext.View) {
		v.Product, v.Now = p, now.Add(time.Second)
		m, err := alerttext.Render(l, v)
		if err != nil {
			t.Fatalf("Render(%s) = %v", name, err)
		}
		out[name] = m
	}
	add("usual", usual, alerttext.View{Language: "ja"})
	add("usual in English", usual, alerttext.View{Language: "en"})
	add("longest", alerttext.SampleLetter(p, now), alerttext.View{Language: "ja"})
	add("hostile", hostile, alerttext.View{Language: "ja"})
	add("plain", usual, alerttext.View{Language: "ja", Plain: true})
	add("bare", bare, alerttext.View{Language: "ja"})
	add("the owner's news", news, alerttext.View{Language: "ja"})
	return out
}

// service is a server that remembers what it was asked.
type service struct {
	*httptest.Server
	mu   sync.Mutex
	seen [][]byte
}

func (s *service) bodies() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen
}

// accepted is the status of a message that the service takes.
func (c Contract) accepted() int { return cmp.Or(c.AcceptStatus, http.StatusOK) }

// serve answers every request with a status and header, and with Accept when the
// status is a success.
func (c Contract) serve(t *testing.T, status int, header http.Header) *service {
	t.Helper()
	return newService(t, func(w http.ResponseWriter, _ *http.Request) {
		maps.Copy(w.Header(), header)
		w.WriteHeader(status)
		if status == c.accepted() || status == http.StatusAccepted {
			_, _ = io.WriteString(w, c.Accept)
		}
	})
}

func newService(t *testing.T, answer http.HandlerFunc) *service {
	t.Helper()
	s := &service{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		if err != nil {
			t.Errorf("read request: %v", err)
		}
		s.mu.Lock()
		s.seen = append(s.seen, body)
		s.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}
