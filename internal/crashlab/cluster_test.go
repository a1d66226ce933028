package crashlab

import (
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/bus"
)

// The processes and servers of a cluster are killed, stopped and joined one after
// the other. With -kills a stop outlasts the lease and a dead watcher is left dead
// until others have taken its hosts, half a minute each.
func TestClusterIsKilled(t *testing.T) {
	t.Parallel()
	l := newLab(t, 24)
	f := newClusterLab(l, 3, 2)
	stop := l.flip(10)
	f.settle()
	watchers, notifiers := f.of("watcher"), f.of("notifier")
	turns := []func(){
		f.killLeader,
		func() { f.killMember(watchers[l.rng.IntN(3)]) },
		func() { f.killMember(notifiers[l.rng.IntN(2)]) },
		f.join,
		func() { f.freeze(watchers[l.rng.IntN(3)], *kills > 0) },
		func() { f.leaveDead(watchers[l.rng.IntN(3)]) },
	}
	for n := range killsOr(len(turns) - 1) {
		l.between(0, time.Second)
		turns[n%len(turns)]()
		f.settle()
		f.audit()
	}
	f.end(stop)
}

// owned returns the hosts that an instance asked last of all.
func (f *clusterLab) owned(by string) []string {
	last := map[string]string{}
	for _, l := range f.shops.seen() {
		last[l.host] = l.by
	}
	var hosts []string
	for host, who := range last {
		if who == by {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

// takenOver waits until each of the hosts is asked by somebody else than by, and
// returns after how long the last of them was.
func (f *clusterLab) takenOver(hosts []string, by string, from int, since time.Time) (longest time.Duration) {
	f.Helper()
	eventually(f, fmt.Sprintf("others to ask the %d hosts of %s", len(hosts), by), func() bool {
		first := map[string]time.Time{}
		for _, l := range f.shops.seen()[from:] {
			if _, ok := first[l.host]; !ok && l.by != by {
				first[l.host] = l.at
			}
		}
		longest = 0
		for _, h := range hosts {
			at, ok := first[h]
			if !ok {
				return false
			}
			longest = max(longest, at.Sub(since))
		}
		return true
	})
	return longest
}

// leaveDead kills a watcher and does not start it again until others have taken its hosts.
func (f *clusterLab) leaveDead(s *member) {
	f.Helper()
	f.step("kill of " + s.by)
	hosts, from, since := f.owned(s.by), f.shops.count(), time.Now()
	s.killNow()
	took := f.takenOver(hosts, s.by, from, since)
	f.Logf("the %d hosts of dead %s were asked by others after %s at most; the aim is a lease of %s and an interval of %s",
		len(hosts), s.by, took.Round(10*time.Millisecond), bus.LeaseTTL, interval)
	f.launch(s)
}

// join lets one more watcher in for a while. It has its share at once, and gives
// it back at once.
func (f *clusterLab) join() {
	f.Helper()
	s := &member{program: "watcher", name: "guest", dir: f.TempDir()}
	since := time.Now()
	f.launch(s)
	f.step("arrival of " + s.by)
	eventually(f, s.by+" to ask a host", func() bool {
		return slices.ContainsFunc(f.shops.seen(), func(l look) bool { return l.by == s.by })
	})
	f.Logf("%s asked its first host %s after its start", s.by, time.Since(since).Round(10*time.Millisecond))
	f.looked(1, anybody)
	hosts, from, left := f.owned(s.by), f.shops.count(), time.Now()
	s.terminate(f)
	took := f.takenOver(hosts, s.by, from, left)
	f.Logf("the %d hosts of %s were asked by others %s at most after it was asked to leave", len(hosts), s.by, took.Round(10*time.Millisecond))
}

// freeze stops a watcher, for longer than its lease or for a moment, and lets it go
// on. It finds out by itself that its leases are over: each of its hosts may
// change hands once more, when it has its share again, and not to and fro.
func (f *clusterLab) freeze(s *member, long bool) {
	f.Helper()
	f.step("stop of " + s.by)
	hosts, from, since := f.owned(s.by), f.shops.count(), time.Now()
	s.signal(syscall.SIGSTOP)
	f.stops = append(f.stops, kill{s.by, time.Now()})
	if long {
		took := f.takenOver(hosts, s.by, from, since)
		f.Logf("the %d hosts of stopped %s were asked by others after %s at most", len(hosts), s.by, took.Round(10*time.Millisecond))
	} else {
		f.between(2*time.Second, 3*time.Second)
	}
	woken := f.shops.count()
	s.signal(syscall.SIGCONT)
	f.step(s.by + " goes on")
	f.settle()
	asked := 0
	for _, host := range hosts {
		var hands []string
		for _, l := range f.shops.seen()[woken:] {
			if l.host == host && (len(hands) == 0 || hands[len(hands)-1] != l.by) {
				hands = append(hands, l.by)
			}
		}
		if slices.Contains(hands, s.by) {
			asked++
		}
		if len(hands) > 2 {
			f.Errorf("after %s went on, %s was asked in turn by %q: somebody asked without a lease", s.by, host, hands)
		}
	}
	f.Logf("%s has asked %d of its %d hosts since it went on", s.by, asked, len(hosts))
}
