package watch_test

import (
	"fmt"
	"math"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/schedule/sim"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// agreeing is a world like W6 with more restocks, so that few days tell much.
var agreeing = sim.World{
	Name: "agree", Hosts: 2, Targets: 60, Sigma: 1.5, Rate: 5, Scheduled: 0.5, Flap: 0.15, Median: 120,
}

const (
	agreeSpan  = 48 * time.Hour
	agreeLearn = 24 * time.Hour
	stormSpan  = 12 * time.Hour
)

// agree lets the real watcher look at a world of the simulator in virtual time.
// spoil may take the place of an answer.
func agree(t *testing.T, seed uint64, span time.Duration, spoil func(host int, since time.Duration) *stock.Observation) (x *sim.Trial, asked int) {
	t.Helper()
	x = sim.NewTrial(agreeing, seed, span, agreeLearn)
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(sim.Midnight().AddDate(0, 0, int(time.Until(sim.Midnight())/(-24*time.Hour))+1)))
		w := newWorld(t)
		var mu sync.Mutex
		start := time.Now()
		w.street.every = 2 * time.Second
		w.street.forget = true
		w.street.took = func(string) time.Duration { return time.Millisecond }
		w.street.answer = func(raw string, at time.Time) stock.Observation {
			host, target := place(raw)
			mu.Lock() // every host has a loop of its own
			defer mu.Unlock()
			if o := spoil(host, at.Sub(start)); o != nil {
				return *o
			}
			if x.Look(host, target, at.Sub(start)) {
				return says(stock.InStock)
			}
			return says(stock.OutOfStock)
		}
		var products []stock.Product
		for j := range agreeing.Targets {
			var urls []string
			for i := range agreeing.Hosts {
				urls = append(urls, fmt.Sprintf("http://host%d.example/%d", i, j))
			}
			p := product(fmt.Sprint("p", j), 2*time.Minute, urls...)
			for k := range p.Watches {
				p.Watches[k].MinInterval = 10 * time.Second
			}
			products = append(products, p)
		}
		r := w.start(w.options("one"), products)
		after(span)
		r.stop()
		asked = w.street.asked
	})
	return x, asked
}

func place(raw string) (host, target int) {
	if u, err := url.Parse(raw); err == nil {
		fmt.Sscanf(u.Host, "host%d.example", &host)
		fmt.Sscanf(strings.TrimPrefix(u.Path, "/"), "%d", &target)
	}
	return host, target
}

// What the simulator promises is what the watcher does: the same part of the
// windows, within 3 in a hundred, for the same requests. The street complains of
// every breach of a host's gap.
func TestTheWatcherDoesWhatTheSimulatorSays(t *testing.T) {
	x, asked := agree(t, 42, agreeSpan, func(int, time.Duration) *stock.Observation { return nil })
	rows := x.Rows(sim.Uniform, sim.Ours)
	uniform, ours, live := rows[0], rows[1], x.Row()
	t.Logf("%d windows; seen in time: uniform %.3f, simulated %.3f, live %.3f; within 60 s: %.3f, %.3f, %.3f; longest wait %.2f and %.2f turns; %d requests",
		live.Windows, uniform.InTime, ours.InTime, live.InTime, uniform.Within60, ours.Within60, live.Within60, ours.LongestGap, live.LongestGap, asked)
	if off := math.Abs(live.InTime/ours.InTime - 1); off > 0.03 {
		t.Errorf("the watcher saw %.3f of the windows in time, the simulator %.3f: %.1f %% apart, want at most 3", live.InTime, ours.InTime, 100*off)
	}
	if most := agreeing.Hosts*int(agreeSpan/(2*time.Second)) + agreeing.Hosts; asked > most || asked < most*98/100 {
		t.Errorf("the watcher asked %d times, want its budget of %d and at most 2 %% less", asked, most)
	}
	if live.LongestGap > 3.1 {
		t.Errorf("a watch waited for %.2f turns, want at most 3.1", live.LongestGap)
	}
}

// Storms of 429 come and go. The street complains of every breach of the gap, and
// what a host asked for is kept: nobody comes before Retry-After is over.
func TestStormsBreakNoGap(t *testing.T) {
	var until [2]time.Duration
	early, refused := 0, 0
	_, asked := agree(t, 43, stormSpan, func(host int, since time.Duration) *stock.Observation {
		if since < until[host] {
			early++
		}
		if hour := int(since.Hours()); hour%6 != 3+host || since%(7*time.Minute) > 5*time.Minute {
			return nil
		}
		refused++
		rest := time.Duration(refused%4) * time.Minute // sometimes none is named
		until[host] = since + rest
		return &stock.Observation{Outcome: stock.RateLimited, Reason: stock.Said("429"), RetryAfter: rest}
	})
	t.Logf("%d requests, %d refused, %d too early", asked, refused, early)
	if early > 0 {
		t.Errorf("%d requests came before the host's Retry-After was over, want none", early)
	}
	if most := 2 * 2 * 2 * 40; refused == 0 || refused > most {
		t.Errorf("%d requests in the storms, want some and at most %d", refused, most)
	}
}
