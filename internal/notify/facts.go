package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// facts are the entries of the bucket people as this package writes them: JSON, by
// compare and swap. What the mirror copies is known there as soon as it is written.
type facts struct {
	People // nil: nothing is kept
	mirror *mirror
	log    *slog.Logger
}

// kept reports whether there is a store of facts at all.
func (f *facts) kept() bool { return f.People != nil }

// put writes a value over the revision rev and returns its new revision.
func (f *facts) put(ctx context.Context, key string, v any, rev uint64) (uint64, error) {
	value, err := json.Marshal(v)
	if err != nil {
		return 0, fmt.Errorf("encode fact %s: %w", key, err)
	}
	next, err := f.PutFact(ctx, key, value, rev)
	if err != nil {
		return 0, err
	}
	f.mirror.learn(stock.KV{Key: key, Value: value, Rev: next})
	return next, nil
}

// overwrite writes a value over whatever stands there.
func (f *facts) overwrite(ctx context.Context, key string, v any) error {
	for {
		was, err := f.Fact(ctx, key)
		if err != nil {
			return err
		}
		_, err = f.put(ctx, key, v, was.Rev)
		if !errors.Is(err, stock.ErrConflict) || ctx.Err() != nil {
			return err
		}
	}
}

// read reads a fact into v and returns its revision, 0 when there is none. One
// that cannot be decoded counts as absent, but has a revision.
func (f *facts) read(ctx context.Context, key string, v any) (rev uint64, err error) {
	kv, err := f.Fact(ctx, key)
	if err != nil || kv.Rev == 0 {
		return 0, err
	}
	if err := json.Unmarshal(kv.Value, v); err != nil {
		f.log.Error("a fact cannot be read and is left out", "key", key, "err", err)
	}
	return kv.Rev, nil
}

// forget removes a fact that has the revision rev, 0: whatever stands there.
func (f *facts) forget(ctx context.Context, key string, rev uint64) error {
	if err := f.DeleteFact(ctx, key, rev); err != nil {
		return err
	}
	f.mirror.learn(stock.KV{Key: key})
	return nil
}

// follow keeps the mirror as the facts are, until ctx ends. It is called once.
func (f *facts) follow(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	prefixes := []string{prefixMute, prefixMuteIn, prefixOff, prefixQuota, prefixNews}
	var unread atomic.Int32
	unread.Store(int32(len(prefixes)))
	for _, prefix := range prefixes {
		read := sync.OnceFunc(func() {
			if unread.Add(-1) == 0 {
				close(f.mirror.informed)
			}
		})
		g.Go(func() error {
			return f.FollowFacts(ctx, prefix, func(kv stock.KV) {
				if kv.Key == "" {
					read()
					return
				}
				f.mirror.learn(kv)
			})
		})
	}
	return g.Wait()
}
