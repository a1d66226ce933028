package bus

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// setup makes what is missing and binds to what is there. It may be run by any
// number of processes at once and, since it can fail half-way, again: each step
// looks first.
func (b *Bus) setup(ctx context.Context) error {
	streams := make(map[string]jetstream.Stream)
	for _, want := range wanted(rand.Text(), b.opts.Replicas) {
		s, err := b.ensureStream(ctx, want)
		for errorCode(err) == codeInsufficientStorage && want.Name != streamOBS && b.halveOBS(ctx) {
			s, err = b.ensureStream(ctx, want)
		}
		if err != nil {
			return fmt.Errorf("stream %s: %w", want.Name, err)
		}
		streams[want.Name] = s
		if want.Name == streamOBS {
			if err := b.ensureEpoch(ctx, s, want.Metadata[epochKey]); err != nil {
				return fmt.Errorf("epoch of stream %s: %w", want.Name, err)
			}
			if err := routerDurable().ensure(ctx, s, b.log); err != nil {
				return fmt.Errorf("consumer %s: %w", consumerRouter, err)
			}
		}
	}
	b.obs, b.out, b.sent, b.dead = streams[streamOBS], streams[streamOUT], streams[streamSENT], streams[streamDEAD]
	kvs := make(map[string]jetstream.KeyValue)
	for _, want := range buckets(b.opts.Replicas, b.opts.MemoryLeases, b.ttl) {
		kv, err := b.ensureBucket(ctx, want)
		if err != nil {
			return fmt.Errorf("bucket %s: %w", want.Bucket, err)
		}
		kvs[want.Bucket] = kv
	}
	b.leases, b.learned, b.people, b.products = kvs[bucketLeases], kvs[bucketLearned], kvs[bucketPeople], kvs[bucketProducts]
	lost, err := b.findMissing(ctx)
	if err != nil { // it must not keep us from opening
		b.log.Error("the store could not be held against its inventory", "err", err)
	}
	if err := b.checkAge(ctx); err != nil {
		return err
	}
	if err := b.recoverMissing(ctx, lost); err != nil {
		return fmt.Errorf("make up for what is missing: %w", err)
	}
	b.TakeInventory(ctx)
	return nil
}

// ensureStream binds to a stream, and makes it or adjusts its settings before
// if need be. A stream that cannot be adjusted is used as it is: it holds data.
func (b *Bus) ensureStream(ctx context.Context, want jetstream.StreamConfig) (jetstream.Stream, error) {
	s, err := b.lookUp(ctx, want.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		s, err = b.createStream(ctx, want)
		if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
			s, err = b.lookUp(ctx, want.Name) // somebody was faster
		}
	}
	if err != nil {
		return nil, err
	}
	have := s.CachedInfo().Config
	if have.Metadata[restoreKey] != "" {
		return nil, ErrHalfRestored
	}
	next, differs := merge(have, want)
	if !differs {
		return s, nil
	}
	if err = b.adjustStream(ctx, s.CachedInfo(), next); err != nil {
		b.log.Warn("a stream keeps settings that are not ours", "stream", want.Name, "err", err)
		return s, nil
	}
	return b.lookUp(ctx, want.Name)
}

// halveOBS gives half of the limit of OBS to the other streams: it may have found
// just enough room for itself. It reports whether that could be done.
func (b *Bus) halveOBS(ctx context.Context) bool {
	s, err := b.lookUp(ctx, streamOBS)
	if err != nil {
		return false
	}
	info := s.CachedInfo()
	c := info.Config
	if c.MaxBytes/2 < max(leastMax, 2*int64(info.State.Bytes)) {
		return false
	}
	c.MaxBytes /= 2
	return b.updateStream(ctx, c) == nil
}

// adjustStream gives a stream other settings. Where the store has no room for the
// limit that we would like, the one of now stays.
func (b *Bus) adjustStream(ctx context.Context, have *jetstream.StreamInfo, next jetstream.StreamConfig) error {
	err := b.updateStream(ctx, next)
	if !errors.Is(err, ErrFull) || next.MaxBytes == have.Config.MaxBytes {
		return err
	}
	next.MaxBytes = have.Config.MaxBytes
	if _, differs := merge(have.Config, next); !differs {
		return nil
	}
	return b.updateStream(ctx, next)
}

func (b *Bus) lookUp(ctx context.Context, name string) (jetstream.Stream, error) {
	ctx, cancel := call(ctx)
	defer cancel()
	return b.js.Stream(ctx, name)
}

func (b *Bus) updateStream(ctx context.Context, c jetstream.StreamConfig) error {
	ctx, cancel := call(ctx)
	defer cancel()
	_, err := b.js.UpdateStream(ctx, c)
	return sentinel(err)
}

// createStream makes a stream. When the store has no room for its limit, half
// of what there is room for is taken, so that the streams after it find some.
func (b *Bus) createStream(ctx context.Context, c jetstream.StreamConfig) (jetstream.Stream, error) {
	first := c.MaxBytes
	for {
		s, err := b.tryCreate(ctx, c)
		if errorCode(err) == codeInsufficientStorage {
			if made, err := b.lookUp(ctx, c.Name); err == nil {
				return made, nil // somebody was faster, and what was missing is the room for a second one
			}
			if c.MaxBytes/2 >= leastMax {
				c.MaxBytes /= 2
				continue
			}
		}
		if err != nil || c.MaxBytes == first {
			return s, sentinel(err)
		}
		c.MaxBytes /= 2
		b.log.Warn("disk is small: a stream has less room than usual", "stream", c.Name, "bytes", c.MaxBytes)
		if err := b.updateStream(ctx, c); err != nil {
			return nil, err
		}
		return b.lookUp(ctx, c.Name)
	}
}

func (b *Bus) tryCreate(ctx context.Context, c jetstream.StreamConfig) (jetstream.Stream, error) {
	ctx, cancel := call(ctx)
	defer cancel()
	return b.js.CreateStream(ctx, c)
}

func (b *Bus) ensureBucket(ctx context.Context, want jetstream.KeyValueConfig) (jetstream.KeyValue, error) {
	ctx, cancel := call(ctx)
	defer cancel()
	kv, err := b.js.KeyValue(ctx, want.Bucket)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		kv, err = b.js.CreateKeyValue(ctx, want)
		if errors.Is(err, jetstream.ErrBucketExists) {
			kv, err = b.js.KeyValue(ctx, want.Bucket)
		}
	}
	if err != nil {
		return nil, sentinel(err)
	}
	st, err := kv.Status(ctx)
	if err != nil {
		return nil, err
	}
	if have := st.Config(); have.TTL != want.TTL || have.LimitMarkerTTL != want.LimitMarkerTTL ||
		have.Storage != want.Storage || have.Replicas != want.Replicas {
		b.adjustBucket(ctx, have, want)
	}
	return kv, nil
}

// adjustBucket changes what can be changed of a bucket. Its storage cannot.
func (b *Bus) adjustBucket(ctx context.Context, have, want jetstream.KeyValueConfig) {
	next := have
	next.TTL, next.LimitMarkerTTL, next.Replicas = want.TTL, want.LimitMarkerTTL, want.Replicas
	if _, err := b.js.UpdateKeyValue(ctx, next); err != nil || have.Storage != want.Storage {
		b.log.Warn("a bucket keeps settings that are not ours", "bucket", want.Bucket, "storage", have.Storage.String(), "err", err)
	}
}
