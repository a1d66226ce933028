package bench

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
)

// The load: so many hosts are asked as often as the daemon can, each for one large page.
const (
	loadHosts = 200
	loadFor   = 40 * time.Second
)

// served are the pages of the daemon whose latency is measured under load.
var served = [...]string{"/readyz", "/", "/metrics"}

// loadTable measures how long others wait while the daemon reads as much as it can.
func loadTable(ctx context.Context, program string, o Options) (string, error) {
	idle, err := measureLoad(ctx, program, o.Shop, "changed", time.Hour)
	if err != nil {
		return "", fmt.Errorf("idle: %w", err)
	}
	changed, err := measureLoad(ctx, program, o.Shop, "changed", time.Second)
	if err != nil {
		return "", fmt.Errorf("changed pages: %w", err)
	}
	same, err := measureLoad(ctx, program, o.Shop, "same", time.Second)
	if err != nil {
		return "", fmt.Errorf("the same pages: %w", err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d hosts with a page of %d KB each, asked as often as the daemon can; alerts of other pages, by webhook, from a page's last byte on. p50 / p99; ×: of p50 to idle, aim 10.\n\n", loadHosts, pageSize/1000)
	b.WriteString("| what | idle | all pages change | × | all pages stay | × |\n|---|--:|--:|--:|--:|--:|\n")
	row := func(name string, of func(loaded) times) {
		a, c, s := of(idle), of(changed), of(same)
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", name, a, c, ratio(a.over(c)), s, ratio(a.over(s)))
	}
	for _, path := range served {
		row("`"+path+"`", func(l loaded) times { return l.served[path] })
	}
	row("alert of a page of 1 KB", func(l loaded) times { return l.small })
	row(fmt.Sprintf("alert of a page of %d KB", pageSize/1000), func(l loaded) times { return l.large })
	fmt.Fprintf(&b, "| looks a second | - | %.0f | | %.0f | |\n", changed.looks, same.looks)
	fmt.Fprintf(&b, "| looks per CPU second, to those that only read and unpack | - | %.2f (aim 0.3) | | %.2f (aim 0.6) | |\n", changed.perCPU, same.perCPU)
	return b.String(), nil
}

// loaded is what one run of the daemon showed.
type loaded struct {
	served       map[string]times
	small, large times   // from a page's last byte to the webhook
	looks        float64 // a second
	perCPU       float64 // looks per CPU second, to those of the floor
}

// times are how long something took.
type times []time.Duration

func (t times) at(share float64) time.Duration {
	if len(t) == 0 {
		return 0
	}
	slices.Sort(t)
	return t[min(len(t)-1, int(share*float64(len(t))))]
}

func (t times) String() string { return short(t.at(0.5)) + " / " + short(t.at(0.99)) }

// over is the median of other to that of t.
func (t times) over(other times) float64 { return float64(other.at(0.5)) / float64(t.at(0.5)) }

func measureLoad(ctx context.Context, program string, shop []string, page string, interval time.Duration) (loaded, error) {
	port, closing, err := openStreet(ctx, shop, loadHosts)
	if err != nil {
		return loaded{}, err
	}
	defer closing()
	restocks, err := openRestocks(ctx)
	if err != nil {
		return loaded{}, err
	}
	defer restocks.close()
	d, err := startDaemon(ctx, program, watchesConfig(port, page, loadHosts, 1, interval, "flap_limit = 0\n"+restocks.config()))
	if err != nil {
		return loaded{}, err
	}
	defer d.stop()
	if err := d.waitFor(ctx, loadHosts+restockPages, 5*time.Minute); err != nil {
		return loaded{}, err
	}
	l := loaded{served: map[string]times{}}
	begun, looks, err := d.work(ctx)
	if err != nil {
		return loaded{}, err
	}
	since := stopwatch()
	busy, done := context.WithTimeout(ctx, loadFor)
	defer done()
	alternated := make(chan struct{})
	go func() {
		defer close(alternated)
		restocks.alternate(busy)
	}()
	for busy.Err() == nil {
		for _, path := range served {
			status, _, took, err := d.get(ctx, path)
			if err != nil || status != 200 {
				return loaded{}, fmt.Errorf("%s: status %d: %w", path, status, err)
			}
			l.served[path] = append(l.served[path], took)
		}
		clock.Sleep(busy, 100*time.Millisecond)
	}
	<-alternated
	ended, after, err := d.work(ctx)
	if err != nil {
		return loaded{}, err
	}
	l.small, l.large = restocks.times()
	l.looks = (after - looks) / since().Seconds()
	floor, err := unpackings(ctx, "http://"+hostOf(0)+":"+port+"/"+page+"/0")
	if err != nil {
		return loaded{}, err
	}
	l.perCPU = (after - looks) / (ended - begun).Seconds() / floor
	return l, nil
}

// unpackings returns how many answers of an address can be read and unpacked in a second of
// CPU time.
func unpackings(ctx context.Context, address string) (float64, error) {
	f := newFloor()
	c, err := once(f.task(ctx, "unpack", address), time.Second)
	if err != nil {
		return 0, err
	}
	return float64(time.Second) / float64(c.CPU), nil
}

// work is the CPU time that the daemon has used and the looks that it has made.
func (d *daemon) work(ctx context.Context) (used time.Duration, looks float64, err error) {
	if used, err = d.cpu(); err != nil {
		return 0, 0, err
	}
	looks, err = d.sum(ctx, "sainyuka_checks_total")
	return used, looks, err
}
