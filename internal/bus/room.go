package bus

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// OBS refuses what is new when it is full, and may not discard its oldest records
// either: those are the states of the watches that have not changed for longest.
// So the histories are cut before: the stream keeps a number of records per watch
// (its MaxMsgsPerSubject), and that number falls when the stream fills. The
// longest histories lose their oldest records first, each watch keeps its last
// one, and the server does it in one step for all.

const (
	mostHistory = 200 // records per watch, while there is room

	// roomAt is the share of a stream's limit at which room is made, and roomTo the
	// share at which that is enough. Below roomyAt histories may grow again.
	roomAt  = 0.80
	roomTo  = 0.70
	roomyAt = 0.50

	// roomStep is about how many records go in one step: the stream takes nothing
	// else meanwhile, about half a second on two slow cores.
	roomStep = 10_000

	roomEvery = time.Minute
	// roomShare of the limit may be written by this process between two looks at
	// how full the stream is, besides the looks by time.
	roomShare = 20
)

// histories keeps the histories in OBS as long as there is room for.
type histories struct {
	*link

	mu    sync.Mutex   // one makes room at a time
	grown atomic.Int64 // bytes appended since the last look
	after atomic.Int64 // how many of them are worth a look; 0: not known
}

// KeepRoom makes room in the streams before they are full, until ctx ends.
func (b *Bus) KeepRoom(ctx context.Context) error {
	for {
		err := b.Journal.room.make(ctx)
		if !b.watcher {
			err = errors.Join(err, b.Letters.makeRoom(ctx))
		}
		if err != nil && ctx.Err() == nil {
			b.log.Warn("room could not be made in the streams", "err", err)
		}
		if !pause(ctx, roomEvery) {
			return ctx.Err()
		}
	}
}

// appended counts what was written, and makes room when it is much. Whether that
// worked shows in the next append.
func (h *histories) appended(ctx context.Context, bytes int) {
	after := h.after.Load()
	if h.grown.Add(int64(bytes)) < after && after > 0 {
		return
	}
	h.grown.Store(0)
	if err := h.make(ctx); err != nil {
		h.log.Debug("make room", "stream", streamOBS, "err", err)
	}
}

// make makes room in OBS if it is needed, or lets histories grow again.
func (h *histories) make(ctx context.Context) error {
	if !h.mayAdjust(streamOBS) && !h.mayPurge(streamOBS) {
		return nil // others make it
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for goal := roomAt; ; goal = roomTo {
		s, err := h.lookUp(ctx, streamOBS)
		if err != nil {
			return fmt.Errorf("look at stream %s: %w", streamOBS, err)
		}
		info := s.CachedInfo()
		h.after.Store(info.Config.MaxBytes / roomShare)
		share := fullness(info)
		switch {
		case share >= goal:
			if err := h.shorten(ctx, s, share); err != nil {
				return err
			}
		case share < roomyAt && goal == roomAt:
			return h.lengthen(ctx, info.Config)
		default:
			return nil
		}
	}
}

// fullness is the share of its limit that a stream has used, 0 without a limit.
func fullness(info *jetstream.StreamInfo) float64 {
	if info.Config.MaxBytes <= 0 {
		return 0
	}
	return float64(info.State.Bytes) / float64(info.Config.MaxBytes)
}

// shorten takes one step towards roomTo.
func (h *histories) shorten(ctx context.Context, s jetstream.Stream, share float64) error {
	lctx, cancel := context.WithTimeout(ctx, scanTimeout)
	defer cancel()
	info, err := s.Info(lctx, jetstream.WithSubjectFilter("obs.>"))
	if err != nil {
		return fmt.Errorf("list histories: %w", err)
	}
	c := info.Config
	level := historyLevel(info.State.Subjects, c.MaxMsgsPerSubject, uint64(float64(info.State.Msgs)*roomTo/share))
	if level == c.MaxMsgsPerSubject {
		return fmt.Errorf("stream %s: %w: it holds nothing but the last record of each watch", streamOBS, ErrFull)
	}
	if h.mayAdjust(streamOBS) {
		c.MaxMsgsPerSubject = level
		err = h.updateStream(ctx, c)
	} else {
		err = purgeTo(ctx, s, info.State.Subjects, level)
	}
	if err != nil {
		return fmt.Errorf("keep %d records per watch: %w", level, err)
	}
	h.log.Info("histories are shortened: the stream is nearly full", "stream", streamOBS, "records_per_watch", level, "bytes", info.State.Bytes, "max_bytes", c.MaxBytes)
	return nil
}

// purgeTo leaves the newest records of each watch, where the stream may not be told to keep
// so many. It takes one request for each watch that has more.
func purgeTo(ctx context.Context, s jetstream.Stream, histories map[string]uint64, level int64) error {
	for subject, n := range histories {
		if n <= uint64(level) {
			continue
		}
		cctx, cancel := call(ctx)
		err := s.Purge(cctx, jetstream.WithPurgeSubject(subject), jetstream.WithPurgeKeep(uint64(level)))
		cancel()
		if err != nil {
			return fmt.Errorf("shorten %s: %w", subject, err)
		}
	}
	return nil
}

// lengthen lets histories grow by half of what they may have.
func (h *histories) lengthen(ctx context.Context, c jetstream.StreamConfig) error {
	if c.MaxMsgsPerSubject <= 0 || c.MaxMsgsPerSubject >= mostHistory || !h.mayAdjust(streamOBS) {
		return nil
	}
	c.MaxMsgsPerSubject = min(mostHistory, c.MaxMsgsPerSubject*3/2+1)
	if err := h.updateStream(ctx, c); err != nil {
		return fmt.Errorf("keep %d records per watch: %w", c.MaxMsgsPerSubject, err)
	}
	h.log.Info("histories may be longer again", "stream", streamOBS, "records_per_watch", c.MaxMsgsPerSubject)
	return nil
}

// historyLevel returns the largest number of records per watch, below the one of
// now, at which no more than want records stay, or, before that, at which about
// roomStep records go. It is at least 1: the last record is the state.
func historyLevel(histories map[string]uint64, now int64, want uint64) int64 {
	lengths := make([]uint64, 0, len(histories))
	var total, longest uint64
	for _, n := range histories {
		lengths = append(lengths, n)
		total += n
		longest = max(longest, n)
	}
	if now > 0 {
		longest = min(longest, uint64(now))
	}
	if longest <= 1 {
		return max(1, now)
	}
	slices.Sort(lengths)
	level, above, left := longest, 0, total
	for level > 1 && left > want && total-left < roomStep {
		level--
		for above < len(lengths) && lengths[len(lengths)-1-above] > level {
			above++
		}
		left -= uint64(above)
	}
	return int64(level)
}
