package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Sent looks for the proof that a letter was sent already. Proof from another
// epoch is none: the letter's number meant another change then.
func (b *Bus) Sent(ctx context.Context, l stock.Letter) (stock.Receipt, bool, error) {
	p, err := placeOf(l)
	if err != nil {
		return stock.Receipt{}, false, err
	}
	ctx, cancel := call(ctx)
	defer cancel()
	m, err := b.sent.GetLastMsgForSubject(ctx, p.in("sent"))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return stock.Receipt{}, false, nil
	}
	if err != nil {
		return stock.Receipt{}, false, fmt.Errorf("look for receipt of letter %s: %w", l.ID(), err)
	}
	var r stock.Receipt
	if err := json.Unmarshal(m.Data, &r); err != nil {
		// It is there, so the letter was sent; an alert twice a day is worse
		// than a receipt without a time.
		b.log.Error("a receipt cannot be read", "subject", m.Subject, "err", err)
		return stock.Receipt{Epoch: l.Epoch}, true, nil
	}
	return r, r.Epoch == l.Epoch, nil
}

// MarkSent writes the proof that a letter was sent.
func (b *Bus) MarkSent(ctx context.Context, l stock.Letter, r stock.Receipt) error {
	p, err := placeOf(l)
	if err != nil {
		return err
	}
	r.Epoch = l.Epoch
	r.ProviderID = clip(r.ProviderID, 500)
	body, err := encode(r)
	if err != nil {
		return fmt.Errorf("mark letter %s as sent: %w", l.ID(), err)
	}
	m := nats.NewMsg(p.in("sent"))
	m.Data = body
	if _, err := b.publish(ctx, m); err != nil {
		return fmt.Errorf("mark letter %s as sent: %w", l.ID(), err)
	}
	return nil
}
