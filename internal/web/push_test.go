package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/web"
)

// pushes is a Push that notes what it was asked.
type pushes struct {
	channels []string
	asked    []string
	err      error
}

func (p *pushes) Key() (public, fingerprint string) { return "BKey", "0123456789abcdef" }
func (p *pushes) Channels() []string                { return p.channels }
func (p *pushes) Browsers() []web.Browser {
	return []web.Browser{{ID: "me_abcdefgh23456777", Channel: "me", Name: "Firefox / Android", Since: time.Unix(0, 0).UTC()}}
}

func (p *pushes) Subscribe(_ context.Context, channel string, s web.Subscription) (string, error) {
	p.asked = append(p.asked, fmt.Sprintf("subscribe %s %s %s %s %q", channel, s.Endpoint, s.Keys.P256dh, s.Keys.Auth, s.Browser))
	return channel + "_abcdefgh23456777", p.err
}

func (p *pushes) Unsubscribe(_ context.Context, id string) error {
	p.asked = append(p.asked, "unsubscribe "+id)
	return p.err
}

// pushSite is a site with channels of type webpush.
func pushSite(t *testing.T, channels ...string) (http.Handler, *pushes) {
	t.Helper()
	p := &pushes{channels: channels}
	s, _ := site(t, func(o *web.Options) { o.Push = p })
	return s.Handler(), p
}

// post sends a body as a browser on the same machine would.
func post(h http.Handler, target, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", target, strings.NewReader(body))
	r.Host = "127.0.0.1:8480"
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

const (
	firefox = "Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
	wanted  = `{"endpoint":"https://push.example/1","expirationTime":null,"keys":{"p256dh":"BP","auth":"AU"}}`
)

func TestSubscribing(t *testing.T) {
	many := strings.Replace(wanted, "{", `{"channel":"family",`, 1)
	for _, tt := range []struct {
		name, body, want string
		channels         []string
		err              error
		status           int
	}{
		{name: "the only channel", body: wanted, channels: []string{"me"}, status: 201, want: "subscribe me https://push.example/1 BP AU"},
		{name: "one of two", body: many, channels: []string{"me", "family"}, status: 201, want: "subscribe family"},
		{name: "which of two", body: wanted, channels: []string{"me", "family"}, status: 404},
		{name: "another", body: many, channels: []string{"me"}, status: 404},
		{name: "none", body: wanted, status: 404},
		{name: "refused", body: wanted, channels: []string{"me"}, err: fmt.Errorf("%w: unknown host", web.ErrRefused), status: 422, want: "subscribe me"},
		{name: "store away", body: wanted, channels: []string{"me"}, err: errors.New("away"), status: 500, want: "subscribe me"},
		{name: "not JSON", body: "endpoint=1", channels: []string{"me"}, status: 400},
		{name: "endless", body: `{"endpoint":"` + strings.Repeat("x", 9000), channels: []string{"me"}, status: 400},
	} {
		h, p := pushSite(t, tt.channels...)
		p.err = tt.err
		w := post(h, "/api/v1/subscriptions", tt.body, "User-Agent", firefox)
		if w.Code != tt.status {
			t.Errorf("%s: status %d (%s), want %d", tt.name, w.Code, w.Body, tt.status)
		}
		if got := strings.Join(p.asked, "\n"); !strings.HasPrefix(got, tt.want) || (got == "") != (tt.want == "") {
			t.Errorf("%s: asked for %q, want %q", tt.name, got, tt.want)
		}
		if tt.status == 422 && !strings.Contains(w.Body.String(), "unknown host") || tt.status == 500 && strings.Contains(w.Body.String(), "away") {
			t.Errorf("%s: says %s", tt.name, w.Body)
		}
		if len(p.asked) > 0 && !strings.Contains(p.asked[0], `"Firefox / Android"`) {
			t.Errorf("%s: asked for %q, want the browser's name", tt.name, p.asked)
		}
	}
}

func TestUnsubscribing(t *testing.T) {
	h, p := pushSite(t, "me")
	for id, want := range map[string]int{"me_abcdefgh23456777": 204, "other_abcdefgh23456777": 404, "me_": 404, "me_abcdefgh2345677X": 404, "me_abc.efgh23456777": 404, "me": 404} {
		if w := do(h, "DELETE", "/api/v1/subscriptions/"+id); w.Code != want {
			t.Errorf("DELETE %s: status %d, want %d", id, w.Code, want)
		}
	}
	if want := []string{"unsubscribe me_abcdefgh23456777"}; !slices.Equal(p.asked, want) {
		t.Errorf("asked for %q, want %q", p.asked, want)
	}
}

// Another site may not subscribe a browser of its own, nor a program without the
// password.
func TestSubscribingIsGuarded(t *testing.T) {
	h, p := pushSite(t, "me")
	for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
		if w := post(h, "/api/v1/subscriptions", wanted, header, value); w.Code != 403 {
			t.Errorf("with %s: %s: status %d, want 403", header, value, w.Code)
		}
	}
	if w := post(h, "/api/v1/subscriptions", wanted, "Content-Type", "text/plain"); w.Code != 415 {
		t.Errorf("as a form: status %d, want 415", w.Code)
	}
	if len(p.asked) != 0 {
		t.Errorf("asked for %q, want nothing", p.asked)
	}
	locked := &pushes{channels: []string{"me"}}
	s, _ := site(t, func(o *web.Options) { o.Push, o.Password = locked, "secret" })
	if w := post(s.Handler(), "/api/v1/subscriptions", wanted); w.Code != 401 || len(locked.asked) != 0 {
		t.Errorf("without the password: status %d, asked for %q; want 401 and nothing", w.Code, locked.asked)
	}
}

func TestListOfSubscriptions(t *testing.T) {
	h, _ := pushSite(t, "me")
	if got, want := do(h, "GET", "/api/v1/subscriptions").Body.String(), `{"key":"BKey","fingerprint":"0123456789abcdef","channels":["me"],`+
		`"subscriptions":[{"id":"me_abcdefgh23456777","channel":"me","browser":"Firefox / Android","since":"1970-01-01T00:00:00Z"}]}`+"\n"; got != want {
		t.Errorf("the list is %s, want %s", got, want)
	}
	none, _ := site(t, nil)
	if got, want := do(none.Handler(), "GET", "/api/v1/subscriptions").Body.String(), `{"channels":[],"subscriptions":[]}`+"\n"; got != want {
		t.Errorf("without such a channel the list is %s, want %s", got, want)
	}
}

func TestSettingsOfferPush(t *testing.T) {
	h, _ := pushSite(t, "me", "family")
	doc := document(t, do(h, "GET", "/settings"))
	buttons := doc.Find("#push[hidden] button[data-channel]")
	if buttons.Length() != 2 || doc.Find("main #push").Length() != 1 || doc.Find("script[src*='static/push.js?']").Length() != 1 {
		t.Errorf("the page has %d buttons, want one for each channel, with its script", buttons.Length())
	}
	none, _ := site(t, nil)
	for _, h := range []http.Handler{none.Handler(), func() http.Handler { h, _ := pushSite(t); return h }()} {
		if doc := document(t, do(h, "GET", "/settings")); doc.Find("#push, script[src*=push]").Length() != 0 {
			t.Error("without a channel of type webpush the page offers to subscribe")
		}
	}
	if doc := document(t, do(h, "GET", "/dead")); doc.Find("#push").Length() != 0 {
		t.Error("every page offers to subscribe, want the settings alone")
	}
}

// What the browser fetches by itself is there, and of the kind and size that is
// said of it.
func TestApp(t *testing.T) {
	h, _ := pushSite(t, "me")
	get := func(target, kind string) []byte {
		t.Helper()
		w := do(h, "GET", target)
		if got := w.Header().Get("Content-Type"); w.Code != 200 || !strings.HasPrefix(got, kind) {
			t.Errorf("%s: status %d, %s, want %s", target, w.Code, got, kind)
		}
		return w.Body.Bytes()
	}
	var manifest struct {
		StartURL string `json:"start_url"`
		Display  string
		Icons    []struct{ Src, Sizes, Type string }
	}
	if err := json.Unmarshal(get("/static/app.webmanifest", "application/manifest+json"), &manifest); err != nil || manifest.Display != "standalone" || manifest.StartURL != "../" {
		t.Errorf("manifest %+v, %v", manifest, err)
	}
	for _, icon := range manifest.Icons {
		b := get("/static/"+icon.Src, icon.Type)
		if icon.Type != "image/png" {
			continue
		}
		c, err := png.DecodeConfig(bytes.NewReader(b))
		if size := fmt.Sprintf("%dx%d", c.Width, c.Height); err != nil || size != icon.Sizes {
			t.Errorf("%s is %s, %v, want %s", icon.Src, size, err, icon.Sizes)
		}
	}
	worker := string(get("/sw.js", "text/javascript"))
	for _, part := range []string{"static/subscribe.js", "static/icon-192.png", "static/badge-96.png"} {
		if !strings.Contains(worker, `"`+part+`"`) {
			t.Errorf("sw.js does not use %s", part)
		}
		get("/"+part, map[bool]string{true: "text/javascript", false: "image/png"}[strings.HasSuffix(part, ".js")])
	}
	csp := do(h, "GET", "/sw.js").Header().Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "manifest-src 'self'", "worker-src 'self'", "connect-src 'self'"} {
		if !strings.Contains(csp, part) || strings.Contains(csp, "unsafe") {
			t.Errorf("policy %q lacks %q, or is unsafe", csp, part)
		}
	}
}
