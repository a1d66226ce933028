package bus

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// A watcher in a cluster makes no consumers. A user who may make one can have the server
// deliver messages to any subject of the account, and so could turn a lease into a letter
// or a fact about people. Watchers read by direct requests instead, and poll the last
// sequence of a stream for news.

// stored is a message of a stream.
type stored struct {
	subject string
	body    []byte
	seq     uint64
	at      time.Time
	gone    bool // it says that its key was deleted
}

// Status codes of the answers to a direct request.
const (
	statusEnd      = "204"
	statusNotFound = "404"
)

// direct hands over the messages of a stream from a sequence on whose subject is one of
// a pattern, in order, and returns the last one's sequence, 0 when there are none.
func (l *link) direct(ctx context.Context, stream, pattern string, from uint64, each func(stored)) (last uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, scanTimeout)
	defer cancel()
	for {
		read, more, err := l.directBatch(ctx, stream, pattern, max(1, from), each)
		if err != nil {
			return last, fmt.Errorf("read %s of stream %s: %w", pattern, stream, err)
		}
		last, from = max(last, read), read+1
		if !more || read == 0 {
			return last, nil
		}
	}
}

// directBatch reads up to scanBatch messages, and reports whether there are more.
func (l *link) directBatch(ctx context.Context, stream, pattern string, from uint64, each func(stored)) (last uint64, more bool, err error) {
	body, err := json.Marshal(map[string]any{"seq": from, "next_by_subj": pattern, "batch": scanBatch})
	if err != nil {
		return 0, false, err
	}
	inbox := l.nc.NewInbox()
	sub, err := l.nc.SubscribeSync(inbox)
	if err != nil {
		return 0, false, err
	}
	defer func() { _ = sub.Unsubscribe() }()
	if err := l.nc.PublishRequest("$JS.API.DIRECT.GET."+stream, inbox, body); err != nil {
		return 0, false, err
	}
	for {
		m, err := nextAnswer(ctx, sub)
		if err != nil {
			return last, false, err
		}
		switch status := m.Header.Get("Status"); status {
		case "":
		case statusEnd:
			return last, m.Header.Get("Nats-Num-Pending") != "0", nil
		case statusNotFound:
			return last, false, nil
		default:
			return last, false, fmt.Errorf("the server answers %s %s", status, m.Header.Get("Description"))
		}
		s, err := storedOf(m)
		if err != nil {
			return last, false, err
		}
		last = s.seq
		each(s)
	}
}

// nextAnswer waits for one message of an answer.
func nextAnswer(ctx context.Context, sub *nats.Subscription) (*nats.Msg, error) {
	ctx, cancel := call(ctx)
	defer cancel()
	return sub.NextMsgWithContext(ctx)
}

func storedOf(m *nats.Msg) (s stored, err error) {
	s = stored{subject: m.Header.Get(jetstream.SubjectHeader), body: m.Data}
	if s.seq, err = strconv.ParseUint(m.Header.Get(jetstream.SequenceHeader), 10, 64); err != nil || s.subject == "" {
		return s, fmt.Errorf("an answer names no message: %v", m.Header)
	}
	if s.at, err = time.Parse(time.RFC3339Nano, m.Header.Get(jetstream.TimeStampHeaer)); err != nil {
		return s, fmt.Errorf("an answer has no time: %w", err)
	}
	s.gone = m.Header.Get("KV-Operation") != "" || m.Header.Get(jetstream.MarkerReasonHeader) != ""
	return s, nil
}

// directList returns the entries of a bucket that match a filter and are not deleted.
func (b bucket) directList(ctx context.Context, filter string) (all []jetstream.KeyValueEntry, err error) {
	_, err = b.directEntries(ctx, filter, 0, func(e entry) {
		if e.Operation() == jetstream.KeyValuePut {
			all = append(all, e)
		}
	})
	return all, err
}

// directWatch hands over what happens in a bucket, as watch does.
func (b bucket) directWatch(ctx context.Context, filter string, each func(jetstream.KeyValueEntry)) error {
	listed, reads := false, 0
	return b.poll(ctx, kvPrefix+b.kv.Bucket(), followEvery, func(ctx context.Context, from, to uint64) (uint64, error) {
		last, err := b.directEntries(ctx, filter, from, func(e entry) { each(e) })
		reads++
		// A server that lags may have answered first: what it lacks is not deleted.
		if err == nil && !listed && (last >= to || reads > 1) {
			listed = true
			each(nil)
		}
		return last, err
	})
}

// directEntries hands over the entries of a bucket that match a filter.
func (b bucket) directEntries(ctx context.Context, filter string, from uint64, each func(entry)) (last uint64, err error) {
	prefix := "$KV." + b.kv.Bucket() + "."
	return b.direct(ctx, kvPrefix+b.kv.Bucket(), prefix+filter, from, func(s stored) {
		each(entry{s, b.kv.Bucket(), strings.TrimPrefix(s.subject, prefix)})
	})
}

// entry is a message of a bucket.
type entry struct {
	stored

	bucket, key string
}

// Bucket and the others implement jetstream.KeyValueEntry.
func (e entry) Bucket() string     { return e.bucket }
func (e entry) Key() string        { return e.key }
func (e entry) Value() []byte      { return e.body }
func (e entry) Revision() uint64   { return e.seq }
func (e entry) Created() time.Time { return e.at }
func (e entry) Delta() uint64      { return 0 }

// Operation says whether the key was deleted.
func (e entry) Operation() jetstream.KeyValueOp {
	if e.gone {
		return jetstream.KeyValuePurge
	}
	return jetstream.KeyValuePut
}

// directHistory returns the readable records of a subject, oldest first.
func (l *link) directHistory(ctx context.Context, subject string) (all []stock.Entry, err error) {
	_, err = l.direct(ctx, streamOBS, subject, 0, func(s stored) {
		if c, err := decodeChange(s.body); err == nil {
			all = append(all, stock.Entry{Seq: s.seq, Change: c, At: s.at})
		}
	})
	return all, err
}

// followEvery is how often a watcher looks for products that were changed, and the like.
const followEvery = time.Second

// opened returns the streams that this process opens, besides those of its buckets.
func (l *link) opened() []string {
	if l.watcher {
		return []string{streamOBS}
	}
	return streamNames()
}

// kept returns the streams of the buckets that this process opens.
func (l *link) kept() []string {
	all := []string{kvPrefix + bucketLeases, kvPrefix + bucketProducts, kvPrefix + bucketLearned}
	if !l.watcher {
		all = append(all, kvPrefix+bucketPeople)
	}
	return all
}

// poll looks at intervals whether something was written to a stream, and has it read from
// the sequence after the last that was read, also once at the beginning. It returns when
// the stream was set back.
func (l *link) poll(ctx context.Context, stream string, every time.Duration, read func(ctx context.Context, from, to uint64) (last uint64, err error)) error {
	var made time.Time
	var last uint64
	for first := true; ; first = false {
		s, err := l.lookUp(ctx, stream)
		if err != nil {
			return err
		}
		info := s.CachedInfo()
		if first {
			made = info.Created
		} else if !info.Created.Equal(made) || info.State.LastSeq < last {
			return errGap
		}
		// A server that lags may not have the last ones yet, and the very last one may have
		// expired: what was not read is asked for again.
		if first || info.State.LastSeq > last {
			done, err := read(ctx, last+1, info.State.LastSeq)
			if err != nil {
				return err
			}
			last = max(last, done)
		}
		if !pause(ctx, every) {
			return ctx.Err()
		}
	}
}
