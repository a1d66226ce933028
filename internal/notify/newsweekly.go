package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// week is the time that one weekly summary covers, however long ago the last one was.
const week = 7 * 24 * time.Hour

// weeklyMark says up to when the weekly news went.
type weeklyMark struct {
	At time.Time `json:"at"`
}

// weekly is the part of the owner's news that says at fixed times that all is well.
type weekly struct {
	store  Store
	facts  *facts
	owner  *owner
	looked *lastLook
	book   *atomic.Pointer[book]
}

// tell tells the owner that all is well, or what is not, when the time has
// come. The first one comes at the first time after the program learned that it is
// wanted; of several that were missed only one comes.
func (w *weekly) tell(ctx context.Context) error {
	b := w.book.Load()
	if len(b.Weekly.Channels) == 0 {
		return nil
	}
	now := clock.Wall()
	slot := b.Weekly.Last(b.Location, now)
	var last weeklyMark
	f, known := w.facts.mirror.newsOf(weeklyNews)
	if !known {
		var err error
		if f, err = w.facts.Fact(ctx, weeklyNews); err != nil {
			return err
		}
	}
	_ = json.Unmarshal(f.Value, &last) // one that cannot be read is written anew
	switch {
	case last.At.IsZero():
		_, err := w.facts.put(ctx, weeklyNews, weeklyMark{now.UTC()}, f.Rev)
		return err
	case !slot.After(last.At):
		return nil
	}
	since := last.At
	if since.Before(slot.Add(-week)) {
		since = slot.Add(-week)
	}
	news, err := w.count(ctx, b, since)
	if err != nil {
		return err
	}
	a := stock.Alert{Kind: stock.Weekly, News: &news, ObservedAt: now}
	if err := w.owner.tell(ctx, b, a, "dweekly-"+slot.UTC().Format("20060102-1504"), anybody); err != nil {
		return err
	}
	_, err = w.facts.put(ctx, weeklyNews, weeklyMark{slot.UTC()}, f.Rev)
	return err
}

// count counts what there is to say.
func (w *weekly) count(ctx context.Context, b *book, since time.Time) (stock.News, error) {
	news := stock.News{Since: since.UTC(), LastLook: w.looked.at()}
	for _, p := range b.Products {
		for _, page := range p.Watches {
			c, _, err := w.store.Last(ctx, page.ID)
			if err != nil {
				return news, fmt.Errorf("read the last record of watch %s: %w", page.ID, err)
			}
			news.Pages++
			if c.Problem != nil {
				news.Unreadable++
			}
			if c.ObservedAt.After(news.LastLook) {
				news.LastLook = c.ObservedAt
			}
		}
	}
	var err error
	if news.Sent, err = w.store.SentSince(ctx, since); err != nil {
		return news, err
	}
	for _, f := range w.facts.mirror.allNews() {
		if id, ok := strings.CutPrefix(f.Key, channelNews); ok && len(news.Troubled) < alerttext.MaxOthers {
			news.Troubled = append(news.Troubled, id)
		}
	}
	slices.Sort(news.Troubled)
	return news, nil
}

// lastLook is when a page was last looked at, as far as this process knows.
type lastLook struct {
	mu   sync.Mutex
	when time.Time
}

func (l *lastLook) note(at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at.After(l.when) {
		l.when = at
	}
}

func (l *lastLook) at() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.when
}
