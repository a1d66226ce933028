package app

import (
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// A file with a mistake, or with a change that only a new process can take up,
// changes nothing.
func TestReloadRefused(t *testing.T) {
	t.Parallel()
	b := newBox(t, Watch|Notify)
	b.run(t)
	b.ready(t)
	for _, tt := range []struct{ old, now, says string }{
		{`language = "ja"`, `language = "fr"`, "language"},
		{`language = "ja"`, `data_dir = "elsewhere"`, "data_dir has changed"},
		{`[web]`, "[nats]\nurl = \"nats://127.0.0.1:1\"\n[web]", "nats has changed"},
		{`[web]`, "[web]\npassword = \"s3cr3t s3cr3t\"", "web has changed"},
		{`[fetch]`, "[fetch]\ncontact = \"me@example.org\"", "fetch has changed"},
	} {
		before := b.config.Load()
		b.edit(t, tt.old, tt.now)
		err := b.Reload()
		if err == nil || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("reload with %q: %v, want %q and no secret", tt.now, err, tt.says)
		}
		if b.reloadedOK() || b.config.Load() != before {
			t.Errorf("reload with %q: the metric says %t and the configuration is replaced: %t; want neither", tt.now, b.reloadedOK(), b.config.Load() != before)
		}
		b.edit(t, tt.now, tt.old)
	}
	if err := b.Reload(); err != nil || !b.reloadedOK() {
		t.Errorf("reload of the mended file: %v, metric %t; want none and true", err, b.reloadedOK())
	}
	b.looked(t, 1)
}

// The dashboard speaks the new language at once, and still knows all states.
func TestReloadLanguage(t *testing.T) {
	t.Parallel()
	b := newBox(t, Watch|Notify)
	b.run(t)
	b.ready(t)
	eventually(t, "the state on the dashboard", func() bool { return strings.Contains(b.get(t, "/"), `"badge no">在庫なし`) })
	b.edit(t, `language = "ja"`, `language = "en"`)
	if err := b.Reload(); err != nil {
		t.Fatalf("reload: %v", err)
	}
	if page := b.get(t, "/"); !strings.Contains(page, `lang="en"`) || !strings.Contains(page, `"badge no">Out of stock`) {
		t.Errorf("the dashboard after the reload is not English, or has lost the state:\n%s", page)
	}
	b.set(itemURL, stock.InStock)
	eventually(t, "the new state on the dashboard", func() bool { return strings.Contains(b.get(t, "/"), `"badge now">In stock`) })
	eventually(t, "an English alert", func() bool { return strings.Contains(b.stdout.String(), "Back in stock") })
}

// Products and channels come and go, with their series and with the letters that
// nobody takes any more.
func TestReloadProductsAndChannels(t *testing.T) {
	t.Parallel()
	const second = "http://shop.example/item/2"
	b := newBox(t, Watch|Notify)
	b.set(second, stock.InStock)
	b.hook.hangs = make(chan struct{})
	t.Cleanup(func() { close(b.hook.hangs) })
	b.run(t)
	b.ready(t)
	b.looked(t, 2)

	b.edit(t, "[[channel]]", "[[product]]\nid = \"second\"\nalert_on_first = true\n[[product.watch]]\nurl = \""+second+"\"\ninterval = \"1s\"\n[[channel]]")
	if err := b.Reload(); err != nil {
		t.Fatalf("reload with a second product: %v", err)
	}
	eventually(t, "the first look at the new product to ring", func() bool { return strings.Contains(b.stdout.String(), second) })
	id := stock.WatchID("second", second)
	if text := b.get(t, "/metrics"); !strings.Contains(text, `watch="`+id+`"`) {
		t.Error("the new watch has no series")
	}
	eventually(t, "a push that hangs", func() bool { return b.hook.calls() > 0 })

	b.edit(t, "id = \"second\"", "id = \"renamed\"")
	b.edit(t, "id = \"hook\"", "id = \"other\"")
	if err := b.Reload(); err != nil {
		t.Fatalf("reload without the product and the channel: %v", err)
	}
	if text := b.get(t, "/metrics"); strings.Contains(text, id) || !strings.Contains(text, `sainyuka_outbox_depth{channel="other"}`) {
		t.Error("the removed watch still has series, or the new channel has none")
	}
	eventually(t, "the letter of the removed channel among the dead ones", func() bool {
		return strings.Contains(b.get(t, "/api/v1/dead"), "channel hook or its recipient is no longer configured")
	})
}

// A shop whose terms were not accepted is warned of once at a start, and once more at a
// reload.
func TestTermsAreWarnedOfOnce(t *testing.T) {
	t.Parallel()
	b := newBox(t, Watch|Notify, itemURL, "https://jp.mercari.com/item/m00000000001")
	warned := func() (n int) {
		for line := range strings.Lines(b.log.String()) {
			if strings.Contains(line, "level=WARN") && strings.Contains(line, "terms") {
				n++
			}
		}
		return n
	}
	b.run(t)
	b.ready(t)
	if n := warned(); n != 1 {
		t.Errorf("at the start there are %d warnings of terms, want one; the log: %s", n, b.log)
	}
	if err := b.Reload(); err != nil {
		t.Fatal(err)
	}
	if n := warned(); n != 2 {
		t.Errorf("after a reload there are %d warnings of terms, want two; the log: %s", n, b.log)
	}
}
