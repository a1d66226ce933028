package bus

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/clock"
)

const (
	pullExpiry    = 20 * time.Second
	pullHeartbeat = 2 * time.Second
)

// fetch asks for up to n messages and hands each over as it comes, until n have
// come, the request has expired or the connection was interrupted. Nothing is
// asked for beyond n, so that nothing waits in this process with its AckWait
// running.
func (l *link) fetch(ctx context.Context, cons jetstream.Consumer, n int, each func(jetstream.Msg)) error {
	ctx, cancel := context.WithTimeout(ctx, pullExpiry)
	defer cancel()
	ctx, cancelToo := l.untilReconnect(ctx)
	defer cancelToo()
	options := []jetstream.FetchOpt{jetstream.FetchContext(ctx)}
	if left, ok := clock.Left(ctx); ok && left > 3*pullHeartbeat { // else it is refused, and not worth having
		options = append(options, jetstream.FetchHeartbeat(pullHeartbeat))
	}
	batch, err := cons.Fetch(n, options...)
	if err != nil {
		return err
	}
	for m := range batch.Messages() {
		each(m)
	}
	err = batch.Error()
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, nats.ErrTimeout) {
		return nil
	}
	return err
}

// keepAlive tells the server again and again that m is being worked on, so that
// it is not delivered to anybody else, until stop is called or ctx ends.
func keepAlive(ctx context.Context, m jetstream.Msg, every time.Duration) (stop func()) {
	ctx, stop = context.WithCancel(ctx)
	go func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				_ = m.InProgress() // without a connection there is nobody to tell
			case <-ctx.Done():
				return
			}
		}
	}()
	return stop
}
