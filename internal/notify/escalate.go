package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/rules"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// ackMemory is how long an acknowledgement is kept: beyond the life of every
// alert by an hour.
const ackMemory = 25 * time.Hour

// escFact is an alert that nobody has acknowledged yet.
type escFact struct {
	Watch  string        `json:"watch"`
	Kind   stock.Kind    `json:"kind"`
	Also   []stock.Kind  `json:"also,omitempty"`
	Offer  stock.Price   `json:"price,omitzero"` // as it was told
	Due    time.Time     `json:"due"`
	After  time.Duration `json:"after,omitempty"` // the time from the alert until Due
	To     []string      `json:"to"`              // channel ids
	Urgent bool          `json:"urgent,omitempty"`
}

// ackFact says that somebody has seen an alert.
type ackFact struct {
	At time.Time `json:"at"`
}

// escalations is the stage that tells others of what nobody acknowledges.
type escalations struct {
	store  Store
	facts  *facts
	out    *outbox
	router *router
	book   *atomic.Pointer[book]
	age    func(time.Time) time.Duration // of what was written; see clock.Ages
	log    *slog.Logger
}

// startEscalation begins to wait for an acknowledgement of an announcement that
// rings. One that waits already, or was acknowledged, stays as it is.
func (r *routing) startEscalation(ctx context.Context, a announcement) error {
	if len(a.escalate.to) == 0 || !r.at.facts.kept() {
		return nil
	}
	ack, err := r.at.facts.Fact(ctx, ackFacts+a.event)
	if err != nil || ack.Rev != 0 {
		return err
	}
	esc := escFact{
		Watch: r.watch.ID, Kind: a.kind, Also: a.also, Offer: rules.Price(r.entry.Change),
		Due: clock.Wall().Add(a.escalate.after), After: a.escalate.after, To: a.escalate.to,
		Urgent: slices.ContainsFunc(a.to, func(d destination) bool { return d.urgent }),
	}
	_, err = r.at.facts.put(ctx, escFacts+r.product.ID+"."+a.event, esc, 0)
	if err != nil && !errors.Is(err, stock.ErrConflict) {
		return fmt.Errorf("start the escalation of %s: %w", a.event, err)
	}
	return nil
}

// acknowledge is Notifier.Acknowledge.
func (e *escalations) acknowledge(ctx context.Context, product, event string) error {
	if !e.facts.kept() {
		return errors.New("acknowledge: there is no store of acknowledgements")
	}
	waiting, err := e.facts.Facts(ctx, escFacts+product+".")
	if err != nil {
		return fmt.Errorf("acknowledge %s of %s: %w", event, product, err)
	}
	events := []string{event}
	for _, f := range waiting {
		events = append(events, word(f.Key, 2))
	}
	for _, one := range events {
		_, err := e.facts.put(ctx, ackFacts+one, ackFact{At: clock.Wall()}, 0)
		if err != nil && !errors.Is(err, stock.ErrConflict) {
			return fmt.Errorf("acknowledge %s of %s: %w", event, product, err)
		}
	}
	for _, f := range waiting { // after the word that they are acknowledged: a record that is routed again starts none
		if err := e.facts.DeleteFact(ctx, f.Key, 0); err != nil {
			return fmt.Errorf("acknowledge %s of %s: %w", event, product, err)
		}
	}
	e.log.Info("alert acknowledged", "product", product, "event", event)
	return nil
}

// escalate tells the second channels of an alert that nobody acknowledged in
// time, unless it is past. A wall clock that was set forward ends nobody's time: the alert
// stays until it is over.
func (e *escalations) escalate(ctx context.Context, key string) error {
	var esc escFact
	rev, err := e.facts.read(ctx, key, &esc)
	if err != nil || rev == 0 {
		return err
	}
	if e.age(esc.Due.Add(-esc.After)) < esc.After {
		return nil
	}
	product, event := word(key, 1), word(key, 2)
	ack, err := e.facts.Fact(ctx, ackFacts+event)
	if err != nil {
		return err
	}
	if ack.Rev == 0 {
		if err := e.tellSecond(ctx, product, event, esc); err != nil {
			return fmt.Errorf("escalate %s: %w", event, err)
		}
	}
	return e.facts.DeleteFact(ctx, key, rev)
}

func (e *escalations) tellSecond(ctx context.Context, product, event string, esc escFact) error {
	b := e.book.Load()
	log := e.log.With("product", product, "watch", esc.Watch, "kind", esc.Kind)
	p, w, ok := b.watch(product, esc.Watch)
	if !ok {
		return nil
	}
	c, seq, err := e.store.Last(ctx, w.ID)
	if err != nil {
		return err
	}
	told := stock.Alert{Kind: esc.Kind, Offer: stock.Offer{Price: esc.Offer}}
	r := e.router.routing(ctx, b, p, w, stock.Entry{Seq: seq, Change: c})
	if seq == 0 || !r.stillSo(ctx, told) {
		log.Info("not escalated: it is past")
		return nil
	}
	a := announcement{event: event, kind: esc.Kind, also: esc.Also, to: plainly(esc.To)}
	for i := range a.to {
		a.to[i].urgent = esc.Urgent
	}
	now := clock.Wall()
	for _, m := range r.write(ctx, a, r.address(a, now, now.Add(esc.Kind.Info().Life))) {
		m.letter.Alert.Marks = append(slices.Clone(m.letter.Alert.Marks), alerttext.MarkEscalated)
		if _, err := e.out.place(ctx, m); err != nil {
			return err
		}
	}
	log.Info("nobody acknowledged: told the second channels", "channel", strings.Join(esc.To, ","))
	return nil
}
