package fetch

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// stranger is a port that no page of these tests may reach: it counts datagrams
// and connections, whatever they carry.
type stranger struct {
	port    string
	reached atomic.Int64
}

func openStranger(t *testing.T) *stranger {
	t.Helper()
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tcp.Close() })
	_, port, _ := net.SplitHostPort(tcp.Addr().String())
	udp, err := net.ListenPacket("udp", "127.0.0.1:"+port)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = udp.Close() })
	s := &stranger{port: port}
	go func() {
		for {
			conn, err := tcp.Accept()
			if err != nil {
				return
			}
			s.reached.Add(1)
			_ = conn.Close()
		}
	}()
	go func() {
		for buf := make([]byte, 1500); ; {
			if _, _, err := udp.ReadFrom(buf); err != nil {
				return
			}
			s.reached.Add(1)
		}
	}()
	return s
}

// leaks are the ways by which a page of its own, without a request that the filter
// sees, may have the browser reach a stranger; PORT is his. Each is the body of an
// asynchronous function, whose end says that the browser had its chance.
var leaks = map[string]string{
	"RTCPeerConnection":         `await gather(window)`,
	"RTCPeerConnection by TURN": `await gather(window, {urls: "turn:127.0.0.1:PORT?transport=tcp", username: "u", credential: "c"})`,
	"of an empty frame":         `const f = document.createElement("iframe"); document.body.append(f); await gather(f.contentWindow)`,
	"of a frame with text":      `const f = document.createElement("iframe"); f.srcdoc = "<p>x"; document.body.append(f); await gather(f.contentWindow); await new Promise(r => setTimeout(r, 200)); await gather(f.contentWindow)`,
	"of a frame by script":      `const f = document.createElement("iframe"); f.src = "javascript:'x'"; document.body.append(f); await gather(f.contentWindow)`,
	"of a frame written to":     `const f = document.createElement("iframe"); document.body.append(f); f.contentDocument.open(); f.contentDocument.write("<p>x"); f.contentDocument.close(); await gather(f.contentWindow)`,
	"of a page written anew":    `const w = document.open ? window : null; await gather(w); await gather(Object.getPrototypeOf(Object.getPrototypeOf(window)))`,
	"of a frame of a template":  `document.body.insertAdjacentHTML("beforeend", "<iframe id=h></iframe>"); await gather(h.contentWindow); await gather(frames[frames.length - 1])`,
	"WebTransport":              `const w = new WebTransport("https://127.0.0.1:PORT/"); await w.ready`,
	"WebTransport of a frame":   `const f = document.createElement("iframe"); document.body.append(f); const w = new f.contentWindow.WebTransport("https://127.0.0.1:PORT/"); await w.ready`,
	"WebSocket":                 `const w = new WebSocket("ws://127.0.0.1:PORT/"); await new Promise(r => w.onerror = r)`,
	"preconnect by script":      `const l = document.createElement("link"); l.rel = "preconnect"; l.href = "http://127.0.0.1:PORT/"; document.head.append(l)`,
	"preconnect by attribute":   `const l = document.createElement("link"); document.head.append(l); l.href = "http://127.0.0.1:PORT/"; l.rel = "preconnect"`,
	"preconnect with CORS":      `document.head.insertAdjacentHTML("beforeend", "<link rel='x PRECONNECT' crossorigin href='http://127.0.0.1:PORT/'>")`,
	"preconnect of a template":  `document.head.insertAdjacentHTML("beforeend", "<div><link rel='dns-prefetch preconnect' href='http://127.0.0.1:PORT/'></div>")`,
	"preconnect in a shadow":    `const d = document.createElement("div"); document.body.append(d); d.attachShadow({mode: "open"}).innerHTML = "<link rel=preconnect href='http://127.0.0.1:PORT/'>"`,
	"beacon":                    `navigator.sendBeacon("http://127.0.0.1:PORT/", "x")`,
	"fetch that outlives":       `await fetch("http://127.0.0.1:PORT/", {method: "POST", body: "x", mode: "no-cors", keepalive: true})`,
	"fetch later":               `fetchLater("http://127.0.0.1:PORT/", {activateAfter: 0})`,
	"ping":                      `document.body.insertAdjacentHTML("beforeend", "<a id=p href='#x' ping='http://127.0.0.1:PORT/'>x</a>"); p.click()`,
	"service worker":            `await navigator.serviceWorker.register("/service.js")`,
	"prerender":                 `const s = document.createElement("script"); s.type = "speculationrules"; s.text = JSON.stringify({prerender: [{urls: ["http://127.0.0.1:PORT/"], eagerness: "immediate"}], prefetch: [{urls: ["http://127.0.0.1:PORT/"], eagerness: "immediate"}]}); document.head.append(s)`,
	"prerender by link":         `document.head.insertAdjacentHTML("beforeend", "<link rel=prerender href='http://127.0.0.1:PORT/'><link rel=prefetch href='http://127.0.0.1:PORT/'><link rel=modulepreload href='http://127.0.0.1:PORT/'>")`,
	"payment":                   `await new PaymentRequest([{supportedMethods: "https://127.0.0.1:PORT/pay"}], {total: {label: "x", amount: {currency: "JPY", value: "1"}}}).canMakePayment()`,
	"log-in by another":         `await navigator.credentials.get({identity: {providers: [{configURL: "https://127.0.0.1:PORT/c.json", clientId: "1"}]}})`,
	"report":                    `await fetch("/report-to-stranger")`,
	"image":                     `const i = new Image(); i.src = "http://127.0.0.1:PORT/"; await new Promise(r => i.onerror = r)`,
	"style":                     `document.head.insertAdjacentHTML("beforeend", "<style>@import 'http://127.0.0.1:PORT/a.css'</style>")`,
	"icon":                      `document.head.insertAdjacentHTML("beforeend", "<link rel=icon href='http://127.0.0.1:PORT/i.ico'>")`,
}

// gathering has a peer connection look for its own addresses by a server.
const gathering = `async function gather(of, server) {
	const RTC = of.RTCPeerConnection || of.webkitRTCPeerConnection;
	const pc = new RTC({iceServers: [server || {urls: "stun:127.0.0.1:PORT"}]});
	pc.createDataChannel("x");
	await pc.setLocalDescription(await pc.createOffer());
	const over = new Promise(r => setTimeout(r, 1000));
	await Promise.race([over, new Promise(r => pc.onicegatheringstatechange = () => pc.iceGatheringState === "complete" && r())]);
}`

// Whatever a page tries, the browser reaches nobody whom its user did not name.
func testLeaks(t *testing.T, b *chromium) {
	for name, leak := range leaks {
		t.Run(name, func(t *testing.T) {
			other := openStranger(t)
			script := strings.ReplaceAll(gathering+"(async () => {"+leak+`})().catch(() => 0).then(() => setTimeout(() => state.id = "drawn", 300))`, "PORT", other.port)
			s := openShop(t, map[string]http.HandlerFunc{
				"/item/": answers(200, `<!DOCTYPE html><html><head></head><body><p id=state>x<script>`+script+"</script>",
					"Content-Type", "text/html; charset=utf-8",
					"Link", fmt.Sprintf(`<http://127.0.0.1:%s/>; rel=preconnect`, other.port),
					"Reporting-Endpoints", fmt.Sprintf(`default="http://127.0.0.1:%s/"`, other.port)),
				"/service.js": answers(200, "", "Content-Type", "text/javascript"),
			})
			wantOutcome(t, draw(t, browserClient(t, b.url), s.URL+"/item/"), stock.OK, "")
			if n := other.reached.Load(); n != 0 {
				t.Errorf("a stranger's port was reached %d times, want never", n)
			}
			for _, path := range s.paths() {
				if path != "/item/" && path != "/report-to-stranger" {
					t.Errorf("the page asked its shop for %s, want for the page alone", path)
				}
			}
		})
	}
}

// A page that is not drawn because its hosts are not allowed says which they are.
func testNamesRefused(t *testing.T, b *chromium) {
	other := openShop(t, nil)
	s := openShop(t, map[string]http.HandlerFunc{
		"/robots.txt": robotsTxt("User-agent: *\nDisallow: /private"),
		"/item/": shopPage(`<script src="http://cdn.example/app.js"></script><script>fetch("http://api.example/1").catch(() => 0); fetch("http://api.example/2").catch(() => 0);
			fetch("/private/state").catch(() => 0); fetch("` + other.URL + `/").catch(() => 0); new Image().src = "http://ads.example/a.png"</script>`),
		"/state": answers(http.StatusNoContent, ""),
		"/good":  shopPage(`<script>fetch("http://api.example/1").catch(() => 0)</script>`),
	})
	c := browserClient(t, b.url, func(o *Options) { o.AllowPrivate = true })
	c.browser.patience = 2 * time.Second
	p := c.Fetch(t.Context(), stock.Request{URL: s.URL + "/item/", Draw: &stock.Drawing{Ready: "#never", Hosts: []string{"cdn.invalid"}}})
	want := "the page was not drawn within 2s: nothing on it is #never; " + other.host(t) + ", api.example, cdn.example: not in draw_hosts; " +
		s.host(t) + ": its robots.txt forbids what the page asks for"
	wantOutcome(t, p, stock.Unreadable, want)
	p = c.Fetch(t.Context(), stock.Request{URL: s.URL + "/good", Draw: &stock.Drawing{Ready: "#state"}})
	wantOutcome(t, p, stock.OK, "")
	if p.Refused.Text != "api.example: not in draw_hosts" {
		t.Errorf("a page that was drawn refused %q, want what its reader may need to know: api.example", p.Refused.Text)
	}
}
