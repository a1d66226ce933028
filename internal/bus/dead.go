package bus

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// DeadLetters are those that were given up, in the stream DEAD.
type DeadLetters struct {
	*link

	dead jetstream.Stream
}

// Bury writes a letter that was given up to DEAD.
func (g *DeadLetters) Bury(ctx context.Context, d stock.DeadLetter) error {
	p, err := placeOf(d.Letter)
	if err != nil {
		return fmt.Errorf("bury: %w", err)
	}
	if d.At.IsZero() {
		d.At = clock.Wall().UTC()
	}
	d.Reason = d.Reason.Clip(func(text string) string { return stock.Clip(text, 1000) })
	body, err := encodeDead(d)
	if err != nil {
		return fmt.Errorf("bury letter %s: %w", d.Letter.ID(), err)
	}
	m := nats.NewMsg(p.in("dead"))
	m.Data = body
	if _, err := g.publish(ctx, m); err != nil {
		return fmt.Errorf("bury letter %s: %w", d.Letter.ID(), err)
	}
	return nil
}

// encodeDead cuts the letter as for the outbox; the reason comes on top.
func encodeDead(d stock.DeadLetter) ([]byte, error) {
	letter, err := encodeLetter(d.Letter)
	if err != nil {
		return nil, err
	}
	return encode(struct {
		Letter json.RawMessage `json:"letter"`
		stock.Reason
		Tries int       `json:"tries"`
		At    time.Time `json:"at"`
	}{letter, d.Reason, d.Tries, d.At})
}

// deadFrom makes a dead letter of the bytes of a letter. Bytes that cannot be
// read are shown, shortened, in the reason.
func deadFrom(body []byte, p place, reason stock.Reason, tries int) stock.DeadLetter {
	l, err := decodeLetter(body)
	if err != nil {
		l = p.letter()
		reason = reason.And(stock.Because(stock.ReasonLetterUnreadable, strconv.Quote(stock.Clip(string(body), 300)), err))
	}
	return stock.DeadLetter{Letter: l, Reason: reason, Tries: tries, At: clock.Wall().UTC()}
}

// Dead lists the dead letters, oldest first, each once.
func (g *DeadLetters) Dead(ctx context.Context) ([]stock.DeadLetter, error) {
	var all []stock.DeadLetter
	err := g.scan(ctx, g.dead, "dead.>", jetstream.DeliverLastPerSubjectPolicy, func(m jetstream.Msg) {
		d, err := decodeDead(m.Data(), m.Subject())
		if err != nil {
			g.log.Error("a dead letter cannot be read", "subject", m.Subject(), "err", err)
			return
		}
		all = append(all, d)
	})
	if err != nil {
		return nil, fmt.Errorf("list dead letters: %w", err)
	}
	return all, nil
}

func decodeDead(body []byte, subject string) (stock.DeadLetter, error) {
	var d stock.DeadLetter
	if err := json.Unmarshal(body, &d); err != nil {
		return stock.DeadLetter{}, fmt.Errorf("read dead letter: %w", err)
	}
	if p, ok := placeOfSubject(subject); ok { // the subject is what Redrive and Discard find it by
		d.Letter.Channel, d.Letter.Event, d.Letter.Recipient = p.channel, p.event, p.recipient
		d.Letter.Epoch = cmp.Or(p.epoch, d.Letter.Epoch)
	}
	return d, nil
}

// Redrive puts a dead letter into the outbox again. It lives as long from now
// as it lived before: whoever redrives it wants it sent although it is late.
func (o *Letters) Redrive(ctx context.Context, id string) error {
	m, err := o.findDead(ctx, id)
	if err != nil {
		return fmt.Errorf("redrive dead letter %s: %w", id, err)
	}
	d, err := decodeDead(m.Data, m.Subject)
	if err != nil {
		return fmt.Errorf("redrive dead letter %s: %w", id, err)
	}
	l := d.Letter
	if l.Epoch == "" || l.MadeAt.IsZero() {
		return fmt.Errorf("redrive dead letter %s: nothing of it can be read", id)
	}
	l.Redriven = true
	l.NotAfter = clock.Wall().Add(max(time.Hour, l.NotAfter.Sub(l.MadeAt))).UTC()
	letter, _, err := newLetter(l) // without the Nats-Msg-Id, by which the server may still know it
	if err != nil {
		return fmt.Errorf("redrive dead letter %s: %w", id, err)
	}
	if err := o.enqueue(ctx, letter, l); err != nil {
		return err
	}
	return o.removeDead(ctx, id, m)
}

// Discard removes a dead letter.
func (g *DeadLetters) Discard(ctx context.Context, id string) error {
	m, err := g.findDead(ctx, id)
	if err != nil {
		return fmt.Errorf("discard dead letter %s: %w", id, err)
	}
	return g.removeDead(ctx, id, m)
}

// findDead finds the dead letter of an id: of several, which only different
// epochs can have, the youngest.
func (g *DeadLetters) findDead(ctx context.Context, id string) (*jetstream.RawStreamMsg, error) {
	p, ok := placeOfID(id)
	if !ok {
		return nil, ErrNotFound
	}
	ctx, cancel := call(ctx)
	defer cancel()
	m, err := g.dead.GetLastMsgForSubject(ctx, p.in("dead")+".*")
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		m, err = g.dead.GetLastMsgForSubject(ctx, p.in("dead"))
	}
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, ErrNotFound
	}
	return m, err
}

func (g *DeadLetters) removeDead(ctx context.Context, id string, m *jetstream.RawStreamMsg) error {
	ctx, cancel := call(ctx)
	defer cancel()
	if err := g.dead.Purge(ctx, jetstream.WithPurgeSubject(m.Subject)); err != nil {
		return fmt.Errorf("remove dead letter %s: %w", id, err)
	}
	return nil
}
