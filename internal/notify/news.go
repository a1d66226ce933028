package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Keys of the facts about what the owner was told.
const (
	prefixNews  = "news"
	channelNews = "news.channel." // news.channel.<channel>: a trouble
	failingNews = "news.failing." // news.failing.<channel>.<recipient>: whom nothing reaches
	hostNews    = "news.host."    // news.host.<hash of the host>: see hostFact
	storageNews = "news.storage"  // a trouble, written once it is over
	roomNews    = "news.room"     // a trouble: a store fills
	weeklyNews  = "news.weekly"   // when the last weekly news went
)

// newsEvery is how often it is looked whether the owner has to hear something.
const newsEvery = 5 * time.Second

// trouble is a fact: something that the owner hears of when it begins and when it
// is over. It goes once both were told.
type trouble struct {
	Kind stock.Kind `json:"kind"` // of the news that it began
	News stock.News `json:"news"`
	Told bool       `json:"told,omitempty"` // that it began
	Over time.Time  `json:"over,omitzero"`  // zero: it goes on
}

// ownersNews is the stage of the owner's news: it tells of every trouble once when it
// begins and once when it is over.
type ownersNews struct {
	facts    *facts
	owner    *owner
	channels *channels
	hosts    *hosts
	weekly   *weekly
	book     *atomic.Pointer[book]
	log      *slog.Logger
}

// run sees to it that the owner hears what there is to hear, until ctx ends.
// What is due is read from the facts, and every letter has an id that is made from
// its fact: done again, after a crash or by a second process, it is the same
// letter.
func (d *ownersNews) run(ctx context.Context) error {
	tick := time.NewTicker(newsEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			d.look(ctx)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// look tells what is due.
func (d *ownersNews) look(ctx context.Context) {
	b := d.book.Load()
	try := func(what string, do func(context.Context) error) {
		err := inTime(ctx, do)
		if err != nil && ctx.Err() == nil && !errors.Is(err, stock.ErrConflict) { // after a conflict it is looked at as it is then
			d.log.Warn("owner notification delayed", "key", what, "err", err)
		}
	}
	for _, id := range b.channels() {
		try(channelNews+id, func(ctx context.Context) error { return d.channels.review(ctx, b, id) })
	}
	for _, f := range d.facts.mirror.allNews() {
		try(f.Key, func(ctx context.Context) error { return d.handle(ctx, b, f) })
	}
	try(weeklyNews, d.weekly.tell)
}

// handle does what one fact asks for.
func (d *ownersNews) handle(ctx context.Context, b *book, f stock.KV) error {
	switch word(f.Key, 1) {
	case word(channelNews, 1), word(storageNews, 1), word(roomNews, 1):
		return d.tellTrouble(ctx, b, f)
	case word(failingNews, 1):
		if _, ok := b.targets[targetKey(word(f.Key, 2), word(f.Key, 3))]; !ok {
			return d.facts.forget(ctx, f.Key, f.Rev)
		}
	case word(hostNews, 1):
		return d.hosts.report(ctx, b, f)
	}
	return nil
}

// tellTrouble tells the owner what was not told yet of a trouble.
func (d *ownersNews) tellTrouble(ctx context.Context, b *book, f stock.KV) error {
	var t trouble
	if err := json.Unmarshal(f.Value, &t); err != nil {
		d.log.Error("a fact cannot be read and is removed", "key", f.Key, "err", err)
		return d.facts.forget(ctx, f.Key, f.Rev)
	}
	rev := f.Rev
	if !t.Told {
		others := func(o Target) bool { return o.ID != t.News.Channel }
		if err := d.owner.tell(ctx, b, t.alert(t.Kind), t.event(f.Key, t.Kind), others); err != nil {
			return err
		}
		t.Told = true
		var err error
		if rev, err = d.facts.put(ctx, f.Key, t, rev); err != nil {
			return err
		}
	}
	if t.Over.IsZero() {
		return nil
	}
	t.News.Until = t.Over
	end := t.Kind.Info().Opposite
	if err := d.owner.tell(ctx, b, t.alert(end), t.event(f.Key, end), anybody); err != nil {
		return err
	}
	return d.facts.forget(ctx, f.Key, rev)
}

func (t trouble) alert(k stock.Kind) stock.Alert {
	return stock.Alert{Kind: k, News: &t.News, ObservedAt: clock.Wall()}
}

func (t trouble) event(key string, k stock.Kind) string {
	return newsEvent(key, t.News.Since, string(k))
}

// newsEvent names news by what it is about, so that told again it is the same.
func newsEvent(key string, began time.Time, what string) string {
	return "dn-" + stock.ShortHash(fmt.Sprint(key, " ", began.UnixNano(), " ", what))
}

func anybody(Target) bool { return true }

// owner are the channels that hear the owner's news.
type owner struct {
	out     *outbox
	book    *atomic.Pointer[book]
	epoch   string
	metrics *metrics
	log     *slog.Logger
}

// tell writes a letter to every recipient of the owner's channels whom a
// condition admits. That there is none is said in the log: it is all that is left.
func (o *owner) tell(ctx context.Context, b *book, a stock.Alert, event string, admit func(Target) bool) error {
	return o.write(ctx, b, stock.Letter{Event: event, Alert: a}, admit)
}

// tellSilently is tell for what shall make no sound.
func (o *owner) tellSilently(ctx context.Context, b *book, a stock.Alert, event string) error {
	return o.write(ctx, b, stock.Letter{Event: event, Alert: a, Silent: true}, anybody)
}

// write addresses a letter to every recipient of the owner's channels whom
// a condition admits.
func (o *owner) write(ctx context.Context, b *book, l stock.Letter, admit func(Target) bool) error {
	now, told := clock.Wall(), 0
	for _, t := range b.Targets {
		if !slices.Contains(b.Owner, t.ID) || !admit(t) {
			continue
		}
		l.Channel, l.Recipient, l.Epoch = t.ID, t.Recipient, o.epoch
		l.MadeAt, l.NotAfter = now, now.Add(l.Alert.Kind.Info().Life)
		if _, err := o.out.place(ctx, addressed{b.targets[targetKey(t.ID, t.Recipient)], l}); err != nil {
			return fmt.Errorf("tell the owner: %w", err)
		}
		told++
	}
	if told == 0 {
		o.log.Error("no channel is left to tell the owner", "kind", l.Alert.Kind)
	}
	o.metrics.news.WithLabelValues(string(l.Alert.Kind)).Inc()
	return nil
}
