package watch_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
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
	stock.Lease
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
	return c.write(ctx, key, func(old stock.Lease, live bool) (*stock.Lease, error) {
		if live {
			return nil, errConflict
		}
		return &stock.Lease{Key: key, Value: value}, nil
	})
}

func (c *leaseClient) RenewLease(ctx context.Context, key, value string, rev uint64) (uint64, error) {
	return c.write(ctx, key, func(old stock.Lease, live bool) (*stock.Lease, error) {
		if !live || old.Rev != rev {
			return nil, errConflict
		}
		return &stock.Lease{Key: key, Value: value}, nil
	})
}

func (c *leaseClient) ReleaseLease(ctx context.Context, key string, rev uint64) error {
	_, err := c.write(ctx, key, func(old stock.Lease, live bool) (*stock.Lease, error) {
		if live && old.Rev != rev {
			return nil, errConflict
		}
		return nil, nil
	})
	return err
}

func (c *leaseClient) write(ctx context.Context, key string, change func(stock.Lease, bool) (*stock.Lease, error)) (uint64, error) {
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

func (c *leaseClient) Leases(ctx context.Context) ([]stock.Lease, error) {
	if err := c.reach(ctx); err != nil {
		return nil, err
	}
	return c.table.list(), nil
}

func (t *leaseTable) list() []stock.Lease {
	t.mu.Lock()
	defer t.mu.Unlock()
	var list []stock.Lease
	for _, key := range slices.Sorted(maps.Keys(t.keys)) {
		if l := t.keys[key]; time.Now().Before(l.expires) {
			list = append(list, l.Lease)
		}
	}
	return list
}

// writes counts all changes of the table.
func (t *leaseTable) writes() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.rev
}

// holders counts the shards that each watcher holds.
func (t *leaseTable) holders() map[string]int {
	n := make(map[string]int)
	for _, l := range t.list() {
		if strings.HasPrefix(l.Key, "shard.") {
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
