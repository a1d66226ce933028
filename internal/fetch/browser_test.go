package fetch

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// drawn is what the pages of these tests have once they are drawn.
const drawn = "#drawn"

// shopPage is a page whose bytes do not say its state: its script asks for it.
// Before that it does what the test is about.
func shopPage(does string) http.HandlerFunc {
	return says("text/html; charset=utf-8", `<!DOCTYPE html><html><head><title>カメラ</title></head><body><p id="state">読み込み中</p>
`+does+`<script>fetch("/state").then(r => r.text()).then(text => { state.textContent = text; state.id = "drawn" })</script></body></html>`)
}

// browserClient returns a client with a browser that may be slow to open a tab.
func browserClient(t *testing.T, url string, set ...func(*Options)) *Client {
	t.Helper()
	c := newClient(t, append([]func(*Options){func(o *Options) { o.BrowserURL = url }}, set...)...)
	c.browser.client.Timeout = time.Minute
	return c
}

func draw(t *testing.T, c *Client, url string, hosts ...string) stock.Page {
	t.Helper()
	return c.Fetch(t.Context(), stock.Request{URL: url, Draw: &stock.Drawing{Ready: drawn, Hosts: hosts}})
}

// The tests of one browser: starting it costs more than drawing a page.
func TestBrowser(t *testing.T) {
	b := startChromium(t, "0")
	before := b.tabs(t)
	for _, tt := range []struct {
		name string
		test func(*testing.T, *chromium)
	}{
		{"draws what only a script says", testDrawsState},
		{"says who it is and keeps nothing", testStranger},
		{"gives up waiting", testNeverDrawn},
		{"gives up a busy page", testBusyPage},
		{"asks for nothing else", testAsksForNothingElse},
		{"asks the hosts that the source names", testNamedHosts},
		{"follows no page elsewhere", testMoves},
		{"takes a refusal as it is", testRefusals},
		{"takes no download", testDownload},
		{"bounds a page", testHugePages},
		{"obeys robots.txt", testBrowserRobots},
		{"keeps the gap", testBrowserGap},
		{"keeps out of the private network", testBrowserGuard},
		{"reaches no stranger", testLeaks},
		{"names what was refused", testNamesRefused},
		{"goes through the proxy", testBrowserProxy},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, b) })
	}
	if after := b.tabs(t); after != before {
		t.Errorf("after all pages the browser has %d tabs, before them it had %d", after, before)
	}
}

func testDrawsState(t *testing.T, b *chromium) {
	state := "在庫あり"
	s := openShop(t, map[string]http.HandlerFunc{
		"/item/": shopPage(""),
		"/state": func(w http.ResponseWriter, r *http.Request) { says("text/plain; charset=utf-8", state)(w, r) },
		"/euc":   answers(200, "<meta charset=euc-jp><script>document.title='\\u30ab'; history.replaceState(0, '', '/item/9#a')</script><p id=drawn>\xba\xdf\xb8\xcb", "Content-Type", "text/html; charset=euc-jp"),
	})
	c := browserClient(t, b.url)
	for _, state = range []string{"在庫あり", "売り切れました"} {
		p := draw(t, c, s.URL+"/item/?a=b#buy")
		wantOutcome(t, p, stock.OK, "")
		if !strings.Contains(string(p.Body), `<p id="drawn">`+state+`</p>`) || p.Charset != "utf-8" || p.Status != 200 {
			t.Errorf("got %s in %s, status %d; want a page that says %s", p.Body, p.Charset, p.Status, state)
		}
		if want := s.URL + "/item/?a=b"; p.FinalURL != want {
			t.Errorf("FinalURL = %q, want %q", p.FinalURL, want)
		}
	}
	p := draw(t, c, s.URL+"/euc")
	wantOutcome(t, p, stock.OK, "")
	if !strings.Contains(string(p.Body), ">在庫") || p.FinalURL != s.URL+"/item/9" {
		t.Errorf("a page in EUC-JP: got %s at %s; want it in UTF-8, and the address that its script gave it", p.Body, p.FinalURL)
	}
	// Without a browser, or for a page that needs none, the bytes are all there is.
	for name, p := range map[string]stock.Page{
		"no browser": draw(t, newClient(t), s.URL+"/item/"), "no need": get(t, c, s.URL+"/item/"),
	} {
		if p.Outcome != stock.OK || !strings.Contains(string(p.Body), "読み込み中") {
			t.Errorf("%s: %s %q, body %s; want the server's bytes", name, p.Outcome, p.Reason, p.Body)
		}
	}
}

// Every look is that of somebody who has never been here and says who he is.
func testStranger(t *testing.T, b *chromium) {
	s := openShop(t, map[string]http.HandlerFunc{
		"/item/": shopPage(`<script>n = Number(localStorage.n || 0); localStorage.n = n + 1; document.cookie = "seen=" + n + ";path=/;max-age=9999"</script>`),
		"/state": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "max-age=9999")
			fmt.Fprintf(w, "cookie %s", r.Header.Get("Cookie"))
		},
	})
	c := browserClient(t, b.url)
	before := b.tabs(t)
	for i := range 2 {
		if p := draw(t, c, s.URL+"/item/"); !strings.Contains(string(p.Body), "cookie seen=0<") {
			t.Errorf("look %d: %s %q, %s; want a page that has never been here", i, p.Outcome, p.Reason, p.Body)
		}
	}
	if got, want := s.paths(), []string{"/item/", "/state", "/item/", "/state"}; !slices.Equal(got, want) {
		t.Errorf("two looks asked for %v, want %v: nothing is cached", got, want)
	}
	if after := b.tabs(t); after != before {
		t.Errorf("two looks left %d tabs, there were %d before", after, before)
	}
	for _, v := range s.seen() {
		if got := v.header.Get("User-Agent"); got != testAgent {
			t.Errorf("GET %s with User-Agent %q, want %q", v.path, got, testAgent)
		}
		if got := v.header.Get("Sec-Ch-Ua"); got != "" && got != `"sainyuka";v="0.0"` {
			t.Errorf("GET %s with Sec-CH-UA %s, want our name alone", v.path, got)
		}
		if got := v.header.Get("Accept-Language"); !strings.HasPrefix(got, "ja,en;q=0.") {
			t.Errorf("GET %s with Accept-Language %q, want Japanese and then English", v.path, got)
		}
	}
}

func testNeverDrawn(t *testing.T, b *chromium) {
	s := openShop(t, map[string]http.HandlerFunc{
		"/item/": shopPage(""),
		"/state": answers(http.StatusNoContent, ""),
		"/gone":  says("text/html", "<h1>この商品は削除されています</h1>"),
	})
	c := browserClient(t, b.url)
	c.browser.patience = 2 * time.Second
	p := draw(t, c, s.URL+"/gone")
	wantOutcome(t, p, stock.Unreadable, "the page was not drawn within 2s: nothing on it is #drawn")
	if !strings.Contains(string(p.Body), "削除されています") {
		t.Errorf("body %s, want what stood there", p.Body)
	}
	p = c.Fetch(t.Context(), stock.Request{URL: s.URL + "/gone", Draw: &stock.Drawing{}})
	wantOutcome(t, p, stock.OK, "") // it has loaded
	p = c.Fetch(t.Context(), stock.Request{URL: s.URL + "/gone", Draw: &stock.Drawing{Ready: "p:::"}})
	wantOutcome(t, p, stock.Failed, "the page's selector of readiness is not one")
}

func testBusyPage(t *testing.T, b *chromium) {
	s := openShop(t, map[string]http.HandlerFunc{
		"/loop":  shopPage(`<script>for (;;) {}</script>`),
		"/item/": shopPage(""), "/state": says("text/plain", "ok"),
	})
	c := browserClient(t, b.url)
	c.browser.patience = time.Second
	before := b.tabs(t)
	wantOutcome(t, draw(t, c, s.URL+"/loop"), stock.Failed, "the page keeps the browser busy")
	if after := b.tabs(t); after != before {
		t.Errorf("a busy page left %d tabs, there were %d before", after, before)
	}
	c = browserClient(t, b.url)
	wantOutcome(t, draw(t, c, s.URL+"/item/"), stock.OK, "")
}

// Whatever a page wants besides its state, the shop hears of nothing.
func testAsksForNothingElse(t *testing.T, b *chromium) {
	other := openShop(t, nil)
	does := map[string]string{
		"images": `<img src="/a.png"><img src="%[1]s/b.png"><script>new Image().src = "/c.png"</script><style>body { background: url(/d.png) }</style>`,
		"fonts and media": `<style>@font-face { font-family: f; src: url(/f.woff) } body { font-family: f }</style>字
			<video src="/v.mp4" preload="auto"></video><audio src="/a.mp3" preload="auto"></audio>`,
		"frames":     `<iframe src="/frame"></iframe><iframe src="%[1]s/frame"></iframe><object data="/object"></object><embed src="/embed">`,
		"strangers":  `<script src="%[1]s/ads.js"></script><link rel="stylesheet" href="%[1]s/a.css"><script>fetch("%[1]s/track", {mode: "no-cors", method: "POST", body: "x"})</script>`,
		"in advance": `<link rel="prefetch" href="/next"><link rel="preload" as="image" href="/p.png"><link rel="preconnect" href="%[1]s"><link rel="dns-prefetch" href="%[1]s">`,
		"speculation": `<script type="speculationrules">{"prefetch": [{"source": "list", "urls": ["/s1"], "eagerness": "immediate"}],
			"prerender": [{"source": "list", "urls": ["/s2"], "eagerness": "immediate"}]}</script>
			<script>s = document.createElement("script"); s.type = "speculationrules"; d = document.createElement("div"); d.append(s);
			s.text = '{"prefetch": [{"source": "list", "urls": ["/s3"], "eagerness": "immediate"}]}'; document.body.append(d)</script>`,
		"dialogs":  `<script>alert(1); confirm(2); prompt(3); print(); onbeforeunload = () => "stay"</script>`,
		"windows":  `<a id="w" href="/window" target="_blank">x</a><script>window.open("/popup"); w.click()</script>`,
		"download": `<a id="d" href="/file" download>x</a><script>d.click()</script>`,
		"workers": `<script>new Worker("/worker.js"); new SharedWorker("/shared.js"); navigator.serviceWorker.register("/service.js").catch(() => 0);
			new Worker(URL.createObjectURL(new Blob(["fetch('" + location.origin + "/from-worker')"])))</script>`,
		"channels": `<script>new WebSocket("ws://" + location.host + "/socket"); new EventSource("/events"); navigator.sendBeacon("/beacon", "x")</script>`,
		"forms":    `<form id="f" action="/form"></form><script>f.submit()</script>`,
	}
	all := strings.ReplaceAll(strings.Join(slices.Collect(maps.Values(does)), "\n"), "%[1]s", other.URL)
	s := openShop(t, map[string]http.HandlerFunc{"/item/": shopPage(all), "/state": says("text/plain", "ok")})
	wantOutcome(t, draw(t, browserClient(t, b.url), s.URL+"/item/"), stock.OK, "")
	if got, want := s.paths(), []string{"/item/", "/state"}; !slices.Equal(got, want) {
		t.Errorf("the page asked for %v, want %v", got, want)
	}
	if got := other.seen(); len(got) != 0 {
		t.Errorf("a stranger was asked %d times: %v", len(got), got)
	}
}

func testNamedHosts(t *testing.T, b *chromium) {
	data := openShop(t, map[string]http.HandlerFunc{
		"/data": answers(200, "x", "Access-Control-Allow-Origin", "*", "Access-Control-Allow-Headers", "*"),
	})
	s := openShop(t, map[string]http.HandlerFunc{
		"/item/": says("text/html", `<p id=p><script>fetch("`+data.URL+`/data", {headers: {"X-Own": "1"}}).catch(() => 0).then(() => p.id = "drawn")</script>`),
	})
	p := draw(t, browserClient(t, b.url), s.URL+"/item/", data.host(t))
	wantOutcome(t, p, stock.OK, "")
	if got, want := data.paths(), []string{"/data", "/data"}; !slices.Equal(got, want) {
		t.Errorf("the host that the source names was asked for %v, want %v: the question whether, and the data", got, want)
	}
}

func testMoves(t *testing.T, b *chromium) {
	const away = "redirects to shop.example: watch that URL"
	s := openShop(t, map[string]http.HandlerFunc{
		"/robots.txt": robotsTxt("User-agent: *\nDisallow: /closed"),
		"/state":      says("text/plain", "ok"), "/item/": shopPage(""), "/closed": shopPage(""),
		"/302":      sends("/item/"),
		"/302away":  sends("http://shop.example/"),
		"/302close": sends("/closed"),
		"/js":       says("text/html", `<script>location.replace("/item/?js")</script>`),
		"/jsaway":   says("text/html", `<script>location.href = "http://shop.example/"</script>`),
		"/meta":     says("text/html", `<meta http-equiv="refresh" content="0;url=/item/?meta">`),
	})
	c := browserClient(t, b.url)
	for _, tt := range []struct {
		path    string
		outcome stock.Outcome
		reason  string
		final   string
	}{
		{"/302", stock.OK, "", "/item/"},
		{"/302away", stock.WrongProduct, away, "/302away"},
		{"/302close", stock.Disallowed, "robots.txt of " + s.host(t) + ` says "Disallow: /closed"`, ""},
		{"/js", stock.OK, "", "/item/?js"},
		{"/jsaway", stock.WrongProduct, away, "/jsaway"},
		{"/meta", stock.OK, "", "/item/?meta"},
	} {
		p := draw(t, c, s.URL+tt.path)
		wantOutcome(t, p, tt.outcome, tt.reason)
		if got := strings.TrimPrefix(p.FinalURL, s.URL); got != tt.final {
			t.Errorf("Fetch(%s).FinalURL = %q, want %q", tt.path, got, tt.final)
		}
	}
	if slices.Contains(s.paths(), "/closed") {
		t.Error("the page that robots.txt forbids was asked")
	}
}

func testRefusals(t *testing.T, b *chromium) {
	page := `<h1>Just a moment</h1><script>fetch("/solve")</script>`
	html := []string{"Content-Type", "text/html; charset=utf-8"}
	s := openShop(t, map[string]http.HandlerFunc{
		"/401": answers(401, page, append(html, "WWW-Authenticate", `Basic realm="shop"`)...),
		"/403": answers(403, page, html...),
		"/429": answers(429, page, append(html, "Retry-After", "90")...),
		"/204": answers(204, ""),
	})
	c := browserClient(t, b.url)
	for path, want := range map[string]struct {
		outcome stock.Outcome
		reason  string
		body    string
		wait    time.Duration
	}{
		"/401": {stock.Blocked, "401 Unauthorized", page, 0},
		"/403": {stock.Blocked, "403 Forbidden", page, 0},
		"/429": {stock.RateLimited, "429 Too Many Requests", page, 90 * time.Second},
		"/204": {stock.Failed, "204 No Content", "", 0},
	} {
		p := draw(t, c, s.URL+path)
		wantOutcome(t, p, want.outcome, want.reason)
		if string(p.Body) != want.body || p.RetryAfter != want.wait {
			t.Errorf("Fetch(%s): body %q, RetryAfter %s; want %q, %s", path, p.Body, p.RetryAfter, want.body, want.wait)
		}
	}
	if got := len(s.paths()); got != 4 {
		t.Errorf("the shop was asked for %v, want each page once: no refusal's script is run", s.paths())
	}
	closed := openShop(t, nil)
	get(t, c, closed.URL+"/") // robots.txt is known
	closed.Close()
	wantOutcome(t, draw(t, c, closed.URL+"/"), stock.Failed, "connection refused")
}

func testDownload(t *testing.T, b *chromium) {
	s := openShop(t, map[string]http.HandlerFunc{
		"/zip":  says("application/zip", "PK\x03\x04"),
		"/html": answers(200, "<p id=drawn>x", "Content-Type", "text/html", "Content-Disposition", `attachment; filename="a.html"`),
	})
	c := browserClient(t, b.url)
	for path, want := range map[string]string{"/zip": "PK\x03\x04", "/html": "<p id=drawn>x"} {
		p := draw(t, c, s.URL+path)
		if p.Outcome != stock.OK || string(p.Body) != want {
			t.Errorf("Fetch(%s) = %s %q, body %q; want the server's bytes %q", path, p.Outcome, p.Reason, p.Body, want)
		}
	}
}

func testHugePages(t *testing.T, b *chromium) {
	s := openShop(t, map[string]http.HandlerFunc{
		"/drawn": says("text/html", `<p id=drawn><script>for (i = 0; i < 100; i++) document.body.append(document.createElement("p"), "&<".repeat(500))</script>`),
		"/wide":  says("text/html; charset=utf-8", "<p id=drawn>"+strings.Repeat("在", 15_000)), // 45 kB
		"/wider": says("text/html", `<p id=drawn>x<script>drawn.append("在".repeat(25_000))</script>`),
	})
	c := browserClient(t, b.url, func(o *Options) { o.MaxBody = 64 << 10 })
	const tooLarge = "too large: more than 65536 bytes"
	wantOutcome(t, draw(t, c, s.URL+"/drawn"), stock.Failed, tooLarge)
	wantOutcome(t, draw(t, c, s.URL+"/wider"), stock.Failed, tooLarge)
	wantOutcome(t, draw(t, c, s.URL+"/wide"), stock.OK, "")
}
