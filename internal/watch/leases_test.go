package watch_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/watch"
)

// leaseTable is a bucket whose keys expire, shared by the clients of a cluster.
type leaseTable struct {
	ttl time.Duration

	mu     sync.Mutex
	rev    uint64
	keys   map[string]heldLease
	nudges map[*leaseClient]func()
}

type heldLease struct {
	watch.Lease
	expires time.Time
}

func newLeaseTable() *leaseTable {
	return &leaseTable{ttl: 30 * time.Second, keys: map[string]heldLease{}, nudges: map[*leaseClient]func(){}}
}

// leaseClient is one watcher's connection to the table.
type leaseClient struct {
	table *leaseTable

	mu   sync.Mutex
	away bool // calls hang until their deadline
}

func (c *leaseClient) cut(away bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.away = away
}

func (c *leaseClient) reach(ctx context.Context) error {
	c.mu.Lock()
	away := c.away
	c.mu.Unlock()
	if away {
		<-ctx.Done()
	}
	return ctx.Err()
}

func (c *leaseClient) CreateLease(ctx context.Context, key, value string) (uint64, error) {
	return c.write(ctx, key, func(old watch.Lease, live bool) (*watch.Lease, error) {
		if live {
			return nil, errConflict
		}
		return &watch.Lease{Key: key, Value: value}, nil
	})
}

func (c *leaseClient) RenewLease(ctx context.Context, key, value string, rev uint64) (uint64, error) {
	return c.write(ctx, key, func(old watch.Lease, live bool) (*watch.Lease, error) {
		if !live || old.Rev != rev {
			return nil, errConflict
		}
		return &watch.Lease{Key: key, Value: value}, nil
	})
}

func (c *leaseClient) ReleaseLease(ctx context.Context, key string, rev uint64) error {
	_, err := c.write(ctx, key, func(old watch.Lease, live bool) (*watch.Lease, error) {
		if live && old.Rev != rev {
			return nil, errConflict
		}
		return nil, nil
	})
	return err
}

func (c *leaseClient) write(ctx context.Context, key string, change func(watch.Lease, bool) (*watch.Lease, error)) (uint64, error) {
	if err := c.reach(ctx); err != nil {
		return 0, err
	}
	t := c.table
	t.mu.Lock()
	defer t.mu.Unlock()
	old, ok := t.keys[key]
	l, err := change(old.Lease, ok && time.Now().Before(old.expires))
	if err != nil {
		return 0, err
	}
	t.rev++
	if l == nil {
		delete(t.keys, key)
	} else {
		l.Rev = t.rev
		t.keys[key] = heldLease{*l, time.Now().Add(t.ttl)}
	}
	for _, nudge := range t.nudges {
		nudge()
	}
	return t.rev, nil
}

func (c *leaseClient) Leases(ctx context.Context) ([]watch.Lease, error) {
	if err := c.reach(ctx); err != nil {
		return nil, err
	}
	return c.table.list(), nil
}

func (t *leaseTable) list() []watch.Lease {
	t.mu.Lock()
	defer t.mu.Unlock()
	var list []watch.Lease
	for _, key := range slices.Sorted(maps.Keys(t.keys)) {
		if l := t.keys[key]; time.Now().Before(l.expires) {
			list = append(list, l.Lease)
		}
	}
	return list
}

// holders counts the shards that each watcher holds.
func (t *leaseTable) holders() map[string]int {
	n := make(map[string]int)
	for _, l := range t.list() {
		if len(l.Key) > 6 && l.Key[:6] == "shard." {
			n[l.Value]++
		}
	}
	return n
}

func (c *leaseClient) WatchLeases(ctx context.Context, nudge func()) error {
	c.table.mu.Lock()
	c.table.nudges[c] = nudge
	c.table.mu.Unlock()
	<-ctx.Done()
	c.table.mu.Lock()
	delete(c.table.nudges, c)
	c.table.mu.Unlock()
	return ctx.Err()
}

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
