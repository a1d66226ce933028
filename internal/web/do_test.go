package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// presses is Buttons with a few tokens, which notes what was pressed.
type presses struct {
	mu      sync.Mutex
	orders  map[string]web.Press
	fails   map[string]error
	pressed []string
}

func newPresses() *presses {
	kettle := stock.ProductRef{ID: "kettle", Name: "電気ケトル <b>"}
	return &presses{
		orders: map[string]web.Press{
			"m": {Kind: "mute", Product: kettle, Until: time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC), Undo: "u"},
			"s": {Kind: "stop", Product: kettle, Undo: "u"}, "a": {Kind: "ack", Product: kettle}, "u": {Kind: "unmute", Product: kettle},
		},
		fails: map[string]error{"old": web.ErrExpired, "used": web.ErrUsed, "gone": web.ErrNoProduct, "down": errors.New("no store")},
	}
}

func (p *presses) Look(_ context.Context, token string) (web.Press, error) {
	if err := p.fails[token]; err != nil {
		return web.Press{}, fmt.Errorf("look: %w", err)
	}
	o, ok := p.orders[token]
	if !ok {
		return web.Press{}, web.ErrForged
	}
	return o, nil
}

func (p *presses) Press(ctx context.Context, token string) (web.Press, error) {
	o, err := p.Look(ctx, token)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil {
		p.pressed = append(p.pressed, token)
		p.fails[token] = web.ErrUsed
	}
	return o, err
}

// withPresses is a site with a password, whose alerts have buttons.
func withPresses(t *testing.T, change func(*web.Options)) (http.Handler, *presses) {
	t.Helper()
	p := newPresses()
	s, _ := site(t, func(o *web.Options) {
		o.Buttons, o.Password, o.PublicURL = p, "correct horse", "https://box.example"
		if change != nil {
			change(o)
		}
	})
	return s.Handler(), p
}

func TestOpeningAButtonChangesNothing(t *testing.T) {
	h, p := withPresses(t, nil)
	for token, want := range map[string]struct{ says, press string }{
		"m": {"Nobody hears of this product for an hour.", "Mute for an hour"},
		"s": {"Nobody hears of this product until you send alerts again.", "Stop"},
		"a": {"Marks the alert as seen: nobody else is told of it.", "Seen"},
		"u": {"Alerts about this product come again.", "Send alerts again"},
	} {
		do(h, "HEAD", "/do/"+token)
		w := do(h, "GET", "/do/"+token)
		doc := document(t, w)
		form := doc.Find("form[method=post]")
		if w.Code != 200 || doc.Find("h1").Text() != "電気ケトル <b>" || strings.TrimSpace(doc.Find("p[role=status]").Text()) != want.says ||
			form.Find("button").Text() != want.press || form.AttrOr("action", "") != token {
			t.Errorf("GET /do/%s = %d, says %q with the button %q to %q; want %+v to itself", token, w.Code, doc.Find("main").Text(), form.Text(), form.AttrOr("action", ""), want)
		}
		if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "form-action 'self'") {
			t.Errorf("GET /do/%s has the policy %q, want ours", token, csp)
		}
		style := doc.Find("link[rel=stylesheet]").AttrOr("href", "")
		if got := do(h, "GET", "/do/"+style); got.Code != 200 || !strings.HasPrefix(got.Header().Get("Content-Type"), "text/css") {
			t.Errorf("the page's style sheet %s = %d, want it without a password", style, got.Code)
		}
	}
	for _, method := range []string{"PUT", "DELETE", "OPTIONS"} {
		if w := do(h, method, "/do/m"); w.Code != 405 {
			t.Errorf("%s /do/m = %d, want 405", method, w.Code)
		}
	}
	if len(p.pressed) != 0 {
		t.Errorf("%v were pressed by looking", p.pressed)
	}
}

func TestPressingAButton(t *testing.T) {
	h, p := withPresses(t, nil)
	// As a service or a service worker does it: from another site, without a password.
	w := do(h, "POST", "/do/m", "Origin", "https://ntfy.example", "Sec-Fetch-Site", "cross-site", "Accept", "*/*")
	var said struct {
		Done    string
		Product stock.ProductRef
		Until   time.Time
	}
	if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil || w.Code != 200 || said.Done != "mute" || said.Product.ID != "kettle" || said.Until.IsZero() {
		t.Errorf("POST /do/m = %d %s, want what was done in JSON", w.Code, w.Body)
	}
	if got := w.Header().Get("Access-Control-Allow-Origin"); got != "*" {
		t.Errorf("POST /do/m lets %q read the answer, want any site: that of the service pressed", got)
	}
	if strings.Contains(w.Body.String(), `"u"`) {
		t.Errorf("POST /do/m answers %s, want no token in it", w.Body)
	}
	w = do(h, "POST", "/do/m", "Accept", "*/*")
	if w.Code != 409 || !strings.Contains(w.Body.String(), `{"error":"This button was pressed before."}`) {
		t.Errorf("POST /do/m again = %d %s, want 409", w.Code, w.Body)
	}
	// As a person does it.
	doc := document(t, do(h, "POST", "/do/s", "Accept", "text/html,*/*", "Origin", "https://box.example"))
	if form := doc.Find("form[method=post]"); form.AttrOr("action", "") != "u" || form.Find("button").Text() != "Send alerts again" {
		t.Errorf("after stop the page is %q with a form to %q, want one that takes it back", doc.Find("main").Text(), form.AttrOr("action", ""))
	}
	doc = document(t, do(h, "POST", "/do/u", "Accept", "text/html"))
	if doc.Find("form").Length() != 0 || !strings.Contains(doc.Find("main").Text(), "Alerts about this product come again.") {
		t.Errorf("after taking it back the page is %q, want that alerts come again", doc.Find("main").Text())
	}
	if want := []string{"m", "s", "u"}; !slices.Equal(p.pressed, want) {
		t.Errorf("pressed were %v, want %v", p.pressed, want)
	}
}

func TestButtonsThatDoNothing(t *testing.T) {
	h, p := withPresses(t, nil)
	for token, want := range map[string]int{"old": 410, "used": 409, "gone": 410, "down": 503, "forged": 404} {
		for _, method := range []string{"GET", "POST"} {
			w := do(h, method, "/do/"+token, "Accept", "text/html")
			if doc := document(t, w); w.Code != want || doc.Find(".reason").Text() == "" || doc.Find("form").Length() != 0 {
				t.Errorf("%s /do/%s = %d %q, want %d and a reason", method, token, w.Code, doc.Find("main").Text(), want)
			}
		}
	}
	if w := do(h, "POST", "/do/m", "Host", "x"); w.Code != 200 {
		t.Fatalf("POST /do/m = %d, want 200", w.Code)
	}
	r := httptest.NewRequest("POST", "/do/s", nil)
	r.Host = "evil.example"
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != 403 {
		t.Errorf("POST /do/s as evil.example = %d, want 403", w.Code)
	}
	r.Host = "box.example"
	w = httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != 200 {
		t.Errorf("POST /do/s as box.example, our web.public_url, = %d, want 200", w.Code)
	}
	if len(p.pressed) != 2 {
		t.Errorf("pressed were %v, want m and s", p.pressed)
	}
	none, _ := withPresses(t, func(o *web.Options) { o.Buttons = nil })
	if w := do(none, "POST", "/do/m"); w.Code != 404 {
		t.Errorf("POST /do/m without buttons = %d, want 404", w.Code)
	}
}

func TestWrongTokensAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := withPresses(t, nil)
		for i := range 11 {
			want := 404
			if i == 10 {
				want = 429
			}
			if w := do(h, "POST", fmt.Sprint("/do/guess", i)); w.Code != want {
				t.Errorf("wrong token %d = %d, want %d", i+1, w.Code, want)
			}
		}
		if w := do(h, "POST", "/do/m"); w.Code != 200 {
			t.Errorf("a right token from an address with wrong ones = %d, want 200: others come from the same proxy", w.Code)
		}
		time.Sleep(time.Minute)
		if w := do(h, "GET", "/do/guess"); w.Code != 404 {
			t.Errorf("a minute later a wrong token = %d, want 404", w.Code)
		}
	})
}

func TestATokenIsNotLogged(t *testing.T) {
	var log bytes.Buffer
	h, _ := withPresses(t, func(o *web.Options) {
		o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	for _, method := range []string{"GET", "POST", "PUT"} {
		do(h, method, "/do/down")
	}
	if said := log.String(); !strings.Contains(said, "no store") || strings.Contains(said, "/do/down") {
		t.Errorf("the log says %q, want the trouble without the token", said)
	}
}
