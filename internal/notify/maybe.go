package notify

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/group"
	"github.com/sainyuka/sainyuka/internal/rules"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// maybeMemory is how long after a maybe was delivered a sure offer only updates it.
const maybeMemory = time.Hour

// program reports whether a target is read by a program, which wants every change as
// it is.
func program(t Target) bool { return t.Type == "webhook" || t.Type == "log" }

// confirms makes a letter of a sure offer an update, without a sound, of the maybe
// that its recipient got within the hour, and reports whether it is one. Whoever was
// not told of the maybe, since it was held, muted, or is still on its way, hears of
// the offer as usual; so does everybody while that cannot be found out.
func (r *routing) confirms(ctx context.Context, a announcement, m *addressed) bool {
	seq, ok := r.maybeBefore(ctx)
	if !ok || a.kind != r.verdict.Kind || program(m.target) || r.book.waitsForMorning(*m) {
		return false
	}
	for _, event := range r.eventsOf(ctx, seq, m.target) {
		earlier := m.letter
		earlier.Event = event
		receipt, sent, err := r.at.sentMarks.of(ctx, earlier)
		if err != nil {
			r.log.Warn("an offer rings though a maybe may have been told", "err", err)
		}
		if sent && rules.SeenAt(r.entry).Sub(receipt.SentAt) < maybeMemory {
			m.letter.Replaces, m.letter.Silent = event, true
			return true
		}
	}
	return false
}

// waitsForMorning reports whether quiet hours keep a letter back.
func (b *book) waitsForMorning(m addressed) bool {
	return b.keepsQuiet(m.letter, clock.Wall()) && b.Quiet[m.target.ID].Mode != stock.QuietSilent
}

// maybeBefore returns the record of the maybe that the record's sure offer ends.
func (r *routing) maybeBefore(ctx context.Context) (seq uint64, ok bool) {
	c := r.entry.Change
	if c.Previous == nil || c.Previous.Clarity == nil || !c.Previous.Clarity.Maybe || c.Clarity != nil || !c.Availability.Purchasable() {
		return 0, false
	}
	history, err := r.at.store.History(ctx, r.watch.ID, maxHistory)
	if err != nil {
		r.log.Warn("an offer rings though a maybe may have been told", "err", err)
		return 0, false
	}
	for _, e := range slices.Backward(history) {
		if e.Seq < r.entry.Seq && e.Change.Kind == stock.MaybeRestocked {
			return e.Seq, true
		}
	}
	return 0, false
}

// eventsOf returns the events by which a recipient may have been told of a record: its
// own, and that of the batch that it was in.
func (r *routing) eventsOf(ctx context.Context, seq uint64, t Target) []string {
	events := []string{strconv.FormatUint(seq, 10)}
	if !r.at.facts.groups(t) {
		return events
	}
	var g group.State
	if _, err := r.at.facts.read(ctx, groupKey(r.product.ID, t), &g); err != nil {
		r.log.Warn("an offer rings though a maybe may have been told with others", "err", err)
		return events
	}
	for _, b := range g.Past {
		if slices.ContainsFunc(b.Members, func(m group.Member) bool { return m.Seq == seq }) {
			events = append(events, b.Event)
		}
	}
	return events
}

// superseded reports whether a maybe waited until its page showed something else, or
// began anew: that is told by a record of its own, which this letter must not follow.
func (d *delivery) superseded(ctx context.Context) bool {
	seq, err := strconv.ParseUint(d.letter.Event, 10, 64)
	if err != nil || d.letter.Alert.Kind != stock.MaybeRestocked {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	c, last, err := d.at.store.Last(ctx, d.letter.Alert.Watch.ID)
	if err != nil {
		d.log.Warn("a maybe goes out without a look at what became of it", "err", err)
		return false
	}
	return last > seq && (!rules.Doubted(c) || c.Kind == stock.MaybeRestocked)
}
