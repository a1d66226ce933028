package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// asksAtOnce is how many looks for somebody else run at one time.
	asksAtOnce = 8
	// askedWait is how long one of them may take: nobody waits longer for the answer.
	askedWait = 2 * time.Minute
	// What an answer holds at most, far below the 1 MiB of a message.
	askedOffers   = 50
	askedListings = 100
)

// ErrNobody says that no watcher answered: none runs, or none holds the host.
var ErrNobody = errors.New("no watcher that may ask the host answered")

// AskLook has the watcher that holds a shard look at a page, once, within its host's
// gap. It waits as long as ctx lets it.
func (s *Signals) AskLook(ctx context.Context, shard int, ask stock.LookRequest) (a stock.LookAnswer, err error) {
	body, err := encode(ask)
	if err != nil {
		return a, fmt.Errorf("ask for a look: %w", err)
	}
	m, err := s.nc.RequestWithContext(ctx, "look."+strconv.Itoa(shard), body)
	switch {
	case errors.Is(err, nats.ErrNoResponders) || errors.Is(err, context.DeadlineExceeded):
		return a, fmt.Errorf("%w: %w", ErrNobody, err)
	case err != nil:
		return a, fmt.Errorf("ask for a look: %w", err)
	}
	if err := json.Unmarshal(m.Data, &a); err != nil {
		return a, fmt.Errorf("read the look of another process: %w", err)
	}
	return a, nil
}

// AnswerLooks looks at pages for others, until ctx ends. look reports false for a
// page whose host is not this process's to ask: another one answers then.
func (s *Signals) AnswerLooks(ctx context.Context, look func(ctx context.Context, ask stock.LookRequest) (stock.LookAnswer, bool)) error {
	room := make(chan struct{}, asksAtOnce)
	return s.listen(ctx, "look.*", func(m *nats.Msg) {
		var a stock.LookRequest
		if err := json.Unmarshal(m.Data, &a); err != nil || a.URL == "" {
			s.log.Warn("what is asked for cannot be read", "err", err)
			return
		}
		select {
		case room <- struct{}{}:
		default:
			s.log.Warn("too many looks are asked for at once: one is not answered")
			return
		}
		go func() {
			defer func() { <-room }()
			lctx, cancel := context.WithTimeout(ctx, askedWait)
			defer cancel()
			o, ours := look(lctx, a)
			if !ours {
				return
			}
			o.Offers, o.Listings = o.Offers[:min(len(o.Offers), askedOffers)], o.Listings[:min(len(o.Listings), askedListings)]
			body, err := encode(o)
			if err == nil {
				err = m.Respond(body)
			}
			if err != nil && ctx.Err() == nil {
				s.log.Warn("a look for another process was not answered", "err", err)
			}
		}()
	})
}
