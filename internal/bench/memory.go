package bench

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// perHost is how many pages of one host are watched.
const perHost = 100

// resident is what the daemon has in memory with so many watches.
type resident struct {
	watches int
	usage                 // now after the first round, peak since the start
	first   time.Duration // how long the first round took
}

// memoryTable measures the memory with each number of watches.
func memoryTable(ctx context.Context, program string, o Options) (string, error) {
	file, err := os.Stat(program)
	if err != nil {
		return "", err
	}
	aims := map[int]int{1: 41, 1000: 55, 10_000: 100, 100_000: 350}
	var b strings.Builder
	fmt.Fprintf(&b, "Go %s, %s/%s. The program as the README builds it has %.1f MB (aim 35). One page of 1 KB per watch, %d of each host, all in the state of one baseline; `/metrics` is scraped.\n\n",
		strings.TrimPrefix(runtime.Version(), "go"), runtime.GOOS, runtime.GOARCH, float64(file.Size())/1e6, perHost)
	b.WriteString("| watches | resident after the first round | of that the program's file | aim | most until then | first round |\n|--:|--:|--:|--:|--:|--:|\n")
	for _, n := range o.Watches {
		r, err := memory(ctx, program, o.Shop, n, o.Settle)
		if err != nil {
			return "", err
		}
		aim := "-"
		if mb := aims[n]; mb > 0 {
			aim = fmt.Sprintf("%d MB", mb)
		}
		fmt.Fprintf(&b, "| %d | %d MB | %d MB | %s | %d MB | %.0f s |\n", n, r.now>>20, r.file>>20, aim, r.peak>>20, r.first.Seconds())
	}
	return b.String(), nil
}

// watchesConfig has so many products of one page each on a street.
func watchesConfig(port, page string, watches, perHost int, interval time.Duration, more string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "data_dir = \"data\"\n[web]\nlisten = \"127.0.0.1:0\"\n[fetch]\nallow_private_addresses = true\n[alerts]\nreceipts = false\n%s\n", more)
	for n := range (watches + perHost - 1) / perHost {
		fmt.Fprintf(&b, "[host.\"%s:%s\"]\nevery = \"100ms\"\n", hostOf(n), port)
	}
	for n := range watches {
		fmt.Fprintf(&b, "[[product]]\nid = \"lamp-%d\"\nname = \"アカリ ランプ %d\"\nmax_price = 9000\n[[product.watch]]\nurl = \"http://%s:%s/%s/%d\"\ninterval = \"%s\"\n",
			n, n, hostOf(n/perHost), port, page, n, interval)
	}
	b.WriteString("[[channel]]\nid = \"log\"\ntype = \"log\"\n")
	return b.String()
}

// openStreet starts this program anew as a street of so many hosts.
func openStreet(ctx context.Context, arguments []string, hosts int) (port string, closing func(), err error) {
	return openShop(ctx, append(slices.Clone(arguments), "-hosts", fmt.Sprint(hosts))...)
}

// memory measures what the daemon has in memory with so many watches, each of which has
// been looked at and has its record.
func memory(ctx context.Context, program string, shop []string, watches int, settle time.Duration) (resident, error) {
	port, closing, err := openStreet(ctx, shop, max(1, watches/perHost))
	if err != nil {
		return resident{}, err
	}
	defer closing()
	d, err := startDaemon(ctx, program, watchesConfig(port, "small", watches, perHost, 10*time.Minute, ""))
	if err != nil {
		return resident{}, err
	}
	defer d.stop()
	begun := stopwatch()
	if err := d.waitFor(ctx, watches, time.Hour); err != nil {
		return resident{}, err
	}
	r := resident{watches: watches, first: begun()}
	var seen []int64
	for range 9 {
		select {
		case <-ctx.Done():
			return resident{}, ctx.Err()
		case <-time.After(settle / 9):
		}
		if _, _, _, err := d.get(ctx, "/metrics"); err != nil {
			return resident{}, err
		}
		u, err := d.resident()
		if err != nil {
			return resident{}, err
		}
		seen, r.usage = append(seen, u.now), u
	}
	slices.Sort(seen)
	r.now = seen[len(seen)/2]
	return r, nil
}
