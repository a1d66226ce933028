package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	inventoryKey   = "inventory" // in the bucket learned, where there is no InventoryStore
	inventoryEvery = 15 * time.Second
	// inventoryClusterEvery is longer, since a cluster keeps copies of everything.
	inventoryClusterEvery = time.Minute
	// mostListed bounds the letters and the keys that an inventory names.
	mostListed = 2000
	// lastInventory is how long the last one, at a stop, may take.
	lastInventory = time.Second
)

// InventoryStore keeps an inventory outside of the store that it is about. Load returns nil
// when there is none.
type InventoryStore interface {
	Load() ([]byte, error)
	Save(inventory []byte) error
}

// inventory says what the store held at some moment: small enough to be written at
// intervals, and enough to see at the next start what is missing.
type inventory struct {
	At      time.Time        `json:"at"`
	Epoch   string           `json:"epoch"`
	Stores  map[string]count `json:"stores"` // by stream
	Letters []string         `json:"letters,omitempty"`
	// Keys are those of the buckets people and products, by bucket.
	Keys map[string][]string `json:"keys,omitempty"`
	// Found is what a start found missing, until the owner was told.
	Found *found `json:"found,omitempty"`
}

// count is what a stream held.
type count struct {
	Messages uint64    `json:"messages"`
	Last     uint64    `json:"last"`
	First    time.Time `json:"first,omitzero"` // when the oldest was written
}

// found is what was missing when the store was opened.
type found struct {
	At     time.Time    `json:"at"`
	Losses []stock.Loss `json:"losses"`
}

// Stocktaking takes inventories, and holds the store against the last one when it is
// opened.
type Stocktaking struct {
	*link

	outside InventoryStore // nil: the bucket of what was learned
	journal *Journal
	letters *Letters
	epochs  *epochLog
	learned bucket
	keyed   map[string]jetstream.KeyValue // the buckets whose keys an inventory names
	alone   bool                          // the engine is in this process: nobody else writes

	mu    sync.Mutex
	last  inventory // as it was kept
	found *found    // nil: nothing, or the owner was told
}

// inventoried are the streams that an inventory is about.
func inventoried() []string {
	return append(streamNames(), kvPrefix+bucketPeople, kvPrefix+bucketProducts, kvPrefix+bucketLearned)
}

// KeepInventory takes an inventory at intervals, and a last one when ctx ends.
func (st *Stocktaking) KeepInventory(ctx context.Context) error {
	every := inventoryClusterEvery
	if st.outside != nil {
		every = inventoryEvery
	}
	for pause(ctx, every) {
		st.TakeInventory(ctx)
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastInventory)
	defer cancel()
	st.TakeInventory(last)
	return ctx.Err()
}

// TakeInventory takes an inventory now and keeps it. What cannot be kept is kept the next
// time.
func (st *Stocktaking) TakeInventory(ctx context.Context) {
	i, err := st.takeInventory(ctx)
	if err == nil {
		err = st.saveInventory(ctx, i)
	}
	if err != nil {
		st.log.Debug("take an inventory", "err", err)
	}
}

func (st *Stocktaking) takeInventory(ctx context.Context) (i inventory, err error) {
	i = inventory{At: clock.Wall().UTC(), Epoch: st.epochs.now(), Stores: map[string]count{}}
	for _, name := range inventoried() {
		s, err := st.lookUp(ctx, name)
		if errors.Is(err, jetstream.ErrStreamNotFound) && strings.HasPrefix(name, kvPrefix) {
			continue
		}
		if err != nil {
			return i, fmt.Errorf("look at stream %s: %w", name, err)
		}
		i.Stores[name] = countOf(s.CachedInfo())
	}
	lctx, cancel := context.WithTimeout(ctx, scanTimeout)
	defer cancel()
	out, err := st.letters.out.Info(lctx, jetstream.WithSubjectFilter("out.>"))
	if err != nil {
		return i, fmt.Errorf("list letters: %w", err)
	}
	i.Letters = firstOf(slices.Sorted(maps.Keys(out.State.Subjects)))
	i.Keys = map[string][]string{}
	for bucket, kv := range st.keyed {
		if i.Keys[bucket], err = st.keysOf(lctx, bucket, kv, i); err != nil {
			return i, err
		}
	}
	return i, nil
}

// keysOf lists the keys of a bucket, or repeats the list of before when nothing was
// written there since.
func (st *Stocktaking) keysOf(ctx context.Context, bucket string, kv jetstream.KeyValue, now inventory) ([]string, error) {
	st.mu.Lock()
	known := st.last
	st.mu.Unlock()
	if name := kvPrefix + bucket; known.Epoch == now.Epoch && known.Stores[name] == now.Stores[name] {
		return known.Keys[bucket], nil
	}
	list, err := kv.ListKeys(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the keys of bucket %s: %w", bucket, err)
	}
	var keys []string
	for key := range list.Keys() {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return firstOf(keys), nil
}

func countOf(info *jetstream.StreamInfo) count {
	return count{Messages: info.State.Msgs, Last: info.State.LastSeq, First: info.State.FirstTime.UTC()}
}

func firstOf(list []string) []string { return list[:min(len(list), mostListed)] }

// saveInventory keeps an inventory, with what was found before and nobody was told.
func (st *Stocktaking) saveInventory(ctx context.Context, i inventory) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	i.Found = st.found
	if i.equal(st.last) {
		return nil
	}
	body, err := json.Marshal(i)
	if err != nil {
		return fmt.Errorf("encode the inventory: %w", err)
	}
	if st.outside != nil {
		err = st.outside.Save(body)
	} else {
		err = st.learned.put(ctx, inventoryKey, body)
	}
	if err != nil {
		return fmt.Errorf("keep the inventory: %w", sentinel(err))
	}
	st.last = i
	return nil
}

// equal reports whether two inventories say the same of the store. The bucket of what
// was learned is written to all the time, and an inventory may be in it.
func (i inventory) equal(j inventory) bool {
	same := func(a, b map[string]count) bool {
		a, b = maps.Clone(a), maps.Clone(b)
		delete(a, kvPrefix+bucketLearned)
		delete(b, kvPrefix+bucketLearned)
		return maps.Equal(a, b)
	}
	return i.Epoch == j.Epoch && i.Found == j.Found && same(i.Stores, j.Stores) &&
		slices.Equal(i.Letters, j.Letters) && maps.EqualFunc(i.Keys, j.Keys, slices.Equal)
}

// loadInventory returns the last inventory; ok is false when there is none that can be
// read.
func (st *Stocktaking) loadInventory(ctx context.Context) (i inventory, ok bool, err error) {
	var body []byte
	if st.outside != nil {
		body, err = st.outside.Load()
	} else {
		var e stock.KV
		e, err = st.learned.get(ctx, inventoryKey)
		body = e.Value
	}
	if err != nil || len(body) == 0 {
		return i, false, err
	}
	if err := json.Unmarshal(body, &i); err != nil {
		st.log.Warn("the inventory cannot be read: what is missing in the store is not seen this time", "err", err)
		return inventory{}, false, nil
	}
	return i, true, nil
}
