package notify

import (
	"context"
	"time"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// accepted notes for each letter of the message that it was sent. When it
// cannot, the letter is done all the same: if the store hands it out once more, it is
// known here that it was.
func (d *delivery) accepted(ctx context.Context, t Target, r channel.Receipt) time.Duration {
	if len(d.joined) > 0 {
		r.ProviderID = "" // an update of one alert would wipe out the others
	}
	for _, one := range append([]*delivery{d}, d.joined...) {
		one.noteSent(ctx, r)
	}
	if err := d.at.quotas.spend(ctx, d.letter.Channel, d.book); err != nil {
		d.log.Warn("a message was not counted", "err", err)
	}
	if err := d.at.quotas.lift(ctx, d.letter.Channel, d.book); err != nil {
		d.log.Warn("persist quota state", "err", err)
	}
	d.at.channels.readmit(ctx, d.log, t)
	d.at.channels.reached(ctx, t)
	return 0
}

// noteSent notes that the letter was sent.
func (d *delivery) noteSent(ctx context.Context, r channel.Receipt) {
	now, a := clock.Wall(), d.letter.Alert
	d.at.metrics.count(d.letter.Channel, outcomeSent)
	d.at.metrics.latency.WithLabelValues(d.letter.Channel).Observe(max(0, now.Sub(a.ObservedAt).Seconds()))
	d.log.Info("alert sent", "attempt", d.tries, "took", now.Sub(a.ObservedAt))
	receipt := stock.Receipt{
		Epoch: d.letter.Epoch, SentAt: now, ObservedAt: a.ObservedAt,
		PublishedAt: d.letter.PublishedAt, MadeAt: d.letter.MadeAt, TriedAt: d.first,
		Product: a.Product.ID, Kind: a.Kind, Tries: d.tries, ProviderID: channel.Clean(r.ProviderID, alerttext.MaxFact),
	}
	if err := d.at.sentMarks.mark(ctx, d.letter, receipt); err != nil { // before all else that is written: without it a crash sends it twice
		d.log.Error("an alert was sent and could not be marked: after a restart it may be sent twice", "err", err)
	}
	d.lane.backlog.drop(d.letter)
}
