package bus

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Journal is the stream OBS: the records of every watch, of which the last one is
// its state.
type Journal struct {
	*link

	obs  jetstream.Stream
	room *histories

	mu       sync.Mutex
	noLeader clock.Instant // since when the server says that there is none; see changeServer
}

// Append writes a change as the next record of its watch, after the one with
// sequence last (0: the watch has none yet). It is one publish, without
// retries but for a full stream in which room could be made, and gives ErrConflict when another record stands there. After any
// error, a time-out above all, the record may be there: read Last before the
// next attempt.
func (j *Journal) Append(ctx context.Context, c stock.Change, last uint64) (seq uint64, err error) {
	subject, err := obsSubject(c.Watch.ID)
	if err != nil {
		return 0, fmt.Errorf("append %s: %w", c.Kind, err)
	}
	if c.PublishedAt.IsZero() {
		c.PublishedAt = clock.Wall().UTC()
	}
	body, err := encodeChange(c)
	if err != nil {
		return 0, fmt.Errorf("append %s of watch %s: %w", c.Kind, c.Watch.ID, err)
	}
	m := nats.NewMsg(subject)
	m.Data = body
	seq, err = j.publish(ctx, m, jetstream.WithExpectLastSequencePerSubject(last))
	if errors.Is(err, ErrFull) { // refused, so that it is not there
		if rerr := j.room.make(ctx); rerr != nil {
			j.log.Error("no room in the stream of changes", "err", rerr)
		}
		seq, err = j.publish(ctx, m, jetstream.WithExpectLastSequencePerSubject(last))
	}
	j.room.appended(ctx, m.Size())
	if err != nil {
		return 0, fmt.Errorf("append %s of watch %s after record %d: %w", c.Kind, c.Watch.ID, last, err)
	}
	return seq, nil
}

// Last returns the last record of a watch and its sequence, 0 when there is
// none. When the last record cannot be read, the newest readable one stands in
// for it, or an empty Change; seq is in any case what the next Append needs.
func (j *Journal) Last(ctx context.Context, tid string) (c stock.Change, seq uint64, err error) {
	subject, err := obsSubject(tid)
	if err != nil {
		return stock.Change{}, 0, err
	}
	cctx, cancel := call(ctx)
	defer cancel()
	body, seq, err := j.newest(cctx, subject)
	if err != nil {
		return stock.Change{}, 0, fmt.Errorf("read last record of watch %s: %w", tid, err)
	}
	if seq == 0 {
		return stock.Change{}, 0, nil
	}
	if c, err = decodeChange(body); err == nil {
		return c, seq, nil
	}
	j.log.Error("the last record of a watch cannot be read, falling back to the one before", "watch", tid, "seq", seq, "err", err)
	older, err := j.History(ctx, tid, 1)
	if err != nil {
		return stock.Change{}, 0, err
	}
	if len(older) > 0 {
		c = older[0].Change
	}
	return c, seq, nil
}

// newest returns the last message of a subject and its sequence, 0 when there is none. In
// a cluster the leader is asked: another server may not have the record yet that the last
// owner of a host wrote a moment ago, and what is then taken for news, or for none, is wrong.
func (j *Journal) newest(ctx context.Context, subject string) (body []byte, seq uint64, err error) {
	if j.obs.CachedInfo().Config.Replicas > 1 && j.rights.to("$JS.API.STREAM.MSG.GET."+streamOBS) {
		leader, err := j.nc.JetStream()
		if err != nil {
			return nil, 0, err
		}
		m, err := leader.GetLastMsg(streamOBS, subject, nats.Context(ctx))
		j.changeServer(err)
		switch {
		case errors.Is(err, nats.ErrMsgNotFound):
			return nil, 0, nil
		case err != nil:
			return nil, 0, err
		}
		return m.Data, m.Sequence, nil
	}
	m, err := j.obs.GetLastMsgForSubject(ctx, subject)
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return nil, 0, nil
	case err != nil:
		return nil, 0, err
	}
	return m.Data, m.Sequence, nil
}

// noLeaderLong is longer than a cluster needs to elect a leader.
const noLeaderLong = 12 * time.Second

// changeServer connects to another server when this one has said for noLeaderLong, by the
// errors of requests, that the stream has no leader or is not there. A server that cannot read
// its own copy of a stream says so all the time, and before the leader has answered.
func (j *Journal) changeServer(err error) {
	var api *nats.APIError
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case !errors.As(err, &api) || api.ErrorCode != codeUnavailable && api.ErrorCode != nats.JSErrCodeStreamNotFound:
		j.noLeader = clock.Instant{}
	case j.noLeader.IsZero():
		j.noLeader = clock.Now()
	case clock.Since(j.noLeader) > noLeaderLong:
		j.noLeader = clock.Instant{}
		j.log.Warn("a server has long known no leader of the stream of changes: connecting to another", "server", j.nc.ConnectedUrlRedacted())
		if err := j.nc.ForceReconnect(); err != nil {
			j.log.Debug("reconnect", "err", err)
		}
	}
}

// History returns the newest n records of a watch, oldest first. Records that
// cannot be read are left out.
func (j *Journal) History(ctx context.Context, tid string, n int) ([]stock.Entry, error) {
	subject, err := obsSubject(tid)
	if err != nil {
		return nil, err
	}
	var all []stock.Entry
	if j.watcher {
		all, err = j.directHistory(ctx, subject)
		return all[max(0, len(all)-max(0, n)):], err
	}
	err = j.scan(ctx, j.obs, subject, jetstream.DeliverAllPolicy, func(m jetstream.Msg) {
		if e, err := entryOf(m); err == nil {
			all = append(all, e)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("read history of watch %s: %w", tid, err)
	}
	return all[max(0, len(all)-max(0, n)):], nil
}

// Forget removes all records of a watch.
func (j *Journal) Forget(ctx context.Context, tid string) error {
	subject, err := obsSubject(tid)
	if err != nil {
		return err
	}
	ctx, cancel := call(ctx)
	defer cancel()
	if err := j.obs.Purge(ctx, jetstream.WithPurgeSubject(subject)); err != nil {
		return fmt.Errorf("forget watch %s: %w", tid, err)
	}
	return nil
}

func entryOf(m jetstream.Msg) (stock.Entry, error) {
	meta, err := m.Metadata()
	if err != nil {
		return stock.Entry{}, fmt.Errorf("read metadata of a record: %w", err)
	}
	c, err := decodeChange(m.Data())
	if err != nil {
		return stock.Entry{Seq: meta.Sequence.Stream}, err
	}
	return stock.Entry{Seq: meta.Sequence.Stream, Change: c, At: meta.Timestamp}, nil
}
