package e2e

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/fakeshop"
	"github.com/sainyuka/sainyuka/internal/natstest"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// troubles are the ways in which a page fails to say. None is a change.
func troubles() map[string]fakeshop.Fault {
	return map[string]fakeshop.Fault{
		"forbidden":     fakeshop.Status(403),
		"reference":     fakeshop.Reference(), // the 43 bytes with status 200
		"captcha":       fakeshop.Captcha(),
		"maintenance":   fakeshop.Maintenance(),
		"other-product": fakeshop.RedirectTo("/item/other"),
		"other-host":    fakeshop.RedirectTo("http://elsewhere.example/item/weathercock"),
		"login":         fakeshop.LoginWall(),
		"too-many":      fakeshop.TooMany(time.Second),
		"unavailable":   fakeshop.Unavailable(0),
		"time-out":      fakeshop.Hang(),
		"half-a-page":   fakeshop.Cut(),
		"shell":         fakeshop.Shell(),
		"empty":         fakeshop.Empty(),
	}
}

// In each shop the page goes out, in, out, in, and fails in the shop's own way in
// between: exactly two restocks ring, and nothing else.
func TestRestocksRingExactly(t *testing.T) {
	c, s := newTown(t), newSink(t)
	shops, config := openShops(t, c, s, "")
	startDaemon(t, config)
	restocksRingExactly(t, s, shops)
}

// The two roles as processes of their own, against a stock NATS server, from one
// configuration file.
func TestRestocksRingExactlyAcrossProcesses(t *testing.T) {
	c, s := newTown(t), newSink(t)
	shops, config := openShops(t, c, s, natstest.External(t))
	processes := map[string]*process{
		"notifier": start(t, "notifier", "-config", config, "-data-dir", t.TempDir()),
		"watcher":  start(t, "watcher", "-config", config, "-data-dir", t.TempDir()),
	}
	restocksRingExactly(t, s, shops)
	for name, p := range processes {
		if code := p.terminate(t); code != 0 {
			t.Errorf("%s ended with code %d after SIGTERM, want 0; its log:\n%s", name, code, p.stderr.String())
		}
	}
}

// openShops opens a shop per trouble and writes the configuration for them.
func openShops(t *testing.T, c *town, s *sink, nats string) (shops []shop, config string) {
	for name := range troubles() {
		shops = append(shops, c.shop(name))
	}
	return shops, settings{town: c, sink: s, nats: nats, shops: shops}.write(t)
}

// restocksRingExactly plays what happens in all shops at once and checks what
// rang.
func restocksRingExactly(t *testing.T, s *sink, shops []shop) {
	t.Helper()
	looks(t, shops, 2)
	suffer(t, shops)
	ring(t, s, shops, 1)
	suffer(t, shops)
	for _, p := range shops {
		p.stockUp(stock.OutOfStock)
	}
	looks(t, shops, 2)
	suffer(t, shops)
	ring(t, s, shops, 2)
	looks(t, shops, 2)
	for _, p := range shops {
		p.check(t, s)
	}
	if n := len(s.all()); n != 2*len(shops) {
		t.Errorf("%d alerts from %d shops, want two each: %v", n, len(shops), describe(s.all()))
	}
}

// looks waits until all shops were asked n more times.
func looks(t testing.TB, shops []shop, n int) {
	t.Helper()
	want := make([]int, len(shops))
	for i, p := range shops {
		want[i] = p.asked() + n
	}
	for i, p := range shops {
		eventually(t, fmt.Sprintf("%d more looks at %s", n, p.url), func() bool { return p.asked() >= want[i] })
	}
}

// suffer lets each shop fail in its own way until it was asked in vain, then
// heals it.
func suffer(t *testing.T, shops []shop) {
	t.Helper()
	for _, p := range shops {
		p.town.Fail(p.url, troubles()[p.id])
	}
	looks(t, shops, 1)
	for _, p := range shops {
		p.town.Heal(p.url)
	}
	looks(t, shops, 1)
}

// ring puts the item of every shop on sale and waits for its nth alert.
func ring(t testing.TB, s *sink, shops []shop, n int) {
	t.Helper()
	for _, p := range shops {
		p.stockUp(stock.InStock)
	}
	for _, p := range shops {
		s.wait(t, p.id, n)
	}
}

// check compares what rang for a shop, and how the shop was treated, with what
// was promised.
func (p shop) check(t *testing.T, s *sink) {
	t.Helper()
	events := s.of(p.id)
	kinds := make([]stock.Kind, len(events))
	for i, e := range events {
		kinds[i] = e.Data.Kind
		if e.Type != "sainyuka.alert.v1" || e.Data.Offer.URL != p.url || e.Data.Offer.Price != stock.Yen(1980) {
			t.Errorf("alert %s: type %q, url %q, price %s; want %s at 1980 yen", e.ID, e.Type, e.Data.Offer.URL, e.Data.Offer.Price, p.url)
		}
	}
	if want := []stock.Kind{stock.Restocked, stock.Restocked}; !slices.Equal(kinds, want) {
		t.Errorf("%s: alerts %v, want two restocked and nothing else", p.id, describe(events))
	}
	if got := p.town.Stats(p.host); got.MaxInFlight > 1 || got.MinGap < 100*time.Millisecond {
		t.Errorf("%s saw %d requests at once and a gap of %s, want 1 and at least 100ms", p.id, got.MaxInFlight, got.MinGap)
	}
}
