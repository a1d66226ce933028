package app

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// browserOf is a real browser, of the size of a phone.
type browserOf interface {
	open(t *testing.T, url string)
	// run evaluates the body of an async function in the page and returns its text.
	run(t *testing.T, body string) string
	// tab presses the tab key.
	tab(t *testing.T)
	// heard returns what its console complained of and which addresses it asked.
	heard(t *testing.T) (wrong, asked []string)
}

const (
	noPush = "ws://127.0.0.1:1/" // where no push service is
	// browserLife is after which a browser ends whose test hangs.
	browserLife = 15 * time.Minute
)

// inBrowsers runs a test in Chromium and in Firefox.
func inBrowsers(t *testing.T, test func(t *testing.T, start func(*testing.T) browserOf)) {
	t.Run("chromium", func(t *testing.T) { test(t, func(t *testing.T) browserOf { return startChromium(t) }) })
	t.Run("firefox", func(t *testing.T) { test(t, func(t *testing.T) browserOf { return startFirefox(t, noPush) }) })
}

// quiet fails the test for what the browser's console complained of, and for hosts that
// it asked beside ours. What it says of the addresses in but is meant.
func quiet(t *testing.T, f browserOf, home string, but ...string) {
	t.Helper()
	wrong, asked := f.heard(t)
	for _, w := range wrong {
		meant := false
		for _, b := range but {
			meant = meant || strings.Contains(w, b)
		}
		if !meant {
			t.Errorf("the console complains: %s", w)
		}
	}
	for _, a := range asked {
		if !strings.HasPrefix(a, home) && !strings.HasPrefix(a, "data:") && a != "about:blank" {
			t.Errorf("the browser asked another host: %s", a)
		}
	}
}

// axeCore returns the script of axe-core, a checker of accessibility that is none of
// ours: .ci/run fetches it and says where it is. "": it is not here.
func axeCore(t *testing.T) string {
	t.Helper()
	const at = "SAINYUKA_AXE_CORE"
	file := os.Getenv(at)
	if file == "" || file == "none" {
		if file == "" && os.Getenv("CI") != "" {
			t.Fatalf("%s does not say where axe-core is; .ci/run sets it, to \"none\" where it cannot be fetched", at)
		}
		t.Logf("%s is %q: axe-core checks nothing", at, file)
		return ""
	}
	script, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("read axe-core: %v", err)
	}
	return string(script)
}

// axe has axe-core check the page that is open, by all of its rules that judge a page,
// those for the sizes of targets and the good habits with them.
func axe(t *testing.T, f browserOf, script string) []string {
	t.Helper()
	const check = `
		const found = await axe.run(document, {
			preload: false, resultTypes: ["violations"],
			runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
			rules: {"target-size": {enabled: true}},
		});
		if (found.passes.length < 10) return JSON.stringify(["only " + found.passes.length + " rules passed: was the page checked?"]);
		return JSON.stringify(found.violations.map((v) => v.id + " (" + v.help + "): " + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200) + " " + n.failureSummary).join("; ")));`
	f.run(t, script+"\nreturn String(typeof axe);")
	var found []string
	if err := json.Unmarshal([]byte(f.run(t, check)), &found); err != nil {
		t.Fatalf("read what axe-core found: %v", err)
	}
	return found
}

// sound looks for what keeps people from using a page: fields without a label, buttons
// and links without words, headings that leave out a level, too little contrast, a page wider
// than the screen, what cannot be reached by keyboard.
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
	const landmarks = document.body.classList.contains("do") ? ["main", "h1"] : ["main", "header", "nav", "footer", "h1"];
	for (const landmark of landmarks) {
		if (!document.querySelector(landmark)) faults.push("no " + landmark);
	}
	let level = 0;
	for (const e of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
		const of = Number(e.tagName[1]);
		if (of > level + 1) say("a heading of level " + of + " below one of level " + level, e);
		level = of;
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
