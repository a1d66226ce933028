package bus

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// link is the connection to NATS and JetStream, which every part of a bus works
// through.
type link struct {
	nc  *nats.Conn
	js  jetstream.JetStream
	log *slog.Logger

	watcher bool // see Options
	rights  rights
}

// newLink works on a connection; a nil logger is silent.
func newLink(nc *nats.Conn, log *slog.Logger) (*link, error) {
	js, err := jetstream.New(nc, jetstream.WithDefaultTimeout(callTimeout))
	if err != nil {
		return nil, err
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &link{nc: nc, js: js, log: log}, nil
}

// connected says which servers do not answer, or refuse us, where a request would
// only report that nothing can be buffered.
func (l *link) connected() error {
	if l.nc.IsConnected() {
		return nil
	}
	servers := strings.Join(l.nc.Servers(), ", ")
	if err := l.nc.LastError(); err != nil {
		return fmt.Errorf("no connection to NATS at %s: %w", servers, err)
	}
	return fmt.Errorf("no connection to NATS at %s", servers)
}

func (l *link) lookUp(ctx context.Context, name string) (jetstream.Stream, error) {
	ctx, cancel := call(ctx)
	defer cancel()
	return l.js.Stream(ctx, name)
}

func (l *link) updateStream(ctx context.Context, c jetstream.StreamConfig) error {
	if !l.mayAdjust(c.Name) {
		return notAllowed("adjust stream", c.Name)
	}
	ctx, cancel := call(ctx)
	defer cancel()
	_, err := l.js.UpdateStream(ctx, c)
	return sentinel(err)
}

// publish sends one message to JetStream and waits for the acknowledgement.
func (l *link) publish(ctx context.Context, m *nats.Msg, opts ...jetstream.PublishOpt) (uint64, error) {
	ctx, cancel := call(ctx)
	defer cancel()
	ack, err := l.js.PublishMsg(ctx, m, append(opts, jetstream.WithRetryAttempts(0))...)
	if err != nil {
		return 0, sentinel(err)
	}
	return ack.Sequence, nil
}

// listen hands over what is said on a subject of plain NATS, which keeps nothing,
// until ctx ends.
func (l *link) listen(ctx context.Context, subject string, each func(*nats.Msg)) error {
	sub, err := l.nc.Subscribe(subject, func(m *nats.Msg) {
		if ctx.Err() == nil {
			each(m)
		}
	})
	if err != nil {
		return fmt.Errorf("listen on %s: %w", subject, err)
	}
	<-ctx.Done()
	if err := sub.Unsubscribe(); err != nil {
		l.log.Debug("end listening", "subject", subject, "err", err)
	}
	return ctx.Err()
}
