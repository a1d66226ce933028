package app

import (
	"strings"
	"testing"
)

// In the page of a real browser: send sends a form of the page with its own fields, as
// the page's own button would, and returns the status.
const sendForm = `
	const send = async (action, more, without) => {
		const form = document.querySelector('form[action$="' + action + '"]');
		const fields = new URLSearchParams(new FormData(form));
		for (const [name, value] of Object.entries(more)) fields.set(name, value);
		for (const name of without) fields.delete(name);
		return (await fetch(form.action, {method: "POST", body: fields, headers: {Accept: "text/html"}})).status;
	};
`

// A browser signs in below a path, sees styles, scripts and its service worker
// there, is refused without the token of a form, and signs out.
func TestSigningInAndOutInBrowsers(t *testing.T) {
	inBrowsers(t, signsInAndOut)
}

func signsInAndOut(t *testing.T, start func(*testing.T) browserOf) {
	b := newBox(t, Watch|Notify, "[web]\n", "[web]\npublic_url = \"http://127.0.0.1:1/stock\"\npassword = \"correct horse battery\"\n")
	b.run(t)
	b.ready(t)
	f := start(t)
	home := "http://" + b.Addr() + "/stock/"
	f.open(t, home+"settings")
	for _, tt := range []struct{ what, script, want string }{
		{"the page to sign in on asks for a password, with its style", `return String(document.querySelectorAll("input[type=password]").length) + [...document.styleSheets].every(s => s.cssRules.length > 0)`, "1true"},
		{"a wrong password", sendForm + `return String(await send("/signin", {password: "wrong horse battery"}, []))`, "401"},
		{"the right one without the form's token", sendForm + `return String(await send("/signin", {password: "correct horse battery"}, ["csrf"]))`, "403"},
		{"the right one", sendForm + `return String(await send("/signin", {password: "correct horse battery"}, []))`, "200"},
		{"no script sees the session", `return document.cookie`, ""},
	} {
		if got := f.run(t, tt.script); got != tt.want {
			t.Fatalf("%s: %q, want %q", tt.what, got, tt.want)
		}
	}
	f.open(t, home+"settings")
	for _, tt := range []struct{ what, script, want string }{
		{"the settings show this browser", `return String(document.querySelector("#sessions")?.textContent.match(/Firefox|Chrome/) !== null)`, "true"},
		{"styles are there", `return String([...document.styleSheets].every(s => s.cssRules.length > 0))`, "true"},
		{"links and scripts lead below the path", `return [...document.querySelectorAll("a[href],script[src],link[href],img[src]")].map(e => e.href ?? e.src).filter(u => u.startsWith(location.origin) && !u.startsWith(location.origin + "/stock/")).join()`, ""},
		{"the service worker works below the path", `return new URL((await navigator.serviceWorker.register("/stock/sw.js")).scope).pathname`, "/stock/"},
		{"a form without its token", sendForm + `return String(await send("/settings/sessions/end", {}, ["csrf"]))`, "403"},
		{"signing out", sendForm + `return String(await send("/signout", {}, []))`, "401"}, // of the page that it leads to
	} {
		if got := f.run(t, tt.script); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.what, got, tt.want)
		}
	}
	f.open(t, home)
	if got := f.run(t, `return document.body.innerHTML`); !strings.Contains(got, `type="password"`) {
		t.Errorf("after signing out the page is %.300s, want the one to sign in on", got)
	}
}
