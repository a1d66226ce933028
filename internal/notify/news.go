package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

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

// tendNews sees to it that the owner hears what there is to hear, until ctx ends.
// What is due is read from the facts, and every letter has an id that is made from
// its fact: done again, after a crash or by a second process, it is the same
// letter.
func (n *Notifier) tendNews(ctx context.Context) error {
	tick := time.NewTicker(newsEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			n.lookForNews(ctx)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (n *Notifier) lookForNews(ctx context.Context) {
	b := n.book.Load()
	try := func(what string, do func(context.Context) error) {
		err := n.bounded(ctx, do)
		if err != nil && ctx.Err() == nil && !errors.Is(err, stock.ErrConflict) { // after a conflict it is looked at as it is then
			n.log.Warn("owner notification delayed", "key", what, "err", err)
		}
	}
	for _, id := range b.channels() {
		try(channelNews+id, func(ctx context.Context) error { return n.reviewChannel(ctx, b, id) })
	}
	for _, f := range n.mirror.allNews() {
		try(f.Key, func(ctx context.Context) error { return n.handleNews(ctx, b, f) })
	}
	try(weeklyNews, n.tellWeekly)
}

// handleNews does what one fact asks for.
func (n *Notifier) handleNews(ctx context.Context, b *book, f stock.KV) error {
	switch word(f.Key, 1) {
	case word(channelNews, 1), word(storageNews, 1), word(roomNews, 1):
		return n.tellTrouble(ctx, b, f)
	case word(failingNews, 1):
		if _, ok := b.targets[targetKey(word(f.Key, 2), word(f.Key, 3))]; !ok {
			return n.facts.forget(ctx, f.Key, f.Rev)
		}
	case word(hostNews, 1):
		return n.reportHost(ctx, b, f)
	}
	return nil
}

// tellTrouble tells the owner what was not told yet of a trouble.
func (n *Notifier) tellTrouble(ctx context.Context, b *book, f stock.KV) error {
	var t trouble
	if err := json.Unmarshal(f.Value, &t); err != nil {
		n.log.Error("a fact cannot be read and is removed", "key", f.Key, "err", err)
		return n.facts.forget(ctx, f.Key, f.Rev)
	}
	rev := f.Rev
	if !t.Told {
		others := func(o Target) bool { return o.ID != t.News.Channel }
		if err := n.tellOwner(ctx, b, t.alert(t.Kind), t.event(f.Key, t.Kind), others); err != nil {
			return err
		}
		t.Told = true
		var err error
		if rev, err = n.facts.put(ctx, f.Key, t, rev); err != nil {
			return err
		}
	}
	if t.Over.IsZero() {
		return nil
	}
	t.News.Until = t.Over
	end := t.Kind.Info().Opposite
	if err := n.tellOwner(ctx, b, t.alert(end), t.event(f.Key, end), anybody); err != nil {
		return err
	}
	return n.facts.forget(ctx, f.Key, rev)
}

func (t trouble) alert(k stock.Kind) stock.Alert {
	return stock.Alert{Kind: k, News: &t.News, ObservedAt: time.Now()}
}

func (t trouble) event(key string, k stock.Kind) string {
	return newsEvent(key, t.News.Since, string(k))
}

// newsEvent names news by what it is about, so that told again it is the same.
func newsEvent(key string, began time.Time, what string) string {
	return "dn-" + stock.ShortHash(fmt.Sprint(key, " ", began.UnixNano(), " ", what))
}

func anybody(Target) bool { return true }

// tellOwner writes a letter to every recipient of the owner's channels whom a
// condition admits. That there is none is said in the log: it is all that is left.
func (n *Notifier) tellOwner(ctx context.Context, b *book, a stock.Alert, event string, admit func(Target) bool) error {
	return n.writeToOwner(ctx, b, stock.Letter{Event: event, Alert: a}, admit)
}

// tellOwnerSilently is tellOwner for what shall make no sound.
func (n *Notifier) tellOwnerSilently(ctx context.Context, b *book, a stock.Alert, event string) error {
	return n.writeToOwner(ctx, b, stock.Letter{Event: event, Alert: a, Silent: true}, anybody)
}

// writeToOwner addresses a letter to every recipient of the owner's channels whom
// a condition admits.
func (n *Notifier) writeToOwner(ctx context.Context, b *book, l stock.Letter, admit func(Target) bool) error {
	now, told := time.Now(), 0
	for _, t := range b.Targets {
		if !slices.Contains(b.Owner, t.ID) || !admit(t) {
			continue
		}
		l.Channel, l.Recipient, l.Epoch = t.ID, t.Recipient, n.epoch
		l.MadeAt, l.NotAfter = now, now.Add(l.Alert.Kind.Info().Life)
		if _, err := n.place(ctx, addressed{b.targets[targetKey(t.ID, t.Recipient)], l}); err != nil {
			return fmt.Errorf("tell the owner: %w", err)
		}
		told++
	}
	if told == 0 {
		n.log.Error("no channel is left to tell the owner", "kind", l.Alert.Kind)
	}
	n.metrics.news.WithLabelValues(string(l.Alert.Kind)).Inc()
	return nil
}

// newsOf returns what stands under a key, as far as it is known here.
func (s *mirror) newsOf(key string) (stock.KV, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.news[key]
	return f, ok
}

// allNews returns all of it, in the order of the keys.
func (s *mirror) allNews() []stock.KV {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []stock.KV
	for _, f := range s.news {
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b stock.KV) int { return slices.Compare([]string{a.Key}, []string{b.Key}) })
	return all
}
