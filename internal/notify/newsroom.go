package notify

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// fillingAt is the share of a store in percent at which the owner is told, and
	// roomyAgain the share at which that is over. Room is made before, at 80, so that
	// only what cannot make room gets there.
	fillingAt  = 85
	roomyAgain = 75

	roomEvery = time.Minute
)

// Fullness is how full the fullest store is that would refuse what is new.
type Fullness struct {
	Store   string // a stream's name, or stock.StoreDisk for the share of the disk that is ours
	Percent int
}

// room is the part of the owner's news that tells how full the store is.
type room struct {
	facts *facts
	log   *slog.Logger
}

// guard is Notifier.GuardRoom.
func (r *room) guard(ctx context.Context, measure func(context.Context) (Fullness, error)) error {
	tick := time.NewTicker(roomEvery)
	defer tick.Stop()
	for {
		full, err := measure(ctx)
		if err == nil {
			err = r.review(ctx, full)
		}
		if err != nil && !errors.Is(err, stock.ErrConflict) && ctx.Err() == nil {
			r.log.Warn("could not check how full the store is, will retry", "err", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// review compares what the owner was told of the store with how it is.
func (r *room) review(ctx context.Context, full Fullness) error {
	f, known := r.facts.mirror.newsOf(roomNews)
	var t trouble
	if known {
		if err := json.Unmarshal(f.Value, &t); err != nil || !t.Over.IsZero() {
			return nil // unreadable, or its end is being told
		}
	}
	switch {
	case full.Percent >= fillingAt && (!known || full.Percent >= 100 && t.News.Percent < 100): // a full one is news again
		news := stock.News{Store: full.Store, Percent: full.Percent, Since: clock.Wall().UTC()}
		r.log.Error("a store is nearly full", "store", full.Store, "percent", full.Percent)
		_, err := r.facts.put(ctx, roomNews, trouble{Kind: stock.StoreFilling, News: news}, f.Rev)
		return err
	case full.Percent > roomyAgain || !known:
		return nil
	}
	t.Over, t.News.Percent = clock.Wall().UTC(), full.Percent
	_, err := r.facts.put(ctx, roomNews, t, f.Rev)
	return err
}
