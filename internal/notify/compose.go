package notify

import (
	"context"
	"log/slog"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/press"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// composer writes the message of a letter, as it is to be read now.
type composer struct {
	store   Store
	router  *router
	buttons *press.Buttons
	log     *slog.Logger
}

// message renders the letter as of now.
func (c *composer) message(ctx context.Context, b *book, l stock.Letter, t Target, plain bool) (channel.Message, error) {
	a, log := l.Alert, letterLog(c.log, l)
	p, _ := b.product(a.Product.ID)
	v := b.view(t, p)
	v.Plain = plain
	v.Failed = func(err error) { log.Warn("an alert goes out in the built-in words", "err", err) }
	if v.Late(a) {
		v.Current = c.current(ctx, log, a.Watch.ID)
	}
	m, err := alerttext.Render(c.upToDate(ctx, b, l), v)
	m.Actions = c.buttons.Actions(ctx, l)
	return m, err
}

// current returns what the watch says now, nil when that is not known.
func (c *composer) current(ctx context.Context, log *slog.Logger, tid string) *stock.State {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	last, seq, err := c.store.Last(ctx, tid)
	if err != nil {
		log.Warn("a late alert goes out without the state of now", "watch", tid, "err", err)
		return nil
	}
	if seq == 0 {
		return nil
	}
	return &last.State
}

// upToDate brings the other shops of an update up to date: of several updates the
// last to arrive is what stays to be read.
func (c *composer) upToDate(ctx context.Context, b *book, l stock.Letter) stock.Letter {
	p, w, ok := b.watch(l.Alert.Product.ID, l.Alert.Watch.ID)
	if l.Replaces != "" && ok {
		r := routing{at: c.router, book: b, log: letterLog(c.log, l), product: p, watch: w}
		l.Alert.Others = r.others(ctx)
	}
	return l
}
