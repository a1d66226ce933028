package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// The first words of the keys of facts.
const (
	heldFacts  = "held."       // held.<channel>.<recipient>.<event>
	groupFacts = "group."      // group.<product>.<channel>.<recipient>
	escFacts   = "esc."        // esc.<product>.<event>
	ackFacts   = "ack."        // ack.<event>
	digestFact = "digest.last" // when the last digest went
)

// casTries bounds compare-and-swap attempts; contention is rare.
const casTries = 5

// outbox takes the letters of all stages. By the quiet hours of its channel a letter is
// sent at once, held until they end, or dropped.
type outbox struct {
	store   Store
	facts   *facts
	book    *atomic.Pointer[book]
	metrics *metrics
	log     *slog.Logger
}

// place sends, holds or drops a letter, and reports whether it was sent. A second call
// makes no second copy.
func (o *outbox) place(ctx context.Context, m addressed) (rings bool, err error) {
	if b := o.book.Load(); b.keepsQuiet(m.letter, clock.Wall()) {
		switch b.Quiet[m.target.ID].Mode {
		case stock.QuietDrop:
			o.metrics.count(m.target.ID, outcomeSuppressed)
			o.log.Info("alert dropped in quiet hours", "channel", m.target.ID, "product", m.letter.Alert.Product.ID, "kind", m.letter.Alert.Kind)
			return false, nil
		case stock.QuietHold:
			if o.facts.kept() {
				o.log.Info("alert held in quiet hours", "channel", m.target.ID, "product", m.letter.Alert.Product.ID, "kind", m.letter.Alert.Kind,
					"until", b.Quiet[m.target.ID].End(clock.Wall()))
				return false, o.hold(ctx, m.letter)
			}
		}
	}
	if err := o.store.Enqueue(ctx, m.letter); err != nil {
		return false, fmt.Errorf("enqueue letter %s: %w", m.letter.ID(), err)
	}
	return true, nil
}

// hold keeps a letter for the end of quiet hours. One that is held already stays
// as it is.
func (o *outbox) hold(ctx context.Context, l stock.Letter) error {
	_, err := o.facts.put(ctx, heldFacts+l.Channel+"."+l.Recipient+"."+l.Event, l, 0)
	if err != nil && !errors.Is(err, stock.ErrConflict) {
		return fmt.Errorf("hold letter %s: %w", l.ID(), err)
	}
	return nil
}

// word returns the i-th word of a fact's key.
func word(key string, i int) string {
	if words := strings.Split(key, "."); i < len(words) {
		return words[i]
	}
	return ""
}

// keepsQuiet reports whether a letter must not ring now.
func (b *book) keepsQuiet(l stock.Letter, now time.Time) bool {
	q := b.Quiet[l.Channel]
	return q.On(now) && !(l.Urgent && q.UrgentPasses)
}
