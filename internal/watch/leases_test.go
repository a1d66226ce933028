package watch_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/watch"
)

// cluster is a world with leases and many hosts of one page each.
func cluster(t *testing.T, hosts int, interval time.Duration) (*world, []stock.Product) {
	t.Helper()
	w := newWorld(t)
	w.leases = newLeaseTable()
	p := stock.Product{ID: "p"}
	for i := range hosts {
		p.Watches = append(p.Watches, product("p", interval, fmt.Sprintf("http://host%d.example/", i)).Watches...)
	}
	return w, []stock.Product{p}
}

func TestWatchersShareTheHosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, products := cluster(t, 60, time.Minute)
		var all []*running
		for i := range 3 {
			all = append(all, w.start(w.options(fmt.Sprint("watcher", i)), products))
		}
		after(time.Second)
		for _, r := range all {
			if err := r.Ready(); err != nil {
				t.Errorf("Ready 1s after the start = %v, want nil", err)
			}
		}
		if writes := w.leases.writes(); writes != 3+watch.Shards {
			t.Errorf("a common start took %d writes of leases, want one for each of 3 members and %d shards", writes, watch.Shards)
		}
		after(time.Hour)
		held := w.leases.holders()
		if len(held) != 3 || held["watcher0"]+held["watcher1"]+held["watcher2"] != watch.Shards {
			t.Errorf("shards held = %v, want all %d, shared by three", held, watch.Shards)
		}
		for i := range 60 {
			if n := len(w.street.of(fmt.Sprintf("//host%d.", i))); n != 60 && n != 61 {
				t.Errorf("host %d was asked %d times in 1h by three watchers, want 60 or 61", i, n)
			}
		}
		for _, r := range all {
			r.stop()
		}
		if left := w.leases.list(); len(left) != 0 {
			t.Errorf("after all watchers stopped %d leases are left, want 0", len(left))
		}
	})
}

// late returns the longest time that a host went without a look between two
// moments.
func late(w *world, hosts int, from, to time.Time) time.Duration {
	var longest time.Duration
	for i := range hosts {
		last := from
		for _, l := range append(w.street.of(fmt.Sprintf("//host%d.", i)), look{start: to}) {
			if l.start.Before(from) {
				continue
			}
			longest = max(longest, l.start.Sub(last))
			last = l.start
		}
	}
	return longest
}

func TestAKilledWatcherIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, products := cluster(t, 60, time.Minute)
		var others []*running
		for i := range 2 {
			others = append(others, w.start(w.options(fmt.Sprint("watcher", i)), products))
		}
		o := w.options("victim")
		client := &leaseClient{table: w.leases}
		o.Leases = client
		victim := w.start(o, products)
		after(10 * time.Minute)

		client.cut(true) // it can neither renew nor give back: as after kill -9
		victim.stop()
		killed := time.Now()
		after(10 * time.Minute)
		if held := w.leases.holders(); held["victim"] != 0 || len(held) != 2 {
			t.Errorf("shards held after a kill = %v, want all by the other two", held)
		}
		if gap := late(w, 60, killed, time.Now()); gap > w.leases.ttl+2*time.Minute {
			t.Errorf("after a kill a host was not asked for %v, want at most the lease and two intervals", gap)
		}
		for _, r := range others {
			r.stop()
		}
	})
}

// A process that is paused (SIGSTOP, a suspended machine) asks nobody when it
// goes on: its leases ended meanwhile, and others ask its hosts.
func TestAPausedWatcherKnowsThatItsLeasesEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, products := cluster(t, 60, 10*time.Second)
		other := w.start(w.options("other"), products)
		o := w.options("paused")
		client := &leaseClient{table: w.leases}
		o.Leases = client
		stopped := &pausing{street: w.street}
		o.Observer = stopped
		paused := w.start(o, products)
		after(5 * time.Minute)
		before := w.leases.holders()["paused"]

		client.cut(true)
		stopped.pause(true)
		after(3 * time.Minute)
		if n := stopped.late(w.leases.ttl * 4 / 5); n != 0 {
			t.Errorf("a watcher without contact to the leases began %d looks after its deadline, want 0", n)
		}
		if held := w.leases.holders(); held["other"] != watch.Shards {
			t.Errorf("shards held during the pause = %v, want all by the other", held)
		}
		client.cut(false)
		stopped.pause(false)
		after(3 * time.Minute)
		if held := w.leases.holders(); held["paused"] != before || held["other"] != watch.Shards-before {
			t.Errorf("shards held after the pause = %v, want %d by the paused one as before", held, before)
		}
		other.stop()
		paused.stop()
	})
}

// pausing passes looks on to a street and notes those that begin in a pause.
type pausing struct {
	*street
	mu     sync.Mutex
	since  time.Time // of the pause; zero: none
	starts []time.Duration
}

func (p *pausing) pause(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.since = time.Time{}
	if on {
		p.since = time.Now()
	}
}

func (p *pausing) late(deadline time.Duration) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range p.starts {
		if d >= deadline {
			n++
		}
	}
	return n
}

func (p *pausing) Observe(ctx context.Context, raw string) stock.Observation {
	p.mu.Lock()
	if !p.since.IsZero() {
		p.starts = append(p.starts, time.Since(p.since))
	}
	p.mu.Unlock()
	return p.street.Observe(ctx, raw)
}

func TestANewcomerGetsItsShareAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, products := cluster(t, 60, 10*time.Second)
		var all []*running
		for i := range 3 {
			all = append(all, w.start(w.options(fmt.Sprint("watcher", i)), products))
		}
		after(5 * time.Minute)
		joined := time.Now()
		all = append(all, w.start(w.options("newcomer"), products))
		after(5 * time.Second)
		if held := w.leases.holders(); held["newcomer"] < 5 || len(w.leases.list()) != watch.Shards+4 {
			t.Errorf("shards held 5s after a fourth watcher came = %v, want a share for it and all held", held)
		}
		after(5 * time.Minute)
		// Handing over costs a request on its way, the newcomer's gap, and never a whole slot.
		if gap := late(w, 60, joined, time.Now()); gap > 15*time.Second {
			t.Errorf("when a watcher joined a host was not asked for %v, want at most 15s at an interval of 10s", gap)
		}
		for i := range 60 {
			looks := w.street.of(fmt.Sprintf("//host%d.", i))
			for j, l := range looks[2:] { // the first slot may follow right upon the first look
				if gap := l.start.Sub(looks[j+1].start); gap < 5*time.Second {
					t.Errorf("host %d was asked again after %v, want no second look within half the interval", i, gap)
				}
			}
		}
		for _, r := range all {
			r.stop()
		}
	})
}

func TestAHandOverWaitsForTheLastAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, products := cluster(t, 60, 3*time.Second)
		w.street.deaf = true
		w.street.took = func(string) time.Duration { return 5 * time.Second }
		one := w.start(w.options("one"), products)
		after(58 * time.Second)                    // right after looks began that all end at 62s
		two := w.start(w.options("two"), products) // the street complains of two requests at once
		after(time.Minute)
		if held := w.leases.holders(); len(held) != 2 {
			t.Errorf("shards held 1m after a second watcher came = %v, want some by each", held)
		}
		one.stop()
		two.stop()
	})
}

func TestARestartedWatcherTakesItsOwnLeasesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, products := cluster(t, 20, time.Minute)
		o := w.options("one")
		client := &leaseClient{table: w.leases}
		o.Leases = client
		r := w.start(o, products)
		after(5 * time.Minute)
		client.cut(true)
		r.stop() // gives nothing back

		r = w.start(w.options("one"), products)
		after(time.Second)
		if err := r.Ready(); err != nil {
			t.Errorf("Ready 1s after the restart = %v, want nil", err)
		}
		restarted := time.Now()
		after(2 * time.Minute)
		if gap := late(w, 20, restarted, time.Now()); gap > time.Minute+5*time.Second {
			t.Errorf("after a restart with the same id a host was not asked for %v, want its own leases taken at once", gap)
		}
		r.stop()
	})
}

func TestWithoutLeasesNobodyIsAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, products := cluster(t, 10, 10*time.Second)
		o := w.options("one")
		client := &leaseClient{table: w.leases}
		o.Leases = client
		client.cut(true)
		r := w.start(o, products)
		after(5 * time.Minute)
		if n := len(w.street.of("")); n != 0 || r.Ready() == nil {
			t.Errorf("without a lease store there were %d looks, and Ready = %v; want 0 and an error", n, r.Ready())
		}
		client.cut(false)
		after(time.Minute)
		if n := len(w.street.of("")); n < 50 || r.Ready() != nil {
			t.Errorf("1m after the lease store came there were %d looks of 10 hosts, and Ready = %v; want 50 or more and nil", n, r.Ready())
		}
		// A gap shorter than the deadline costs nothing.
		before := len(w.street.of(""))
		client.cut(true)
		after(12 * time.Second)
		client.cut(false)
		after(48 * time.Second)
		if n := len(w.street.of("")) - before; n < 58 {
			t.Errorf("in a minute with 12s without the lease store there were %d looks, want 60", n)
		}
		r.stop()
	})
}

// What was seen in the last moments of a lease is told once there is a journal
// again, also by a watcher that had to stop looking meanwhile.
func TestChangesOutliveALostLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, products := cluster(t, 1, 5*time.Second)
		start := time.Now()
		w.street.answer = func(_ string, at time.Time) stock.Observation {
			if d := at.Sub(start); d > time.Minute && d < 70*time.Second {
				return says(stock.InStock)
			}
			return says(stock.OutOfStock)
		}
		o := w.options("one")
		client := &leaseClient{table: w.leases}
		o.Leases = client
		r := w.start(o, products)
		after(time.Minute)
		client.cut(true)
		w.journal.set(func(j *journal) { j.hang = true })
		after(5 * time.Minute)
		if last := w.street.of(""); time.Since(last[len(last)-1].start) < 4*time.Minute {
			t.Errorf("the last look without a lease was %v ago, want more than 4m", time.Since(last[len(last)-1].start))
		}
		client.cut(false)
		w.journal.set(func(j *journal) { j.hang = false })
		after(time.Minute)
		if got, want := w.journal.kinds(products[0].Watches[0].ID), "baseline restocked sold_out"; got != want {
			t.Errorf("records after the outage: %q, want %q", got, want)
		}
		r.stop()
	})
}
