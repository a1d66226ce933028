package app

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// pushBox is a box with a channel for browsers, whose push service it knows.
func pushBox(t *testing.T, service string) *box {
	t.Helper()
	b := newBox(t, Watch|Notify)
	b.run(t)
	b.ready(t)
	b.edit(t, "[[channel]]\n", fmt.Sprintf("[[channel]]\nid = \"browser\"\ntype = \"webpush\"\ncontact = \"me@example.org\"\nservices = [%q]\n\n[[channel]]\n", service))
	if err := b.Reload(); err != nil {
		t.Fatalf("reload with a channel of type webpush: %v", err)
	}
	b.looked(t, 2)
	return b
}

// notification is one that the browser shows.
type notification struct{ Title, Body, Tag, URL string }

const (
	// pressButton presses the dashboard's button and waits until it says the opposite.
	pressButton = `
		const button = document.querySelector("#push button[data-channel=browser]");
		const settled = () => !button.disabled && button.hasAttribute("aria-pressed");
		const until = async (ready) => { while (!ready()) await new Promise((r) => setTimeout(r, 50)); };
		const note = document.getElementById("push-note");
		await until(() => settled() || note.textContent);
		const before = button.getAttribute("aria-pressed");
		if (!note.textContent) button.click();
		await until(() => note.textContent || settled() && button.getAttribute("aria-pressed") !== before);
		return note.textContent || button.getAttribute("aria-pressed");`
	// try presses the button for a test and waits for what the page says of it.
	try = `
		const note = document.getElementById("push-note");
		document.querySelector("#push button[data-test=browser]").click();
		while (!note.textContent) await new Promise((r) => setTimeout(r, 50));
		return note.textContent;`
	// shown lists the notifications that are on the screen.
	shown = `
		const all = await (await navigator.serviceWorker.ready).getNotifications();
		return JSON.stringify(all.map((n) => ({ title: n.title, body: n.body, tag: n.tag, url: n.data.url })));`
)

func (f *firefox) shown(t *testing.T) []notification {
	t.Helper()
	var list []notification
	if err := json.Unmarshal([]byte(f.run(t, shown)), &list); err != nil {
		t.Fatalf("read the notifications: %v", err)
	}
	return list
}

// The whole way: the dashboard's button subscribes a real browser, a shop has the
// thing again, and the browser decrypts and shows the alert.
func TestAlertReachesFirefox(t *testing.T) {
	t.Parallel()
	service := newAutopush(t)
	b := pushBox(t, service.host())
	f := startFirefox(t, "ws://"+service.host()+"/autopush")
	f.open(t, "http://"+b.Addr()+"/settings")
	if got := f.run(t, pressButton); got != "true" {
		t.Fatalf("after the button was pressed the page says %q, want that it is subscribed", got)
	}
	if got := b.subscribed(t); len(got) != 1 || !strings.HasSuffix(got[0], " Firefox / Linux") {
		t.Fatalf("subscribed are %q, want this browser", got)
	}

	b.set(itemURL, stock.InStock)
	var list []notification
	eventually(t, "a notification", func() bool { list = f.shown(t); return len(list) > 0 })
	n := list[0]
	if !strings.Contains(n.Title, "再入荷】") || !strings.Contains(n.Body, "在庫あり") || n.URL != itemURL || n.Tag == "" || len(list) != 1 {
		t.Errorf("the browser shows %+v, want one notification of the restock that opens %s", list, itemURL)
	}
	eventually(t, "that the browser confirms", func() bool { _, acked, _ := service.counts(); return len(acked) > 0 })
	if posted, acked, _ := service.counts(); posted != 1 || !slices.Equal(acked, []int{100}) {
		t.Errorf("%d messages came, and the browser says of them %v; want one, delivered (100)", posted, acked)
	}

	// The push service gives the browser another address: the service worker says so.
	before := b.subscribed(t)
	service.lose()
	eventually(t, "that the browser subscribes anew", func() bool { now := b.subscribed(t); return len(now) == 1 && now[0] != before[0] })

	// The next alert takes the place of the first.
	b.set(itemURL, stock.OutOfStock)
	b.looked(t, 2)
	b.set(itemURL, stock.PreOrder)
	eventually(t, "another notification", func() bool { list = f.shown(t); return len(list) > 0 && list[0].Title != n.Title })
	if len(list) != 1 || list[0].Tag != n.Tag {
		t.Errorf("after a second alert the browser shows %+v, want that alone", list)
	}

	if got := f.run(t, try); got != "テスト通知を送りました" {
		t.Errorf("after the button for a test was pressed the page says %q", got)
	}
	eventually(t, "the test", func() bool { list = f.shown(t); return len(list) > 0 && strings.Contains(list[0].Body, "試験") })

	f.open(t, "http://"+b.Addr()+"/settings")
	if got := f.run(t, pressButton); got != "false" {
		t.Fatalf("after the button was pressed again the page says %q, want that it is not subscribed", got)
	}
	if got := b.subscribed(t); len(got) != 0 {
		t.Errorf("after that %q are subscribed, want nobody", got)
	}
	eventually(t, "that the browser tells its push service", func() bool { _, _, left := service.counts(); return left > 0 })
}

// subscribed returns the ids and names of the browsers that the server knows.
func (b *box) subscribed(t *testing.T) []string {
	t.Helper()
	var said struct {
		Subscriptions []struct{ ID, Browser string }
	}
	if err := json.Unmarshal([]byte(b.get(t, "/api/v1/subscriptions")), &said); err != nil {
		t.Fatalf("read the subscriptions: %v", err)
	}
	list := []string{}
	for _, s := range said.Subscriptions {
		list = append(list, s.ID+" "+s.Browser)
	}
	return list
}

// subscribe subscribes a browser that is none, and returns what the server says.
func (b *box) subscribe(t *testing.T, endpoint string) (status int, says string) {
	t.Helper()
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	body := fmt.Sprintf(`{"endpoint":%q,"keys":{"p256dh":%q,"auth":"AAAAAAAAAAAAAAAAAAAAAA"}}`, endpoint, base64.RawURLEncoding.EncodeToString(private.PublicKey().Bytes()))
	resp, err := http.Post("http://"+b.Addr()+"/api/v1/subscriptions", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatalf("subscribe: %v", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("subscribe: %v", err)
	}
	return resp.StatusCode, string(text)
}

// A browser that its push service knows no longer gets one try, and is forgotten.
func TestGoneBrowserIsForgotten(t *testing.T) {
	t.Parallel()
	service := newAutopush(t)
	b := pushBox(t, service.host())
	if status, says := b.subscribe(t, service.URL+"/push/nobody"); status != http.StatusCreated {
		t.Fatalf("subscribe: %d %s, want 201", status, says)
	}
	b.set(itemURL, stock.InStock)
	eventually(t, "that the browser is forgotten", func() bool { return len(b.subscribed(t)) == 0 })
	eventually(t, "a dead letter", func() bool { return strings.Contains(b.get(t, "/api/v1/dead"), "recipient gone (HTTP 410)") })
	if posted, _, _ := service.counts(); posted != 1 {
		t.Errorf("%d messages were posted, want 1", posted)
	}
	if says := b.log.String(); strings.Contains(says, service.URL) || !strings.Contains(says, "a browser is gone") {
		t.Errorf("the log names the endpoint, or does not say that the browser is gone:\n%s", says)
	}
}

// Whoever may open the dashboard does not choose where requests go.
func TestSubscriptionsElsewhereAreRefused(t *testing.T) {
	t.Parallel()
	service, other := newAutopush(t), newAutopush(t)
	b := pushBox(t, service.host())
	for _, endpoint := range []string{other.URL + "/push/1", "https://" + other.host() + "/push/1", "https://internal.example/", "http://169.254.169.254/"} {
		if status, says := b.subscribe(t, endpoint); status != http.StatusUnprocessableEntity {
			t.Errorf("subscribe %s: %d %s, want 422", endpoint, status, says)
		}
	}
	if got := b.subscribed(t); len(got) != 0 {
		t.Errorf("subscribed are %q, want nobody", got)
	}
}

// A channel whose browsers are still to come has its series and its consumer, and
// holds nothing up.
func TestChannelWithoutBrowsers(t *testing.T) {
	t.Parallel()
	b := pushBox(t, "push.example")
	b.ready(t)
	if got := b.get(t, "/metrics"); !strings.Contains(got, `sainyuka_outbox_depth{channel="browser"} 0`) {
		t.Error("the metrics lack the channel")
	}
	b.set(itemURL, stock.InStock)
	eventually(t, "the alert on another channel", func() bool { return b.hook.calls() > 0 })
	if _, _, err := b.live.notifier.Test(t.Context(), "browser", true); err == nil || !strings.Contains(err.Error(), "nobody has subscribed") {
		t.Errorf("a test of the channel says %v, want that nobody has subscribed", err)
	}
}
