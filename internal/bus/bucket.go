package bus

import (
	"context"
	"errors"
	"math"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// unbounded is for a list that nothing but its bucket bounds.
const unbounded = math.MaxInt

// bucket is one bucket of keys and values.
type bucket struct {
	*link

	kv jetstream.KeyValue
}

// get returns what stands under a key, with Rev 0 when nothing does.
func (b bucket) get(ctx context.Context, key string) (stock.KV, error) {
	ctx, cancel := call(ctx)
	defer cancel()
	e, err := b.kv.Get(ctx, key)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return stock.KV{Key: key}, nil
	}
	if err != nil {
		return stock.KV{}, err
	}
	return kvOf(e), nil
}

// put writes a value, whatever stands there.
func (b bucket) put(ctx context.Context, key string, value []byte) error {
	ctx, cancel := call(ctx)
	defer cancel()
	_, err := b.kv.Put(ctx, key, value)
	return sentinel(err)
}

// replace writes a value over the one with revision rev (0: there must be none).
func (b bucket) replace(ctx context.Context, key string, value []byte, rev uint64) (next uint64, err error) {
	ctx, cancel := call(ctx)
	defer cancel()
	if rev == 0 {
		next, err = b.kv.Create(ctx, key, value)
	} else {
		next, err = b.kv.Update(ctx, key, value, rev)
	}
	return next, sentinel(err)
}

// remove purges a key if its revision is still rev; 0 removes whatever stands there.
func (b bucket) remove(ctx context.Context, key string, rev uint64, options ...jetstream.KVDeleteOpt) error {
	ctx, cancel := call(ctx)
	defer cancel()
	if rev != 0 {
		options = append(options, jetstream.LastRevision(rev))
	}
	return sentinel(b.kv.Purge(ctx, key, options...))
}

// list returns the entries that match a filter, those first that were written first,
// and of more than most the first ones.
func (b bucket) list(ctx context.Context, filter string, most int) (all []jetstream.KeyValueEntry, err error) {
	if b.watcher {
		return b.directList(ctx, filter)
	}
	ctx, cancel := context.WithTimeout(ctx, scanTimeout)
	defer cancel()
	w, err := b.kv.Watch(ctx, filter, jetstream.IgnoreDeletes())
	if err != nil {
		return nil, err
	}
	defer func() { _ = w.Stop() }()
	for {
		e, err := nextEntry(ctx, w)
		switch {
		case err != nil:
			return nil, err
		case e == nil:
			return all, nil
		case len(all) == most:
			b.log.Warn("there are more keys than are read at once", "bucket", b.kv.Bucket(), "keys", filter, "read", most)
			return all, nil
		}
		all = append(all, e)
	}
}

// watch hands over what happens in a bucket, nil when all that was there has been
// listed, until the connection was interrupted.
func (b bucket) watch(ctx context.Context, filter string, each func(jetstream.KeyValueEntry), options ...jetstream.WatchOpt) error {
	ctx, cancel := b.untilReconnect(ctx)
	defer cancel()
	if b.watcher {
		return b.directWatch(ctx, filter, each)
	}
	w, err := b.kv.Watch(ctx, filter, options...)
	if err != nil {
		return err
	}
	defer func() { _ = w.Stop() }()
	for {
		e, err := nextEntry(ctx, w)
		if err != nil {
			return err
		}
		each(e)
	}
}

// nextEntry waits for a watcher's next entry. Nil without an error means that all
// that was there has been listed.
func nextEntry(ctx context.Context, w jetstream.KeyWatcher) (jetstream.KeyValueEntry, error) {
	select {
	case e, ok := <-w.Updates():
		if !ok {
			return nil, errors.New("the connection was lost")
		}
		return e, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// kvOf is an entry as the packages above know it, with a nil Value for one that is
// deleted.
func kvOf(e jetstream.KeyValueEntry) stock.KV {
	if e.Operation() != jetstream.KeyValuePut {
		return stock.KV{Key: e.Key()}
	}
	return stock.KV{Key: e.Key(), Value: append([]byte{}, e.Value()...), Rev: e.Revision()} // empty is not nil
}

// keyFollower hands over what is in a bucket and every change, over interruptions.
type keyFollower struct {
	bucket

	filter string
	each   func(stock.KV)
	known  map[string]bool // the keys that were handed over and not deleted
}

func (b bucket) follower(filter string, each func(stock.KV)) *keyFollower {
	return &keyFollower{bucket: b, filter: filter, each: each, known: make(map[string]bool)}
}

// read follows until the connection was interrupted.
func (f *keyFollower) read(ctx context.Context) error {
	missing := make(map[string]bool, len(f.known)) // until the list is complete
	for key := range f.known {
		missing[key] = true
	}
	return f.watch(ctx, f.filter, func(e jetstream.KeyValueEntry) {
		if e == nil {
			for key := range missing {
				f.hand(stock.KV{Key: key})
			}
			f.each(stock.KV{})
			return
		}
		delete(missing, e.Key())
		f.hand(kvOf(e))
	})
}

// hand passes an entry on, but not that something is gone which never was.
func (f *keyFollower) hand(entry stock.KV) {
	if entry.Value == nil {
		if !f.known[entry.Key] {
			return
		}
		delete(f.known, entry.Key)
	} else {
		f.known[entry.Key] = true
	}
	f.each(entry)
}
