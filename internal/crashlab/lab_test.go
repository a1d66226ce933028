package crashlab

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

var (
	kills = flag.Int("kills", 0, "how many `PROCESSES` a laboratory kills; 0: few")
	seed  = flag.Uint64("seed", 1, "of all that is random but the moments, which are the machine's")
)

// killsOr returns how many processes are to be killed.
func killsOr(few int) int { return cmp.Or(*kills, few) }

// The lab's way to treat shops: short, so that much happens, but longer than a
// program needs to start, so that a new process could come too early.
const (
	hostGap  = 500 * time.Millisecond
	interval = "1s" // the shortest that there is
	nearest  = "100ms"
)

var channels = []string{"hook-a", "hook-b"}

// lab is the shops, a receiver and all that happened between them.
type lab struct {
	testing.TB
	rng      *rand.Rand
	shops    *shopServer
	receiver *receiver
	nats     string // how the programs reach NATS, as TOML; "": it is in the box
	build    func() (dir string, err error)
	env      []string // of every process, besides the test's own
	records  []record
	kills    []kill
	stops    []kill
	starts   int
	tight    bool // the limit holds what always is in stock
	loosened int
}

func newLab(t testing.TB, hosts int) *lab {
	t.Logf("seed %d", *seed)
	return &lab{
		TB: t, rng: rand.New(rand.NewPCG(*seed, 0)),
		shops: newShopServer(t, *seed, hosts), receiver: newReceiver(t, *seed), build: programs,
	}
}

// openScenarios opens shops whose pages go through the scenario, and one that always has its
// item, for a price that is above the limit until limits are loosened.
func (l *lab) openScenarios(pages int) {
	for i := range pages {
		l.shops.open(&page{product: fmt.Sprintf("scenario-%02d", i), host: fmt.Sprintf("scenario-%02d.example", i), scenario: true})
	}
	l.shops.open(&page{product: heldProduct, host: "held.example", still: true})
	l.tight = true
}

// The product that always is in stock, and its limits.
const heldProduct, tightLimit, looseLimit = "held", "1000", "3000"

func (l *lab) limit() string {
	if l.tight {
		return tightLimit
	}
	return looseLimit
}

// switchLimits tightens the limit or loosens it, for the starts to come, once the box has
// judged by the limit as it is.
func (l *lab) switchLimits(dir string) {
	l.Helper()
	if l.judgedBy(dir) != l.limit() {
		return
	}
	if l.tight = !l.tight; !l.tight {
		l.loosened++
	}
}

// flip lets goods come and go until stop is called.
func (l *lab) flip(rate float64) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.shops.flip(ctx, rate)
	}()
	stop = func() { cancel(); <-done }
	l.Cleanup(stop)
	return stop
}

// between waits for a random time.
func (l *lab) between(least, most time.Duration) {
	clock.Sleep(context.Background(), least+time.Duration(l.rng.Int64N(int64(most-least))))
}

// instance is a process of the lab from its start to its end.
type instance struct {
	*process
	lab *lab
	by  string // its name in the notes of requests
}

// begin starts a program with a configuration and a proxy of its own.
func (l *lab) begin(name, program string, args ...string) *instance {
	l.Helper()
	l.starts++
	by := fmt.Sprintf("%s.%d", name, l.starts)
	proxy, shut := l.shops.proxyFor(l, by)
	config := filepath.Join(l.TempDir(), "config.toml")
	if err := os.WriteFile(config, []byte(l.config(proxy)), 0o600); err != nil {
		l.Fatal(err)
	}
	programs, err := l.build()
	if err != nil {
		l.Fatalf("build the programs: %v", err)
	}
	p := launch(l, by, l.env, filepath.Join(programs, program), append(args, "-config", config)...)
	go func() {
		<-p.ended
		shut()
	}()
	return &instance{p, l, by}
}

// killNow kills the process.
func (p *instance) killNow() {
	p.alive(p.lab)
	p.kill()
	p.lab.kills = append(p.lab.kills, kill{p.by, time.Now()})
}

// config is what every process of the lab is told.
func (l *lab) config(proxy string) string {
	var b strings.Builder
	b.WriteString(l.nats)
	fmt.Fprintf(&b, "[web]\nlisten = \"127.0.0.1:0\"\n[fetch]\nproxy = %q\n[alerts]\nflap_limit = 0\n", proxy)
	hosts := map[string]bool{}
	for _, p := range l.shops.pages {
		if !hosts[p.host] {
			hosts[p.host] = true
			fmt.Fprintf(&b, "[host.%q]\nevery = %q\n", p.host, hostGap)
		}
	}
	for _, p := range l.shops.pages {
		fmt.Fprintf(&b, "[[product]]\nid = %q\nname = \"風見鶏\"\n", p.product)
		switch {
		case p.scenario:
			fmt.Fprintf(&b, "sellers_deny = [%q]\n", deniedSeller)
		case p.still:
			fmt.Fprintf(&b, "max_price = %s\n", l.limit())
		}
		fmt.Fprintf(&b, "[[product.watch]]\nurl = %q\ninterval = %q\nmin_interval = %q\n", p.url, interval, nearest)
	}
	for _, c := range channels {
		fmt.Fprintf(&b, "[[channel]]\nid = %q\ntype = \"webhook\"\nurl = %q\n", c, l.receiver.URL+"/"+c)
	}
	return b.String()
}

// step says in the log of the test what begins.
func (l *lab) step(what string) {
	l.Helper()
	l.Logf("%s %s: %d requests, %d alerts so far", time.Now().Format(timeOfDay), what, l.shops.count(), len(l.receiver.heard()))
}

// looked waits until every page was asked for n more times by whom who accepts.
func (l *lab) looked(n int, who func(look) bool) {
	l.Helper()
	from := l.shops.count()
	eventually(l, fmt.Sprintf("%d more looks at every page", n), func() bool {
		asked := l.shops.asked(from, who)
		for _, p := range l.shops.pages {
			if asked[p.url] < n {
				return false
			}
		}
		return true
	})
}

func anybody(look) bool { return true }

// told waits until every record so far has rung everywhere; what does not come
// is for the oracle to tell.
func (l *lab) told() {
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) && len(l.history().judge().missing) > 0 {
		clock.Sleep(context.Background(), 100*time.Millisecond)
	}
}

func (l *lab) history() history {
	scenarios := map[string]bool{}
	for _, p := range l.shops.pages {
		if p.scenario {
			scenarios[p.url] = true
		}
	}
	return history{
		scenarios: scenarios, loosened: l.loosened,
		looks: l.shops.seen(), records: l.records, alerts: l.receiver.heard(), kills: l.kills, stops: l.stops,
		channels: channels, gap: hostGap,
	}
}

// verdict fails the test for all that the oracle finds and prints the figures.
func (l *lab) verdict() {
	l.Helper()
	h := l.history()
	v := h.judge()
	for i, c := range v.complaints() {
		if i == 20 {
			l.Errorf("and %d complaints more", len(v.complaints())-i)
			break
		}
		l.Error(c)
	}
	kinds := map[stock.Kind]int{}
	for _, r := range h.records {
		kinds[r.kind]++
	}
	if kinds[stock.Restocked] == 0 {
		l.Error("nothing came back in stock: nothing was shown")
	}
	if len(h.scenarios) > 0 {
		l.Logf("records by kind: %v; limits were loosened %d times; %d maybes were over before a kill let them be told", kinds, h.loosened, v.overtaken)
	}
	l.Logf("%d kills, %d requests, %d records of which %d restocks: %d lost, %d doubled; %d alerts: %d missing, %d repeated over a kill, %d wrong; smallest gap %s of %s, %d too soon; %d requests without the kernel's time",
		len(h.kills), len(h.looks), len(h.records), kinds[stock.Restocked], len(v.lost), len(v.doubled),
		len(h.alerts), len(v.missing), v.repeats, len(v.wrong), v.smallest.Round(time.Millisecond), h.gap, len(v.tooSoon),
		l.shops.unstamped.Load())
}
