package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// makeRoom gives up letters when the outbox is nearly full: the oldest ones of the channel
// that has most, so that a channel that sends nothing cannot keep out the letters of
// others.
func (o *Letters) makeRoom(ctx context.Context) error {
	for goal := roomAt; ; goal = roomTo {
		s, err := o.lookUp(ctx, streamOUT)
		if err != nil {
			return fmt.Errorf("look at stream %s: %w", streamOUT, err)
		}
		info := s.CachedInfo()
		share := fullness(info)
		if share < goal {
			return nil
		}
		channel, err := o.busiest(ctx, s)
		if err != nil || channel == "" {
			return err
		}
		n := 1 + int(float64(info.State.Msgs)*(share-roomTo)/share)
		buried, err := o.buryOldest(ctx, s, channel, n)
		o.log.Error("letters were given up: the outbox is nearly full", "channel", channel, "letters", buried)
		if err != nil {
			return err
		}
	}
}

// busiest returns the channel that has most letters in the outbox, "" without any.
func (o *Letters) busiest(ctx context.Context, s jetstream.Stream) (channel string, err error) {
	ctx, cancel := context.WithTimeout(ctx, scanTimeout)
	defer cancel()
	info, err := s.Info(ctx, jetstream.WithSubjectFilter("out.>"))
	if err != nil {
		return "", fmt.Errorf("list letters: %w", err)
	}
	letters := map[string]int{}
	for subject := range info.State.Subjects {
		name, _, _ := strings.Cut(strings.TrimPrefix(subject, "out."), ".")
		letters[name]++
		if n := letters[name]; n > letters[channel] || n == letters[channel] && name < channel {
			channel = name
		}
	}
	return channel, nil
}

// buryOldest moves the oldest n letters of a channel to DEAD, and says how many
// there were.
func (o *Letters) buryOldest(ctx context.Context, s jetstream.Stream, channel string, n int) (buried int, err error) {
	for next := uint64(1); buried < n; buried++ {
		cctx, cancel := call(ctx)
		m, err := s.GetMsg(cctx, next, jetstream.WithGetMsgSubject("out."+channel+".>"))
		cancel()
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return buried, nil
		}
		if err != nil {
			return buried, fmt.Errorf("find the oldest letters of channel %s: %w", channel, err)
		}
		p, _ := placeOfSubject(m.Subject)
		if err := o.buryPending(ctx, m.Subject, p, stock.Because(stock.ReasonCrowded)); err != nil {
			return buried, fmt.Errorf("give up letter %s: %w", m.Subject, err)
		}
		next = m.Sequence + 1
	}
	return buried, nil
}
