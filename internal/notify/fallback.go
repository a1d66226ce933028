package notify

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/group"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// fallbacks sends an alert by another channel when its own cannot.
type fallbacks struct {
	store Store
	facts *facts
	out   *outbox
}

// tell places a copy of the letter for every recipient of the fall-back
// channel, and returns its id. Whoever is told there anyway is not told twice.
func (f *fallbacks) tell(ctx context.Context, b *book, l stock.Letter) (channel string, err error) {
	channel = b.Fallbacks[l.Channel]
	if channel == "" {
		return "", nil
	}
	told := false
	for _, t := range b.Targets {
		if t.ID != channel {
			continue
		}
		err := persist(ctx, func(ctx context.Context) error { return f.tellInstead(ctx, t, l) })
		if err != nil {
			return "", err
		}
		told = true
	}
	if !told {
		return "", nil
	}
	return channel, nil
}

// tellInstead places a copy of a letter for a recipient of another channel, by
// that one's quiet hours. The copy has the same id as the letter that the
// recipient may have of the same event.
func (f *fallbacks) tellInstead(ctx context.Context, t Target, l stock.Letter) error {
	copied := l
	copied.Channel, copied.Recipient, copied.Replaces, copied.MadeAt = t.ID, t.Recipient, "", clock.Wall()
	switch told, err := f.toldOtherwise(ctx, t, copied); {
	case err != nil:
		return err
	case told:
		return nil
	}
	_, err := f.out.place(ctx, addressed{t, copied})
	return err
}

// toldOtherwise reports whether a recipient hears by other letters of what a
// letter tells: together with other shops, or of each by itself.
func (f *fallbacks) toldOtherwise(ctx context.Context, t Target, l stock.Letter) (bool, error) {
	records := l.Tells
	if len(records) == 0 {
		records = []string{l.Event}
	}
	if f.facts.groups(t) {
		var g group.State
		if _, err := f.facts.read(ctx, groupKey(l.Alert.Product.ID, t), &g); err != nil {
			return false, fmt.Errorf("read group of letter %s: %w", l.ID(), err)
		}
		return !slices.ContainsFunc(records, func(r string) bool {
			seq, err := strconv.ParseUint(r, 10, 64)
			how, known := g.Knows(seq)
			return err != nil || !known || !how.Waits
		}), nil
	}
	for _, r := range records {
		l.Event = r
		_, sent, err := f.store.Sent(ctx, l)
		if err != nil {
			return false, fmt.Errorf("read sent marker of letter %s: %w", l.ID(), err)
		}
		if !sent {
			return false, nil
		}
	}
	return true, nil
}
