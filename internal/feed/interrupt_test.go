package feed

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// A look that a reload or the end of the program cuts short says nothing of the
// feed: it is made again at once.
func TestALookThatIsCutShortIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		looks := 0
		ctx, stop := context.WithCancel(t.Context())
		r := New(Options{
			Fetch: func(ctx context.Context, _ stock.Request) stock.Page {
				looks++
				<-ctx.Done() // as a slow server
				return stock.Page{Outcome: stock.Failed, Reason: stock.Said(ctx.Err().Error())}
			},
			Own:    func(string) (context.Context, bool) { return context.Background(), true },
			Logger: slog.New(slog.NewTextHandler(&log, nil)),
		})
		feeds := []Feed{{ID: "bot", URL: "https://bot.example/feed", Interval: time.Minute}}
		r.Set(feeds, nil)
		ended := make(chan error)
		go func() { ended <- r.Run(ctx) }()
		synctest.Wait()
		r.Set(feeds, nil)
		synctest.Wait()
		if looks != 2 {
			t.Errorf("%d looks after a reload, want 2: the first was cut short", looks)
		}
		stop()
		<-ended
		if log.Len() > 0 {
			t.Errorf("the log says %s, want nothing", &log)
		}
	})
}

// A feed that cannot be read is not asked more often than one that can.
func TestABrokenFeedIsNeverAskedMoreOften(t *testing.T) {
	x := &follower{
		Feed: Feed{URL: "https://bot.example/feed", Interval: 24 * time.Hour},
		o: New(Options{
			Fetch: func(context.Context, stock.Request) stock.Page { return stock.Page{Outcome: stock.NotFound} },
		}).o,
	}
	for range 5 {
		before := clock.Now()
		x.look(t.Context(), context.Background())
		if wait := x.next.Sub(before); wait < x.Interval {
			t.Errorf("the next look is in %v, want at least %v", wait, x.Interval)
		}
	}
}
