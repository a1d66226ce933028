package app

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

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
	window.wanted = stops;
	return String(stops.length);`

// focused names the element that has the focus, and whether it can be seen that it does.
const focused = `
	const e = document.activeElement;
	if (!e || e === document.body) return "";
	const s = getComputedStyle(e);
	window.stops ??= new Set();
	window.stops.add(e);
	const seen = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0;
	return seen ? "seen" : "not seen: " + e.outerHTML.slice(0, 100);`

// Every page can be read and used in light and dark, and by keyboard alone: each link,
// button and field is reached by the tab key and shows it. What an app shares arrives on the
// page to add. No page makes the console complain or the browser ask another host.
func TestEveryPageInABrowser(t *testing.T) {
	b := newBox(t, Watch|Notify)
	b.run(t)
	b.ready(t)
	c := startChromium(t)
	home := "http://" + b.Addr() + "/"
	tid := b.watchOf(t, itemURL)
	eventually(t, "the first look", func() bool { return strings.Contains(b.get(t, "/watches/"+tid), "在庫なし") })
	b.set("http://shop.example/item/2", stock.InStock)
	for _, scheme := range []string{"light", "dark"} {
		c.call(t, "Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]any{"name": "prefers-color-scheme", "value": scheme}}})
		for _, path := range []string{
			"", "?state=no", "products/vane", "products/vane/elsewhere", "watches/" + tid, "watches/" + tid + "/mend", "watches/" + tid + "/mend?try=1&whole=1", "add",
			"add?url=" + url.QueryEscape("http://shop.example/item/2"), "alerts", "health", "settings", "nothing",
		} {
			c.open(t, home+path)
			if got := c.run(t, sound); got != "" {
				t.Errorf("/%s, %s: %s", path, scheme, got)
			}
			if scheme == "dark" {
				c.tabThrough(t, path)
			}
		}
	}
	c.share(t, home)
	c.mu.Lock()
	for i := len(c.wrong) - 1; i >= 0; i-- {
		if strings.Contains(c.wrong[i], home+"nothing") { // there is none, and the browser says so
			c.wrong = append(c.wrong[:i], c.wrong[i+1:]...)
		}
	}
	c.mu.Unlock()
	c.quiet(t, home)
}

// tabThrough presses the tab key through a page.
func (c *chromium) tabThrough(t *testing.T, path string) {
	t.Helper()
	var want int
	if _, err := fmt.Sscan(c.run(t, reachable), &want); err != nil {
		t.Fatal(err)
	}
	for range want + 5 { // a field that has the focus from the start is not the first
		for _, kind := range []string{"rawKeyDown", "keyUp"} {
			c.call(t, "Input.dispatchKeyEvent", map[string]any{"type": kind, "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9})
		}
		if got := c.run(t, focused); got != "seen" && got != "" {
			t.Errorf("/%s: the focus is %s", path, got)
		}
	}
	if got := c.run(t, `return window.wanted.filter((e) => !window.stops?.has(e)).map((e) => e.outerHTML.slice(0, 150)).join("\n")`); got != "" {
		t.Errorf("/%s: not reached by keyboard:\n%s", path, got)
	}
}

// share opens what the manifest says that an app's share leads to.
func (c *chromium) share(t *testing.T, home string) {
	t.Helper()
	c.open(t, home)
	raw := c.run(t, `return await (await fetch(document.querySelector("link[rel=manifest]").href, {credentials: "same-origin"})).text()`)
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
	c.open(t, action.String()+"?"+q.Encode())
	if got := c.run(t, `return document.querySelector(".preview .badge")?.textContent ?? document.getElementById("main").textContent`); got != "在庫あり" {
		t.Errorf("what is shared from an app shows %q, want 在庫あり", got)
	}
}
