package bus

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// builder makes the streams and buckets that are missing, and adjusts the settings of
// those that are there.
type builder struct {
	*link

	replicas     int
	memoryLeases bool
	ttl          time.Duration // of leases
}

// stores are the streams and buckets of a bus, by name.
type stores struct {
	streams map[string]jetstream.Stream
	buckets map[string]jetstream.KeyValue
}

// build makes what is missing and binds to what is there. It may be run by any
// number of processes at once and, since it can fail half-way, again: each step
// looks first.
func (b *builder) build(ctx context.Context, epochs *epochLog) (stores, error) {
	made := stores{map[string]jetstream.Stream{}, map[string]jetstream.KeyValue{}}
	for _, want := range wanted(rand.Text(), b.replicas) {
		if !slices.Contains(b.opened(), want.Name) {
			continue
		}
		s, err := b.ensureStream(ctx, want)
		for errorCode(err) == codeInsufficientStorage && want.Name != streamOBS && b.halveOBS(ctx) {
			s, err = b.ensureStream(ctx, want)
		}
		if err != nil {
			return made, fmt.Errorf("stream %s: %w", want.Name, err)
		}
		made.streams[want.Name] = s
		if want.Name == streamOBS {
			if err := epochs.ensure(ctx, s, want.Metadata[epochKey]); err != nil {
				return made, fmt.Errorf("epoch of stream %s: %w", want.Name, err)
			}
			if err := routerDurable().ensure(ctx, s, b.log); err != nil {
				return made, fmt.Errorf("consumer %s: %w", consumerRouter, err)
			}
		}
	}
	for _, want := range buckets(b.replicas, b.memoryLeases, b.ttl) {
		if !slices.Contains(b.kept(), kvPrefix+want.Bucket) {
			continue
		}
		kv, err := b.ensureBucket(ctx, want)
		for errorCode(err) == codeInsufficientStorage && b.halveOBS(ctx) {
			kv, err = b.ensureBucket(ctx, want)
		}
		if err != nil {
			return made, fmt.Errorf("bucket %s: %w", want.Bucket, err)
		}
		made.buckets[want.Bucket] = kv
	}
	return made, nil
}

// ensureStream binds to a stream, and makes it or adjusts its settings before
// if need be. A stream that cannot be adjusted is used as it is: it holds data.
func (b *builder) ensureStream(ctx context.Context, want jetstream.StreamConfig) (jetstream.Stream, error) {
	s, err := b.lookUp(ctx, want.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		if !b.mayMake(want.Name) {
			return nil, notAllowed("make stream", want.Name)
		}
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
func (b *builder) halveOBS(ctx context.Context) bool {
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
func (b *builder) adjustStream(ctx context.Context, have *jetstream.StreamInfo, next jetstream.StreamConfig) error {
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

// createStream makes a stream. When the store has no room for its limit, half
// of what there is room for is taken, so that the streams after it find some.
func (b *builder) createStream(ctx context.Context, c jetstream.StreamConfig) (jetstream.Stream, error) {
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

func (b *builder) tryCreate(ctx context.Context, c jetstream.StreamConfig) (jetstream.Stream, error) {
	ctx, cancel := call(ctx)
	defer cancel()
	return b.js.CreateStream(ctx, c)
}

func (b *builder) ensureBucket(ctx context.Context, want jetstream.KeyValueConfig) (jetstream.KeyValue, error) {
	ctx, cancel := call(ctx)
	defer cancel()
	kv, err := b.js.KeyValue(ctx, want.Bucket)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		if !b.mayMake(kvPrefix + want.Bucket) {
			return nil, notAllowed("make bucket", want.Bucket)
		}
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
		have.Storage != want.Storage || have.Replicas != want.Replicas || have.Description != want.Description {
		b.adjustBucket(ctx, have, want)
	}
	return kv, nil
}

// adjustBucket changes what can be changed of a bucket. Its storage cannot.
func (b *builder) adjustBucket(ctx context.Context, have, want jetstream.KeyValueConfig) {
	if !b.mayAdjust(kvPrefix + want.Bucket) {
		b.log.Warn("a bucket keeps settings that are not ours", "bucket", want.Bucket, "err", notAllowed("adjust bucket", want.Bucket))
		return
	}
	next := have
	next.TTL, next.LimitMarkerTTL, next.Replicas, next.Description = want.TTL, want.LimitMarkerTTL, want.Replicas, want.Description
	if _, err := b.js.UpdateKeyValue(ctx, next); err != nil || have.Storage != want.Storage {
		b.log.Warn("a bucket keeps settings that are not ours", "bucket", want.Bucket, "storage", have.Storage.String(), "err", err)
	}
}
