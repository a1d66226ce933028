package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/fakeshop"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// reachable returns how many elements of the page can have the focus, as a person sees it.
const reachable = `
	const all = [...document.querySelectorAll("a[href], button, summary, input, select, textarea, pre[tabindex]")].filter((e) =>
		!e.disabled && !(e.tabIndex < 0 && e.closest("svg")) && e.type !== "hidden" && !e.closest("[hidden]") && e.checkVisibility() && !(e.tagName !== "SUMMARY" && e.closest("details:not([open]) > :not(summary)")));
	const radios = new Map();
	const stops = all.filter((e) => {
		if (e.type !== "radio") return true;
		const had = radios.has(e.name);
		radios.set(e.name, true);
		return !had; // a group of them is one stop
	});
	window.toReach = stops;
	document.body.tabIndex = -1; // from the begin of the page, also where a field has the focus
	document.body.focus();
	return String(stops.length);`

// focused names the element that has the focus, and whether it can be seen that it does.
const focused = `
	const e = document.activeElement;
	if (!e || e === document.body) return "";
	const s = getComputedStyle(e);
	window.stops ??= new Set();
	window.stops.add(e.type === "radio" ? window.toReach.find((w) => w.type === "radio" && w.name === e.name) : e);
	const seen = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0;
	return seen ? "seen" : "not seen: " + e.outerHTML.slice(0, 100);`

// stolen is the name of a thing that harms a page which takes it for its own.
const stolen = `茶碗 <script>window.stolen = 1</script><img src=x onerror="window.stolen = 2">`

// streetOfAll is a box whose pages show something everywhere: every state, several shops,
// tags, what was told, what could not be, what is muted, and a browser that may subscribe.
func streetOfAll(t *testing.T) (b *box, tid string) {
	t.Helper()
	refuses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) }))
	t.Cleanup(refuses.Close)
	const more = `[[product]]
id = "dear"
max_price = 1000
[[product.watch]]
url = "http://shop.example/item/3"
[[product]]
id = "nowhere"
[[product.watch]]
url = "http://shop.example/item/4"
[[product]]
id = "bowl"
name = %q
tags = ["kitchen", "cat"]
alert_on_first = true
[[product.watch]]
url = "http://shop.example/item/5"
[[product.watch]]
url = "http://shop.example/item/6"
[[channel]]
id = "refuses"
type = "webhook"
url = %q
[[channel]]
id = "browser"
type = "webpush"
contact = "me@example.org"
services = ["push.example"]
[[channel]]
id = "screen"`
	b = newBox(t, Watch|Notify, "[[channel]]\nid = \"screen\"", fmt.Sprintf(more, stolen, refuses.URL))
	b.street.Set("http://shop.example/item/2", fakeshop.Item{Title: "風見鶏", Price: stock.Yen(1980), Availability: stock.InStock, Image: "http://shop.example/picture/2.png"})
	b.set("http://shop.example/item/3", stock.InStock)
	b.street.Set("http://shop.example/item/5", fakeshop.Item{Title: stolen, Price: stock.Yen(2980), Availability: stock.InStock, Image: "http://shop.example/picture/5.png"})
	b.set("http://shop.example/item/6", stock.PreOrder)
	b.run(t)
	b.ready(t)
	tid = b.watchOf(t, itemURL)
	b.mustAPI(t, http.StatusCreated, "POST", "/api/v1/products", `{"id":"mine","name":"急須","url":"http://shop.example/item/7","tags":["kitchen"]}`)
	b.mustAPI(t, http.StatusOK, "POST", "/api/v1/products/mine/pause", "")
	if status, answer := b.api(t, "POST", "/api/v1/products/dear/mute", `{}`); status/100 != 2 {
		t.Fatalf("mute: %d %+v", status, answer)
	}
	for _, tt := range []struct{ path, shows string }{
		{"/watches/" + tid, "在庫なし"},
		{"/products/dear", "上限価格"},
		{"/products/nowhere", "404"},
		{"/alerts", `id="dead"`},
		{"/alerts", `class="delivery"`},
		{"/", "pictures/"},
	} {
		eventually(t, tt.path+" to show "+tt.shows, func() bool { return strings.Contains(b.get(t, tt.path), tt.shows) })
	}
	return b, tid
}

// everyPage returns the paths of all pages, and of what they look like when asked for
// something.
func everyPage(tid string) []string {
	address := url.QueryEscape("http://shop.example/item/2")
	return []string{
		"", "?state=no", "?q=nobody+has+this", "?tag=cat&sort=name", "?state=trouble",
		"products/vane", "products/bowl", "products/mine", "products/dear", "products/vane/elsewhere",
		"watches/" + tid, "watches/" + tid + "/mend", "watches/" + tid + "/mend?try=1&whole=1",
		"add", "add?url=" + address, "add?url=nothing", "add?url=" + address + "+" + url.QueryEscape("http://shop.example/item/9"), "mend?url=" + address,
		"alerts", "dead", "health", "settings", "nothing", "do/nothing",
	}
}

// Every page can be read and used in light and dark, in both languages, and by keyboard
// alone: each link, button and field is reached by the tab key and shows it. axe-core finds
// nothing. What an app shares arrives on the page to add. No page runs what a shop wrote, makes
// the console complain or the browser ask another host.
func TestEveryPageInBrowsers(t *testing.T) {
	script := axeCore(t)
	b, tid := streetOfAll(t)
	home := "http://" + b.Addr() + "/"
	visit := func(t *testing.T, f browserOf, scheme string) {
		f.open(t, home)
		if got := f.run(t, `return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"`); got != scheme {
			t.Fatalf("the browser prefers %s, want %s", got, scheme)
		}
		for _, path := range everyPage(tid) {
			f.open(t, home+path)
			if got := f.run(t, sound); got != "" {
				t.Errorf("/%s, %s: %s", path, scheme, got)
			}
			if scheme == "dark" {
				tabThrough(t, f, path)
			}
			if script != "" {
				for _, found := range axe(t, f, script) {
					t.Errorf("/%s, %s: axe-core: %s", path, scheme, found)
				}
			}
			if got := f.run(t, `return String(window.stolen)`); got != "undefined" {
				t.Errorf("/%s: what a shop wrote has run: %s", path, got)
			}
		}
	}
	english := func(t *testing.T, f browserOf) {
		f.open(t, home+"settings")
		follow(t, f, `document.getElementById("lang").value = "en"; document.getElementById("lang").form.requestSubmit()`, "settings")
		eventually(t, "the page in English", func() bool { return f.run(t, `return document.documentElement?.lang ?? ""`) == "en" })
	}
	// There are no such pages, and browsers say so.
	absent := []string{home + "nothing", home + "do/nothing"}
	t.Run("chromium", func(t *testing.T) {
		c := startChromium(t)
		c.scheme(t, "light")
		visit(t, c, "light")
		share(t, c, home)
		c.scheme(t, "dark")
		english(t, c)
		visit(t, c, "dark")
		quiet(t, c, home, absent...)
	})
	t.Run("firefox", func(t *testing.T) {
		for i, scheme := range []string{"dark", "light"} {
			f := startFirefox(t, noPush, map[string]any{"layout.css.prefers-color-scheme.content-override": i})
			if scheme == "light" {
				english(t, f)
			}
			visit(t, f, scheme)
			share(t, f, home)
			quiet(t, f, home, absent...)
		}
	})
}

// tabThrough presses the tab key through a page.
func tabThrough(t *testing.T, f browserOf, path string) {
	t.Helper()
	var want int
	if _, err := fmt.Sscan(f.run(t, reachable), &want); err != nil {
		t.Fatal(err)
	}
	const missing = `return window.toReach.filter((e) => !window.stops?.has(e)).map((e) => e.outerHTML.slice(0, 150)).join("\n")`
	// What scrolls may have the focus too. Once all is reached the browser's own parts come.
	for range want + 5 {
		f.tab(t)
		if got := f.run(t, focused); got != "seen" && got != "" {
			t.Errorf("/%s: the focus is %s", path, got)
		}
		if f.run(t, missing) == "" {
			return
		}
	}
	t.Errorf("/%s: not reached by keyboard:\n%s", path, f.run(t, missing))
}

// share opens what the manifest says that an app's share leads to.
func share(t *testing.T, f browserOf, home string) {
	t.Helper()
	f.open(t, home)
	raw := f.run(t, `return await (await fetch(document.querySelector("link[rel=manifest]").href, {credentials: "same-origin"})).text()`)
	var manifest struct {
		Target struct {
			Action, Method string
			Params         map[string]string
		} `json:"share_target"`
	}
	if err := json.Unmarshal([]byte(raw), &manifest); err != nil || !strings.EqualFold(manifest.Target.Method, "GET") {
		t.Fatalf("the manifest: %v, a share is sent by %q, want GET", err, manifest.Target.Method)
	}
	q := url.Values{}
	q.Set(manifest.Target.Params["title"], "風見鶏")
	q.Set(manifest.Target.Params["text"], "これいいよ http://shop.example/item/2")
	at, err := url.Parse(home + "static/app.webmanifest")
	if err != nil {
		t.Fatal(err)
	}
	action, err := at.Parse(manifest.Target.Action)
	if err != nil {
		t.Fatal(err)
	}
	f.open(t, action.String()+"?"+q.Encode())
	if got := f.run(t, `return document.querySelector(".preview .badge")?.className ?? document.getElementById("main").textContent`); got != "badge now" {
		t.Errorf("what is shared from an app shows %q, want that it is in stock", got)
	}
	eventually(t, "its picture", func() bool {
		return f.run(t, `return String(document.querySelector(".preview img")?.naturalWidth)`) == "160"
	})
}
