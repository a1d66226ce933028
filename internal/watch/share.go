package watch

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// share compares the leases with what they should be: it notices what others
// took, hands over what is no longer ours, and takes what nobody holds.
func (h *holder) share(ctx context.Context) error {
	h.expire()
	leases, err := h.list(ctx)
	if err != nil {
		return err
	}
	var members []string
	shards := make(map[int]stock.Lease)
	for _, l := range leases {
		if id, ok := strings.CutPrefix(l.Key, memberPrefix); ok {
			members = append(members, id)
			h.compare(id, l.Value)
		} else if s, ok := strings.CutPrefix(l.Key, shardPrefix); ok {
			if n, err := strconv.Atoi(s); err == nil {
				shards[n] = l
			}
		}
	}
	h.forget(members)
	var taken []int
	for shard, l := range h.held {
		// A list may come from a replica that is behind; an older revision says nothing.
		if now, ok := shards[shard]; ok && now.Rev > l.rev && now.Value != h.w.ID {
			taken = append(taken, shard)
		}
	}
	h.lose(taken)
	h.handOver(ctx, members)
	return h.take(ctx, members, shards)
}

// handOver gives up the shards that another member is to hold: first their loops
// end, then the lease does.
func (h *holder) handOver(ctx context.Context, members []string) {
	loops := make(map[int][]<-chan struct{})
	for shard := range h.held {
		if wished(members, shard) != h.w.ID {
			loops[shard] = h.w.vacate(shard, errHandOver)
		}
	}
	if len(loops) == 0 {
		return
	}
	patience, cancel := context.WithTimeout(ctx, handOverTime)
	defer cancel()
	for shard, ends := range loops {
		rev := h.held[shard].rev
		delete(h.held, shard)
		if !allClosed(patience, ends) {
			continue // something still runs: the lease may only expire
		}
		if err := h.release(ctx, shardKey(shard), rev); err != nil {
			h.w.Logger.Debug("a lease is not given back and will expire", "shard", shard, "err", err)
		}
	}
	h.w.Logger.Info("shards are handed over", "shards", len(loops))
}

func allClosed(ctx context.Context, channels []<-chan struct{}) bool {
	for _, c := range channels {
		select {
		case <-c:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// take acquires the shards that we wish for and nobody else holds. A lease with
// our own id is of our last run, or from a call whose answer was lost: nobody
// else uses it.
func (h *holder) take(ctx context.Context, members []string, shards map[int]stock.Lease) error {
	for shard := range Shards {
		l, taken := shards[shard]
		if h.held[shard] != nil || wished(members, shard) != h.w.ID || taken && l.Value != h.w.ID {
			continue
		}
		deadline := h.deadline()
		rev, err := h.put(ctx, shardKey(shard), h.w.ID, l.Rev)
		if errors.Is(err, context.DeadlineExceeded) {
			return err // the store is away: the other shards need not wait for that one by one
		}
		if err != nil {
			h.w.Logger.Debug("a lease is not taken", "shard", shard, "err", err)
			continue
		}
		t := leasedUntil(ctx, deadline)
		h.held[shard] = &lease{rev, t}
		h.w.own(shard, t)
	}
	return nil
}

// compare says once when another member has another configuration than we.
func (h *holder) compare(id, hash string) {
	both := hashes{hash, h.w.configHash()}
	if id == h.w.ID || h.met[id] == both {
		return
	}
	h.met[id] = both
	if both.theirs != both.ours {
		h.w.metrics.strangers.Inc()
		h.w.Logger.Warn("another watcher runs with another configuration", "watcher", id)
	}
}

// forget drops what is known of members that left.
func (h *holder) forget(members []string) {
	for id := range h.met {
		if !slices.Contains(members, id) {
			delete(h.met, id)
		}
	}
}
