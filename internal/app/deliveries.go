package app

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/notify"
)

// deliveries runs one delivery loop per configured channel, so that a channel
// that hangs holds up nobody but itself.
type deliveries struct {
	live *live
	ctx  context.Context

	mu   sync.Mutex
	stop map[string]context.CancelFunc // by channel id
}

// set starts the loops of new channels and ends those of removed ones. A channel
// whose settings changed keeps its loop: the notifier holds the settings.
func (d *deliveries) set(targets []notify.Target) {
	d.mu.Lock()
	defer d.mu.Unlock()
	channels := map[string][]string{} // to their recipients
	for _, t := range targets {
		channels[t.ID] = append(channels[t.ID], t.Recipient)
	}
	for id, stop := range d.stop {
		if channels[id] == nil {
			stop()
			delete(d.stop, id)
		}
	}
	for id := range channels {
		if d.stop[id] != nil {
			continue
		}
		ctx, stop := context.WithCancel(d.ctx)
		d.stop[id] = stop
		d.live.g.Go(func() error {
			defer stop()
			err := d.live.bus.Deliver(ctx, id, sendTimeout, d.live.notifier.Deliver)
			if ctx.Err() != nil {
				return nil
			}
			return err
		})
	}
	d.live.g.Go(func() error { d.buryOrphans(d.ctx, channels); return nil })
}

// buryOrphans gives up the letters whose channel or recipient is no longer
// configured: nobody would ever take them from the outbox.
func (d *deliveries) buryOrphans(ctx context.Context, channels map[string][]string) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	n, err := d.live.bus.BuryOrphans(ctx, func(channel, recipient string) bool {
		return slices.Contains(channels[channel], recipient)
	})
	log := d.live.app.log
	switch {
	case ctx.Err() != nil:
	case err != nil:
		log.Warn("letters of removed channels stay in the outbox until the next reload", "err", err)
	case n > 0:
		log.Warn("letters of removed channels were given up: see `sainyuka dead list`", "letters", n)
	}
}
