package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Letters are the letters on their way, which stand in the stream OUT, and what
// becomes of them: the proof that one was sent, or a dead letter.
type Letters struct {
	*link
	Receipts
	DeadLetters

	out    jetstream.Stream
	epochs *epochLog
}

// places are the streams in which a letter can stand, with the first word of its
// subject there.
func (o *Letters) places() map[jetstream.Stream]string {
	return map[jetstream.Stream]string{o.out: "out", o.sent: "sent", o.dead: "dead"}
}

// Enqueue puts a letter into the outbox. A copy that is already there, or was
// within the last ten minutes, is no error.
//
// A letter about a record of an earlier epoch carries that epoch, whatever its
// maker believed: what was told of it then is not told again. If nobody knows any
// more what was told then, the letter goes to DEAD instead.
func (o *Letters) Enqueue(ctx context.Context, l stock.Letter) error {
	var doubt bool
	l.Epoch, doubt = o.epochs.all.of(l.Event, l.Epoch)
	m, p, err := newLetter(l)
	if err != nil {
		return fmt.Errorf("enqueue: %w", err)
	}
	if doubt {
		return o.buryDoubtful(ctx, l, p)
	}
	m.Header.Set(jetstream.MsgIDHeader, p.msgID())
	return o.enqueue(ctx, m, l)
}

func newLetter(l stock.Letter) (*nats.Msg, place, error) {
	p, err := placeOf(l)
	if err != nil {
		return nil, place{}, err
	}
	body, err := encodeLetter(l)
	if err != nil {
		return nil, place{}, fmt.Errorf("letter %s: %w", l.ID(), err)
	}
	m := nats.NewMsg(p.in("out"))
	m.Data = body
	return m, p, nil
}

func (o *Letters) enqueue(ctx context.Context, m *nats.Msg, l stock.Letter) error {
	_, err := o.publish(ctx, m, jetstream.WithExpectLastSequencePerSubject(0))
	if errors.Is(err, ErrFull) {
		if rerr := o.makeRoom(ctx); rerr != nil {
			o.log.Error("no room in the outbox", "err", rerr)
		}
		_, err = o.publish(ctx, m, jetstream.WithExpectLastSequencePerSubject(0))
	}
	if err != nil && !errors.Is(err, ErrConflict) {
		return fmt.Errorf("enqueue letter %s: %w", l.ID(), err)
	}
	return nil // a conflict: one copy is pending
}

// Outbox tells how many letters wait for a channel, those being sent included,
// and since when the oldest does (zero: there is none).
func (o *Letters) Outbox(ctx context.Context, channel string) (depth int, oldest time.Time, err error) {
	if !token(channel) {
		return 0, time.Time{}, fmt.Errorf("look at outbox: channel %q cannot be a subject", channel)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*callTimeout)
	defer cancel()
	filter := "out." + channel + ".>"
	first, err := o.out.GetMsg(ctx, 1, jetstream.WithGetMsgSubject(filter))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return 0, time.Time{}, nil
	}
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("look at outbox of channel %s: %w", channel, err)
	}
	info, err := o.out.Info(ctx, jetstream.WithSubjectFilter(filter))
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("look at outbox of channel %s: %w", channel, err)
	}
	return max(1, len(info.State.Subjects)), first.Time, nil
}

// BuryOrphans moves letters whose channel or recipient is no longer known to
// DEAD, and says how many. They would wait for ever: nobody delivers them. The
// letters of a channel that is not known here, and that another process delivers,
// are left to that one.
func (o *Letters) BuryOrphans(ctx context.Context, channel func(string) bool, recipient func(channel, recipient string) bool) (int, error) {
	elsewhere := map[string]bool{}
	return o.buryWhere(ctx, func(p place) (stock.Reason, error) {
		why := stock.Because(stock.ReasonUnconfigured, p.channel)
		if channel(p.channel) {
			if recipient(p.channel, p.recipient) {
				return stock.Reason{}, nil
			}
			return why, nil
		}
		taken, asked := elsewhere[p.channel]
		if !asked {
			var err error
			if taken, err = o.delivered(ctx, p.channel); err != nil {
				return stock.Reason{}, fmt.Errorf("look for who delivers to channel %s: %w", p.channel, err)
			}
			elsewhere[p.channel] = taken
		}
		if taken {
			return stock.Reason{}, nil
		}
		return why, nil
	})
}

// buryAll moves every letter of the outbox to DEAD.
func (o *Letters) buryAll(ctx context.Context, reason stock.Reason) (int, error) {
	return o.buryWhere(ctx, func(place) (stock.Reason, error) { return reason, nil })
}

// buryWhere moves the letters for which there is a reason to DEAD.
func (o *Letters) buryWhere(ctx context.Context, reason func(place) (stock.Reason, error)) (int, error) {
	lctx, cancel := context.WithTimeout(ctx, scanTimeout)
	defer cancel()
	info, err := o.out.Info(lctx, jetstream.WithSubjectFilter("out.>"))
	if err != nil {
		return 0, fmt.Errorf("list letters: %w", err)
	}
	buried := 0
	for subject := range info.State.Subjects {
		p, ok := placeOfSubject(subject)
		why := stock.Because(stock.ReasonForeignSubject)
		if ok {
			if why, err = reason(p); err != nil {
				return buried, err
			}
		}
		if why.None() {
			continue
		}
		if err := o.buryPending(ctx, subject, p, why); err != nil {
			return buried, fmt.Errorf("bury letter %s: %w", subject, err)
		}
		buried++
	}
	return buried, nil
}

// buryPending moves one letter from the outbox to DEAD.
func (o *Letters) buryPending(ctx context.Context, subject string, p place, reason stock.Reason) error {
	ctx, cancel := call(ctx)
	defer cancel()
	m, err := o.out.GetLastMsgForSubject(ctx, subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil // gone meanwhile
	}
	if err != nil {
		return err
	}
	if err := o.Bury(ctx, deadFrom(m.Data, p, reason, 0)); err != nil {
		return err
	}
	return o.out.DeleteMsg(ctx, m.Sequence)
}
