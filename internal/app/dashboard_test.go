package app

import (
	"net/url"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// remember notes where a person is on the page: focus, an open fold, a selection.
	remember = `
		while (!document.querySelector("#rows li.no")) await new Promise((r) => setTimeout(r, 50));
		const link = document.querySelector("#p-vane h2 a");
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
	inBrowsers(t, func(t *testing.T, start func(*testing.T) browserOf) {
		const second = "http://shop.example/item/2"
		b := newBox(t, Watch|Notify)
		b.set(second, stock.InStock)
		b.run(t)
		b.ready(t)
		f := start(t)
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
		quiet(t, f, home)
	})
}
