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

	mu       sync.Mutex
	loops    map[string]loop     // by channel id
	channels map[string][]string // those configured, to their recipients
}

// loop is the delivery of one channel.
type loop struct {
	stop  context.CancelFunc
	ended <-chan struct{}
}

// set starts the loops of new channels and ends those of removed ones. A channel
// whose settings changed keeps its loop: the notifier holds the settings. One
// without a recipient has its loop too, as somebody may subscribe at any time.
func (d *deliveries) set(ids []string, targets []notify.Target) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ctx.Err() != nil {
		return // a reload that came too late
	}
	channels := map[string][]string{} // to their recipients
	for _, id := range ids {
		channels[id] = []string{}
	}
	for _, t := range targets {
		channels[t.ID] = append(channels[t.ID], t.Recipient)
	}
	d.channels = channels
	ending := map[string]loop{}
	for id, l := range d.loops {
		if channels[id] == nil {
			l.stop()
			ending[id] = l
			delete(d.loops, id)
		}
	}
	for id := range channels {
		if _, runs := d.loops[id]; !runs {
			d.loops[id] = d.start(id)
		}
	}
	d.live.g.Go(func() error {
		for _, l := range ending {
			<-l.ended // what is being sent must not be found among the dead letters
		}
		// The server takes a while to notice that a loop has ended: that channel was
		// ours alone, as far as we know.
		d.buryOrphans(d.ctx, channels, func(id string) bool { _, was := ending[id]; return was || channels[id] != nil })
		return nil
	})
}

// start runs the delivery of a channel until it is stopped.
func (d *deliveries) start(channel string) loop {
	ctx, stop := context.WithCancel(d.ctx)
	ended := make(chan struct{})
	d.live.g.Go(func() error {
		defer close(ended)
		defer stop()
		select { // who is muted or disabled must be known first
		case <-d.live.notifier.Informed():
		case <-ctx.Done():
			return nil
		}
		err := d.live.bus.Deliver(ctx, channel, sendTimeout, d.live.notifier.Deliver)
		if ctx.Err() != nil {
			return nil
		}
		return err
	})
	return loop{stop, ended}
}

// tidy periodically repeats a reload's cleanup: it buries letters that were queued
// under the old rules after the reload, and deletes the consumers of removed
// channels.
func (d *deliveries) tidy(ctx context.Context) {
	d.mu.Lock()
	channels := d.channels
	d.mu.Unlock()
	ours := func(id string) bool { return channels[id] != nil }
	d.buryOrphans(ctx, channels, ours)
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	dropped, err := d.live.bus.DropConsumers(ctx, ours)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		d.live.app.log.Warn("consumers of removed channels stay for now", "err", err)
	case len(dropped) > 0:
		d.live.app.log.Info("consumers of removed channels are gone", "channels", dropped)
	}
}

// buryOrphans gives up the letters whose channel or recipient is no longer
// configured: nobody would ever take them from the outbox. Those of channels that
// are not ours are left to another process, if one delivers them.
func (d *deliveries) buryOrphans(ctx context.Context, channels map[string][]string, ours func(channel string) bool) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	n, err := d.live.bus.BuryOrphans(ctx, ours, func(channel, recipient string) bool {
		return slices.Contains(channels[channel], recipient) || d.live.browsers.has(channel, recipient)
	})
	log := d.live.app.log
	switch {
	case ctx.Err() != nil:
	case err != nil:
		log.Warn("letters of removed channels stay in the outbox for now", "err", err)
	case n > 0:
		log.Warn("letters of removed channels were given up: see `sainyuka dead list`", "letters", n)
	}
}
