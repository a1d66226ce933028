package notify

import (
	"context"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	lossNews = "news.loss" // names the news of what is missing in the store; no fact stands there
	// lossRetry is the time between two attempts to tell the owner.
	lossRetry = 5 * time.Second
)

// tellLosses is Notifier.TellLosses. Told again, by another process or after a crash, it
// is the same letter.
func (d *ownersNews) tellLosses(ctx context.Context, losses []stock.Loss, found time.Time, told func(context.Context)) error {
	tick := time.NewTicker(lossRetry)
	defer tick.Stop()
	for {
		a := stock.Alert{Kind: stock.DataLost, News: &stock.News{Losses: losses, Since: found}, ObservedAt: found}
		err := inTime(ctx, func(ctx context.Context) error {
			return d.owner.tell(ctx, d.book.Load(), a, newsEvent(lossNews, found, string(stock.DataLost)), anybody)
		})
		if err == nil {
			told(ctx)
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		d.log.Warn("owner notification delayed", "key", lossNews, "err", err)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
