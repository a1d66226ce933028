package web_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/access"
	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// browser keeps cookies and sends what browsers send with a page or a form.
type browser struct {
	t    *testing.T
	h    http.Handler
	site string // as the address bar has it
	jar  http.CookieJar
	from string // its address
}

func newBrowser(t *testing.T, h http.Handler, site string) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, h: h, site: site, jar: jar, from: "192.0.2.9:4000"}
}

func (b *browser) send(method, path string, form url.Values) *httptest.ResponseRecorder {
	b.t.Helper()
	u, err := url.Parse(b.site + path)
	if err != nil {
		b.t.Fatal(err)
	}
	r := httptest.NewRequest(method, u.RequestURI(), strings.NewReader(form.Encode()))
	r.Host, r.RemoteAddr = u.Host, b.from
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", u.Scheme+"://"+u.Host)
	}
	for _, c := range b.jar.Cookies(u) {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.h.ServeHTTP(w, r)
	b.jar.SetCookies(u, w.Result().Cookies())
	return w
}

// press sends the form of a page whose action ends so, with its hidden fields.
func (b *browser) press(page, action string, more url.Values) *httptest.ResponseRecorder {
	b.t.Helper()
	form := document(b.t, b.send("GET", page, nil)).Find(`form[action$="` + action + `"]`).First()
	to, ok := form.Attr("action")
	if !ok {
		b.t.Fatalf("%s has no form that leads to %s", page, action)
	}
	values := url.Values{}
	for _, input := range form.Find("input[type=hidden]").EachIter() {
		values.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
	}
	maps.Copy(values, more)
	return b.send("POST", b.resolve(page, to), values)
}

// resolve returns the path that a link of a page leads to.
func (b *browser) resolve(page, to string) string {
	b.t.Helper()
	at, err := url.Parse(page)
	if err != nil {
		b.t.Fatal(err)
	}
	u, err := at.Parse(to)
	if err != nil {
		b.t.Fatal(err)
	}
	return u.RequestURI()
}

func (b *browser) signIn(page, password string) *httptest.ResponseRecorder {
	return b.press(page, "/signin", url.Values{"password": {password}})
}

func TestABrowserSignsInAndOut(t *testing.T) {
	for _, tt := range []struct{ name, password string }{
		{"a password", "correct horse"},
		{"the hash of a password", access.HashPassword("correct horse")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, store := site(t, func(o *web.Options) { o.Password = tt.password })
			b := newBrowser(t, s.Handler(), "http://localhost:8480")
			w := b.send("GET", "/dead?x=1", nil)
			if asks := w.Header().Get("WWW-Authenticate"); w.Code != 401 || strings.HasPrefix(asks, "Basic") || !strings.Contains(w.Body.String(), `type="password"`) {
				t.Fatalf("a page without a session: %d, WWW-Authenticate %q, %.200s; want 401 and a form for the password", w.Code, asks, w.Body)
			}
			if w := b.signIn("/dead?x=1", "wrong horse"); w.Code != 401 || !strings.Contains(w.Body.String(), "Wrong password") {
				t.Errorf("a wrong password: %d %.300s, want 401 and why", w.Code, w.Body)
			}
			if w := b.signIn("/dead?x=1", "correct horse"); w.Code != 303 || w.Header().Get("Location") != "/dead?x=1" {
				t.Fatalf("the right password: %d to %q, want 303 to the page that was asked for", w.Code, w.Header().Get("Location"))
			}
			if w := b.send("GET", "/dead", nil); w.Code != 200 {
				t.Errorf("a page with a session: %d, want 200", w.Code)
			}
			if w := b.press("/dead", "/redrive", nil); w.Code != 303 || len(store.done) != 1 {
				t.Errorf("a button with a session: %d and %v was done, want 303 and one thing", w.Code, store.done)
			}
			if w := b.press("/settings", "/signout", nil); w.Code != 303 {
				t.Errorf("sign out: %d, want 303", w.Code)
			}
			if w := b.send("GET", "/dead", nil); w.Code != 401 {
				t.Errorf("a page after signing out: %d, want 401", w.Code)
			}
		})
	}
}

func TestTheCookieOfASession(t *testing.T) {
	for _, tt := range []struct {
		name, public, site, cookie, path string
		secure                           bool
	}{
		{"this machine", "", "http://localhost:8480", "sainyuka", "/", false},
		{"https", "https://box.example", "https://box.example", "__Host-sainyuka", "/", true},
		{"https below a path", "https://box.example/stock", "https://box.example/stock", "__Secure-sainyuka", "/stock/", true},
	} {
		s, _ := site(t, func(o *web.Options) { o.Password, o.PublicURL = "correct horse", tt.public })
		b := newBrowser(t, s.Handler(), tt.site)
		page := document(t, b.send("GET", "/", nil))
		csrf := page.Find("input[name=csrf]").AttrOr("value", "")
		w := b.send("POST", "/signin", url.Values{"csrf": {csrf}, "password": {"correct horse"}})
		i := slices.IndexFunc(w.Result().Cookies(), func(c *http.Cookie) bool { return c.Name == tt.cookie })
		if i < 0 {
			t.Errorf("%s: sign in answers %d with the cookies %v, want one called %s", tt.name, w.Code, w.Result().Cookies(), tt.cookie)
			continue
		}
		c := w.Result().Cookies()[i]
		if c.Path != tt.path || c.Secure != tt.secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Domain != "" || len(c.Value) < 43 {
			t.Errorf("%s: cookie %v, want path %s, secure %v, HttpOnly, SameSite=Lax, no domain and 256 bits", tt.name, c, tt.path, tt.secure)
		}
		first := c.Value
		w = b.send("POST", "/signin", url.Values{"csrf": {csrf}, "password": {"correct horse"}})
		for _, c := range w.Result().Cookies() {
			if c.Name == tt.cookie && c.Value == first {
				t.Errorf("%s: signing in again keeps the session, want a new one each time", tt.name)
			}
		}
	}
}

func TestSigningOutEverywhereEndsAllSessions(t *testing.T) {
	s, _ := site(t, locked)
	h := s.Handler()
	var all []*browser
	for range 3 {
		b := newBrowser(t, h, "http://localhost:8480")
		if w := b.signIn("/", "correct horse"); w.Code != 303 {
			t.Fatalf("sign in: %d, want 303", w.Code)
		}
		all = append(all, b)
	}
	if w := all[0].press("/settings", "/settings/sessions/end", nil); w.Code != 303 {
		t.Errorf("sign out everywhere: %d, want 303", w.Code)
	}
	for i, b := range all {
		if w := b.send("GET", "/", nil); w.Code != 401 {
			t.Errorf("browser %d after signing out everywhere: %d, want 401", i, w.Code)
		}
	}
}

func TestFormsCarryATokenThatNobodyElseHas(t *testing.T) {
	for _, password := range []string{"", "correct horse"} {
		s, store := site(t, func(o *web.Options) { o.Password = password })
		h := s.Handler()
		b, other := newBrowser(t, h, "http://localhost:8480"), newBrowser(t, h, "http://localhost:8480")
		if password != "" {
			b.signIn("/", password)
			other.signIn("/", password)
		}
		for _, page := range []string{"/", "/dead", "/settings"} {
			for _, form := range document(t, b.send("GET", page, nil)).Find("form[method=post]").EachIter() {
				if form.Find("input[name=csrf]").Length() != 1 {
					t.Errorf("%s: the form to %s has no token, want one", page, form.AttrOr("action", ""))
				}
			}
		}
		foreign := document(t, other.send("GET", "/dead", nil)).Find("input[name=csrf]").First().AttrOr("value", "")
		for name, token := range map[string]string{"no token": "", "made up": "AAAA", "of another browser": foreign} {
			if w := b.send("POST", "/dead/12_phone_abcdefgh23456777/discard", url.Values{"csrf": {token}}); w.Code != 403 {
				t.Errorf("password %q, a form with a token that is %s: %d, want 403", password, name, w.Code)
			}
		}
		if len(store.done) != 0 {
			t.Errorf("password %q: forms without their token did %v", password, store.done)
		}
	}
}

// A session alone is not enough for the API: another site's page could send it along.
func TestASessionNeedsMoreForTheAPI(t *testing.T) {
	s, _ := site(t, locked)
	h := s.Handler()
	b := newBrowser(t, h, "http://localhost:8480")
	b.signIn("/", "correct horse")
	at, _ := url.Parse(b.site)
	var cookies []string
	for _, c := range b.jar.Cookies(at) {
		cookies = append(cookies, c.String())
	}
	for _, tt := range []struct {
		name   string
		header []string
		want   int
	}{
		{"nothing more", nil, 403},
		{"our own script", []string{"Sec-Fetch-Site", "same-origin"}, 404},
		{"our own origin", []string{"Origin", "http://127.0.0.1:8480"}, 404},
		{"another site", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"another origin", []string{"Origin", "https://evil.example"}, 403},
	} {
		header := append([]string{"Cookie", strings.Join(cookies, "; ")}, tt.header...)
		if w := do(h, "DELETE", "/api/v1/dead/x", header...); w.Code != tt.want {
			t.Errorf("%s: DELETE with a session = %d %s, want %d", tt.name, w.Code, w.Body, tt.want)
		}
	}
}

func TestSigningInLeadsToOurOwnPagesOnly(t *testing.T) {
	s, _ := site(t, locked)
	for next, want := range map[string]string{
		"/dead": "/dead", "/watches/a?b=c": "/watches/a?b=c", "": "/", "//evil.example": "/", "/\\evil.example": "/", "https://evil.example": "/",
		"/\t/evil.example": "/", "javascript:alert(1)": "/", "dead": "/", "/signin": "/", "/%2f/evil": "/%2f/evil",
	} {
		b := newBrowser(t, s.Handler(), "http://localhost:8480")
		w := b.press("/", "/signin", url.Values{"password": {"correct horse"}, "next": {next}})
		if got := w.Header().Get("Location"); w.Code != 303 || got != want {
			t.Errorf("next %q: %d to %q, want 303 to %q", next, w.Code, got, want)
		}
	}
}

func TestTokensOpenWhatTheirScopesSay(t *testing.T) {
	s, _ := site(t, func(o *web.Options) { locked(o); o.Hint = func(stock.Hint) error { return nil } })
	h := s.Handler()
	add := func(scopes ...string) string {
		body, err := json.Marshal(map[string]any{"name": "test", "scopes": scopes})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("POST", "/api/v1/tokens", strings.NewReader(string(body)))
		w := httptest.NewRecorder()
		s.Control().ServeHTTP(w, r)
		var made struct{ Token string }
		if err := json.Unmarshal(w.Body.Bytes(), &made); w.Code != 201 || err != nil || !strings.HasPrefix(made.Token, "sainyuka_") {
			t.Fatalf("make a token: %d %s", w.Code, w.Body)
		}
		return made.Token
	}
	read, write, hints := add("read"), add("write"), add("hints")
	for _, tt := range []struct {
		name, token, method, path string
		want                      int
	}{
		{"read sees", read, "GET", "/api/v1/products", 200},
		{"read changes nothing", read, "DELETE", "/api/v1/dead/x", 403},
		{"read hints nothing", read, "POST", "/api/v1/hints", 403},
		{"read opens no page", read, "GET", "/", 403},
		{"write sees", write, "GET", "/api/v1/products", 200},
		{"write changes", write, "DELETE", "/api/v1/dead/x", 404},
		{"write hints", write, "POST", "/api/v1/hints", 400},
		{"write makes no token", write, "POST", "/api/v1/tokens", 403},
		{"write sees no token", write, "GET", "/api/v1/tokens", 403},
		{"write ends no session", write, "DELETE", "/api/v1/sessions", 403},
		{"hints hints", hints, "POST", "/api/v1/hints", 400},
		{"hints sees nothing", hints, "GET", "/api/v1/products", 403},
		{"another", "sainyuka_AAAA", "GET", "/api/v1/products", 401},
	} {
		if w := do(h, tt.method, tt.path, "Authorization", "Bearer "+tt.token); w.Code != tt.want {
			t.Errorf("%s: %s %s = %d %s, want %d", tt.name, tt.method, tt.path, w.Code, w.Body, tt.want)
		}
	}
}

// A token is made and revoked in the settings, and its secret is shown once.
func TestTokensInTheSettings(t *testing.T) {
	s, _ := site(t, locked)
	h := s.Handler()
	b := newBrowser(t, h, "http://localhost:8480")
	b.signIn("/", "correct horse")
	w := b.press("/settings", "/settings/tokens", url.Values{"name": {"<script>家"}, "scope": {"read", "hints"}})
	secret := document(t, w).Find("#token-secret").Text()
	if !strings.HasPrefix(secret, "sainyuka_") {
		t.Fatalf("make a token: %d without its secret: %.500s", w.Code, w.Body)
	}
	if w := do(h, "GET", "/api/v1/products", "Authorization", "Bearer "+secret); w.Code != 200 {
		t.Errorf("the token opens the API: %d, want 200", w.Code)
	}
	page := b.send("GET", "/settings", nil).Body.String()
	if strings.Contains(page, secret) || strings.Contains(page, "<script>家") || !strings.Contains(page, "家") {
		t.Error("the settings show the token's secret again or its name raw, want its name as text and no secret")
	}
	if w := b.press("/settings", "/revoke", nil); w.Code != 303 {
		t.Errorf("revoke: %d, want 303", w.Code)
	}
	if w := do(h, "GET", "/api/v1/products", "Authorization", "Bearer "+secret); w.Code != 401 {
		t.Errorf("a revoked token: %d, want 401", w.Code)
	}
	if w := b.press("/settings", "/settings/tokens", url.Values{"name": {"x"}}); w.Code != 422 {
		t.Errorf("a token without a scope: %d, want 422", w.Code)
	}
}
