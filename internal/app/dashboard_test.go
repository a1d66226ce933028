package app

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// browserOf is a real browser.
type browserOf interface {
	open(t *testing.T, url string)
	run(t *testing.T, body string) string
}

const (
	// remember notes where a person is on the page: focus, an open fold, a selection.
	remember = `
		while (!document.querySelector("#rows li.no")) await new Promise((r) => setTimeout(r, 50));
		const link = document.querySelector("#rows li h2 a");
		link.focus();
		window.link = link;
		document.getElementById("narrow").open = true;
		const picked = getSelection();
		picked.selectAllChildren(link);
		return document.activeElement === link ? "focused" : "not focused";`
	// compare waits until the row says that it can be bought, and says what else changed.
	compare = `
		while (!document.querySelector("#rows li.now")) await new Promise((r) => setTimeout(r, 20));
		const lost = [];
		if (document.activeElement !== window.link) lost.push("focus");
		if (!window.link.isConnected) lost.push("the link");
		if (!document.getElementById("narrow").open) lost.push("the open fold");
		if (getSelection().toString() !== window.link.textContent) lost.push("the selection");
		if (document.querySelector("[data-count=now]").textContent !== "1") lost.push("the counter");
		if (performance.getEntriesByType("navigation").length !== 1) lost.push("the page");
		return lost.join(", ") || "nothing";`
)

// The list follows what happens without being read anew, and nothing of what a person
// does there is lost; an address is pasted, seen and saved. In both browsers.
func TestDashboardInBrowsers(t *testing.T) {
	for _, tt := range []struct {
		name  string
		start func(*testing.T) browserOf
	}{
		{"chromium", func(t *testing.T) browserOf { return startChromium(t) }},
		{"firefox", func(t *testing.T) browserOf { return startFirefox(t, "ws://127.0.0.1:1/") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			const second = "http://shop.example/item/2"
			b := newBox(t, Watch|Notify)
			b.set(second, stock.InStock)
			b.run(t)
			b.ready(t)
			f := tt.start(t)
			home := "http://" + b.Addr() + "/"
			f.open(t, home)
			if got := f.run(t, remember); got != "focused" {
				t.Fatalf("the link of the row is %s", got)
			}
			b.set(itemURL, stock.InStock)
			if got := f.run(t, compare); got != "nothing" {
				t.Errorf("when the row changed, lost was: %s", got)
			}
			f.open(t, home+"add?url="+url.QueryEscape(second))
			if got := f.run(t, `return document.querySelector(".preview .badge")?.textContent ?? document.getElementById("main").textContent`); got != "在庫あり" {
				t.Fatalf("the preview of the pasted page says %q, want 在庫あり", got)
			}
			f.run(t, `document.querySelector("#f-max").value = "５４，９７８円"; document.querySelector("#save").requestSubmit(); return ""`)
			eventually(t, "the page of the new product", func() bool {
				return strings.Contains(f.run(t, `return document.readyState === "complete" ? location.pathname : ""`), "/products/")
			})
			if got := f.run(t, `return document.querySelector("#f-max").value`); got != "54978" {
				t.Errorf("the limit was saved as %q, want 54978", got)
			}
			for _, path := range []string{"", "alerts", "health", "settings", "add"} {
				f.open(t, home+path)
				if got := f.run(t, sound); got != "" {
					t.Errorf("/%s: %s", path, got)
				}
			}
			if c, ok := f.(*chromium); ok {
				c.mu.Lock()
				defer c.mu.Unlock()
				for _, w := range c.wrong {
					t.Errorf("the console complains: %s", w)
				}
				for _, asked := range c.asked {
					if !strings.HasPrefix(asked, home) && !strings.HasPrefix(asked, "data:") && asked != "about:blank" {
						t.Errorf("the browser asked another host: %s", asked)
					}
				}
			}
		})
	}
}

// sound looks for what keeps people from using a page: fields without a label, buttons
// and links without words, too little contrast, a page wider than the screen, what
// cannot be reached by keyboard.
var sound = fmt.Sprintf(`
	const faults = [];
	const say = (what, e) => faults.push(what + ": " + e.outerHTML.slice(0, 120));
	for (const e of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
		if (!e.hidden && !e.labels?.length && !e.ariaLabel) say("no label", e);
	}
	for (const e of document.querySelectorAll("a[href], button, summary")) {
		if (!e.closest("[hidden]") && !e.textContent.trim() && !e.ariaLabel && !e.querySelector("img[alt]:not([alt=''])")) say("no words", e);
		if (e.tabIndex < 0 && !e.closest("svg")) say("not by keyboard", e);
	}
	for (const landmark of ["main", "header", "nav", "footer", "h1"]) {
		if (!document.querySelector(landmark)) faults.push("no " + landmark);
	}
	const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
	for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.push("two elements called " + id);
	if (document.documentElement.scrollWidth > innerWidth) faults.push("wider than the screen: " + document.documentElement.scrollWidth);
	const rgb = (text) => text.match(/[\d.]+/g).map(Number);
	const light = ([r, g, b]) => [r, g, b].map((v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
	const ground = (e) => {
		for (; e; e = e.parentElement) {
			const c = rgb(getComputedStyle(e).backgroundColor);
			if (c.length < 4 || c[3] === 1) return c;
		}
		return [255, 255, 255];
	};
	for (const e of document.querySelectorAll("main *, header *, footer *")) {
		const says = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
		if (!says || e.closest("svg, [hidden], .hidden, .skip, option") || !e.checkVisibility()) continue;
		const color = getComputedStyle(e).color;
		if (!color.startsWith("rgb") || !getComputedStyle(e).backgroundColor.startsWith("rgb")) continue;
		const [a, b] = [light(rgb(color)), light(ground(e))].sort((x, y) => y - x);
		const ratio = (a + 0.05) / (b + 0.05);
		if (ratio < %g) say("contrast " + ratio.toFixed(2), e);
	}
	return faults.slice(0, 5).join("\n");`, 4.5)
