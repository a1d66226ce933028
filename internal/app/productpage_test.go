package app

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// pointsAgainstData compares the chart with what the API says of the same time: each
// point of a record is drawn once, leads to its change, says its price and evidence, and
// stands as far to the right as its time says; times of which nothing is known are no bars.
const pointsAgainstData = `
	const data = await (await fetch("../api/v1/products/mine/history.json")).json();
	const points = data.watches[0].points.filter((p) => p.seq);
	const drawn = [...document.querySelectorAll("svg.chart a")];
	const wrong = [];
	if (drawn.length !== points.length || points.length < 3) wrong.push(drawn.length + " points drawn of " + points.length);
	let before = -1;
	points.forEach((p, i) => {
		const at = drawn[i], mark = at?.querySelector(".mark"), says = at?.textContent ?? "";
		if (!at) return;
		if (at.getAttribute("href") !== "#r-" + p.seq || !document.getElementById("r-" + p.seq)) wrong.push("point " + i + " leads to " + at.getAttribute("href"));
		if (!mark.classList.contains(p.state)) wrong.push("point " + i + " is drawn as " + mark.getAttribute("class") + ", it was " + p.state);
		if (!says.includes("¥" + Number(p.price.amount).toLocaleString("ja"))) wrong.push("point " + i + " of " + p.price.amount + " says " + says);
		if (!p.evidence.some((e) => says.includes(e.text))) wrong.push("point " + i + " has no evidence: " + says);
		const x = Number(mark.getAttribute("cx"));
		if (x < before) wrong.push("point " + i + " stands left of the one before");
		before = x;
	});
	return wrong.join("\n");`

// On a product's page the chart is what the data say; what somebody else has changed
// meanwhile is not written over unseen; it is paused and goes on; and what is muted does not
// ring until it is not any more.
func TestProductPageInBrowsers(t *testing.T) {
	inBrowsers(t, func(t *testing.T, start func(*testing.T) browserOf) {
		const page = "http://shop.example/item/7"
		b := newBox(t, Watch|Notify)
		b.set(page, stock.OutOfStock)
		b.run(t)
		b.ready(t)
		b.mustAPI(t, http.StatusCreated, "POST", "/api/v1/products", `{"id":"mine","name":"急須","url":"`+page+`","interval":"1s"}`)
		tid := stock.WatchID("mine", page)
		for i, state := range []stock.Availability{stock.OutOfStock, stock.InStock, stock.OutOfStock, stock.PreOrder} {
			b.set(page, state)
			eventually(t, fmt.Sprintf("record %d", i+1), func() bool { return len(b.records(t, tid)) == i+1 })
		}
		f := start(t)
		home := "http://" + b.Addr() + "/"
		open := func() { f.open(t, home+"products/mine") }
		open()
		if got := f.run(t, pointsAgainstData); got != "" {
			t.Errorf("the chart and the data:\n%s", got)
		}

		// Somebody else was first: their limit stays, mine is shown and can be saved over it.
		b.mustAPI(t, http.StatusOK, "PATCH", "/api/v1/products/mine", `{"max_price":5000}`, "If-Match", `"`+f.run(t, `return document.querySelector("#edit [name=revision]").value`)+`"`)
		const save = `document.querySelector("#edit form").requestSubmit()`
		follow(t, f, `document.querySelector("#edit #f-max").value = "3000"; `+save, "/edit")
		if got := f.run(t, `return document.querySelector("[role=alert]").textContent.trim().slice(0, 8) + " " + document.querySelector("#edit #f-max").value`); got != "ほかの人が先に変 3000" {
			t.Errorf("an edit over that of somebody else is answered %q", got)
		}
		if got := b.get(t, "/api/v1/products/mine"); !strings.Contains(got, `"max_price":5000`) {
			t.Errorf("the product is %s, want the limit of who was first", got)
		}
		f.run(t, save+`; return ""`)
		eventually(t, "the edit that was confirmed", func() bool { return strings.Contains(b.get(t, "/api/v1/products/mine"), `"max_price":3000`) })

		// Muted, it does not ring; not muted any more, it does.
		open()
		press := func(action string) {
			f.run(t, `document.querySelector('form[action$="/`+action+`"]').requestSubmit(); return ""`)
		}
		press("mute")
		eventually(t, "the page to say that it is muted", func() bool {
			return f.run(t, `return document.readyState === "complete" && String(document.querySelector('form[action$="/unmute"]') !== null) || ""`) == "true"
		})
		rung := b.hook.calls()
		b.set(page, stock.OutOfStock)
		eventually(t, "a record of the muted product", func() bool { return len(b.records(t, tid)) == 5 })
		b.set(page, stock.InStock)
		eventually(t, "a restock of the muted product", func() bool { return len(b.records(t, tid)) == 6 })
		b.looked(t, 2)
		if n := b.hook.calls() - rung; n != 0 {
			t.Errorf("the muted product rang %d times", n)
		}
		press("unmute")
		eventually(t, "the page to offer muting again", func() bool {
			return f.run(t, `return document.readyState === "complete" && String(document.querySelector('form[action$="/mute"]') !== null) || ""`) == "true"
		})
		b.set(page, stock.OutOfStock)
		eventually(t, "one more record", func() bool { return len(b.records(t, tid)) == 7 })
		b.set(page, stock.InStock)
		eventually(t, "the restock to ring", func() bool { return b.hook.calls() > rung })

		// Paused, no page of it is asked for.
		press("pause")
		eventually(t, "the page to offer to go on", func() bool {
			return f.run(t, `return document.readyState === "complete" && String(document.querySelector('form[action$="/resume"]') !== null) || ""`) == "true"
		})
		eventually(t, "the watcher to let go of the page", func() bool { return !strings.Contains(b.get(t, "/metrics"), `watch="`+tid+`"`) })
		paused := time.Now()
		b.looked(t, 2) // of the other product
		if n := b.asked(page, paused); n > 0 {
			t.Errorf("the page of a paused product was asked for %d times", n)
		}
		press("resume")
		eventually(t, "looks after going on", func() bool { return b.asked(page, paused) > 0 })
		quiet(t, f, home, home+"products/mine/edit") // the conflict is a 409, which browsers report
	})
}

// asked returns how often a page was asked for since a moment.
func (b *box) asked(page string, since time.Time) (n int) {
	for _, r := range b.street.Requests(stock.HostOf(page)) {
		if r.At.After(since) && strings.HasSuffix(page, r.Path) {
			n++
		}
	}
	return n
}
