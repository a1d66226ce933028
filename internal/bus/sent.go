package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Receipts are the proofs that letters were sent, in the stream SENT.
type Receipts struct {
	*link

	sent jetstream.Stream
}

// Sent looks for the proof that a letter was sent already. Proof from another
// epoch is none: the letter's number meant another change then.
func (rs *Receipts) Sent(ctx context.Context, l stock.Letter) (stock.Receipt, bool, error) {
	p, err := placeOf(l)
	if err != nil {
		return stock.Receipt{}, false, err
	}
	ctx, cancel := call(ctx)
	defer cancel()
	m, err := rs.sent.GetLastMsgForSubject(ctx, p.in("sent"))
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
		rs.log.Error("a receipt cannot be read", "subject", m.Subject, "err", err)
		return stock.Receipt{Epoch: l.Epoch}, true, nil
	}
	return r, r.Epoch == l.Epoch, nil
}

// MarkSent writes the proof that a letter was sent.
func (rs *Receipts) MarkSent(ctx context.Context, l stock.Letter, r stock.Receipt) error {
	p, err := placeOf(l)
	if err != nil {
		return err
	}
	r.Epoch = l.Epoch
	r.ProviderID = stock.Clip(r.ProviderID, 500)
	body, err := encode(r)
	if err != nil {
		return fmt.Errorf("mark letter %s as sent: %w", l.ID(), err)
	}
	m := nats.NewMsg(p.in("sent"))
	m.Data = body
	if _, err := rs.publish(ctx, m); err != nil {
		return fmt.Errorf("mark letter %s as sent: %w", l.ID(), err)
	}
	return nil
}

// Deliveries lists the newest n letters that were accepted, newest first.
func (rs *Receipts) Deliveries(ctx context.Context, n int) ([]stock.Delivery, error) {
	if n <= 0 {
		return nil, nil
	}
	ictx, cancel := call(ctx)
	info, err := rs.sent.Info(ictx)
	cancel()
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	if info.State.Msgs == 0 {
		return nil, nil
	}
	// A receipt that was written twice leaves a gap. Twice as many as are wanted
	// have no end of gaps in them, and cost little.
	from := jetstream.ConsumerConfig{FilterSubject: "sent.>", DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: 1}
	if wide := 2 * uint64(n); info.State.LastSeq > wide {
		from.OptStartSeq = info.State.LastSeq - wide + 1
	}
	var all []stock.Delivery
	err = rs.scanFrom(ctx, rs.sent, from, func(m jetstream.Msg) {
		p, ok := placeOfSubject(m.Subject())
		d := stock.Delivery{Event: p.event, Channel: p.channel, Recipient: p.recipient}
		if err := json.Unmarshal(m.Data(), &d.Receipt); err != nil || !ok {
			rs.log.Error("a receipt cannot be read", "subject", m.Subject(), "err", err)
			return
		}
		all = append(all, d)
	})
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	slices.Reverse(all)
	return all[:min(n, len(all))], nil
}
