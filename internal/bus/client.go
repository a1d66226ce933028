package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/sainyuka/sainyuka/internal/clock"
)

// callTimeout is how long one request to JetStream may take. A healthy one
// takes milliseconds; a cluster that lost a leader needs 4 to 8 s to answer
// again, which is for callers to wait out, with a new attempt.
const callTimeout = 2 * time.Second

// A server that hangs keeps its connections: only unanswered pings tell. After three
// times pingEvery another server is asked, when a cluster has long elected one. Less
// would take a disk that is slow to sync for a server that hangs.
const (
	pingEvery = 3 * time.Second
	pingsOut  = 2
)

// ClientOptions are the options of every connection to NATS, embedded or not.
// The connection is kept up for ever, also while the server refuses us: whoever
// changes its passwords does that on one side first. A publish without a
// connection fails at once: buffered, it would be sent long after its writer gave
// it up.
func ClientOptions(logger *slog.Logger) []nats.Option {
	said := &once{every: time.Minute}
	return []nats.Option{
		nats.Name("sainyuka"),
		nats.MaxReconnects(-1),
		nats.RetryOnFailedConnect(true),
		nats.IgnoreAuthErrorAbort(),
		nats.ReconnectWait(250 * time.Millisecond),
		nats.ReconnectJitter(100*time.Millisecond, 500*time.Millisecond),
		nats.ReconnectBufSize(-1),
		nats.PingInterval(pingEvery),
		nats.MaxPingsOutstanding(pingsOut),
		nats.ErrorHandler(func(_ *nats.Conn, sub *nats.Subscription, err error) {
			subject := ""
			if sub != nil {
				subject = sub.Subject
			}
			if said.may(subject+" "+err.Error(), clock.Now()) { // each attempt to connect may end in the same refusal
				logger.Warn("nats connection", "subject", subject, "err", err)
			}
		}),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil { // nil: we closed it
				logger.Warn("nats connection lost, trying to connect again", "err", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { logger.Info("nats connection is back") }),
	}
}

// once lets the same thing be said again only after a while.
type once struct {
	every time.Duration

	mu   sync.Mutex
	last string
	at   clock.Instant
}

func (o *once) may(say string, now clock.Instant) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if say == o.last && now.Sub(o.at) < o.every {
		return false
	}
	o.last, o.at = say, now
	return true
}

// call gives a request its own deadline.
func call(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, callTimeout)
}

// again does something over and over until ctx ends, with a gap between two
// times: it comes back by itself after every error. An outage is told once. It
// gives up only when the connection was closed, by its owner and for good.
func (l *link) again(ctx context.Context, gap time.Duration, what string, do func(context.Context) error) error {
	level := slog.LevelWarn
	for {
		began := clock.Now()
		err := do(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if l.nc.IsClosed() {
			return fmt.Errorf("%s: %w", what, nats.ErrConnectionClosed)
		}
		if clock.Since(began) > 10*time.Second {
			level = slog.LevelWarn // it had worked for a while
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			l.log.Log(ctx, level, what+": interrupted, trying again", "err", err)
			level = slog.LevelDebug
		}
		if !pause(ctx, gap) {
			return ctx.Err()
		}
	}
}

// pause waits for d, give or take a quarter so that many do not come back at
// the same moment, and reports false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	return clock.Sleep(ctx, d*3/4+rand.N(d/2+1))
}
