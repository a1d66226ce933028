package notify

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/rules"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// heldLetter is a letter that waits for the end of quiet hours.
type heldLetter struct {
	fact   stock.KV
	letter stock.Letter
}

// held is the stage of what quiet hours keep back: at their end every letter is judged
// again.
type held struct {
	store   Store
	facts   *facts
	router  *router
	limits  *limitReview
	book    *atomic.Pointer[book]
	metrics *metrics
	log     *slog.Logger
}

// release deals with all that one recipient of a channel has waiting, once its
// quiet hours are over. Of the offers of one product the newest that still
// stands goes out, as it is now and beside the other shops; what is past is not
// told. News of a watch goes out when it is still so and was not taken back in
// the same night.
func (h *held) release(ctx context.Context, channel, recipient string) error {
	b := h.book.Load()
	t, configured := b.targets[targetKey(channel, recipient)]
	if configured && b.Quiet[channel].On(clock.Wall()) {
		return nil
	}
	facts, err := h.facts.Facts(ctx, heldFacts+channel+"."+recipient+".")
	if err != nil {
		return err
	}
	byKey := map[string][]heldLetter{}
	for _, f := range facts {
		l := heldLetter{fact: f}
		if err := json.Unmarshal(f.Value, &l.letter); err != nil {
			h.log.Error("a held letter cannot be read and is given up", "key", f.Key, "err", err)
			if err := h.facts.DeleteFact(ctx, f.Key, f.Rev); err != nil {
				return err
			}
			continue
		}
		if !configured {
			if err := h.giveUp(ctx, l); err != nil {
				return err
			}
			continue
		}
		byKey[dedupKey(l.letter)] = append(byKey[dedupKey(l.letter)], l)
	}
	for _, letters := range byKey {
		if err := h.releaseNewest(ctx, b, t, letters); err != nil {
			return err
		}
	}
	return nil
}

// dedupKey tells the letters apart of which at most one is sent.
func dedupKey(l stock.Letter) string {
	switch a := l.Alert; {
	case a.News != nil:
		return "news " + a.News.Host + a.News.Channel
	case a.Product.ID == "", a.Kind == stock.LimitsChanged:
		return l.Event
	case a.Kind.Info().Opens || a.Kind == stock.Flapping:
		return a.Product.ID
	case a.Kind.Info().Audience == stock.ForOwner:
		return a.Watch.ID + " news"
	default:
		return a.Watch.ID
	}
}

// releaseNewest sends the newest of some letters that is still so, a sure one before
// a maybe. The others go first: should the process die in between, the one that is left is sent.
func (h *held) releaseNewest(ctx context.Context, b *book, t Target, letters []heldLetter) error {
	slices.SortFunc(letters, func(x, y heldLetter) int {
		return cmp.Or(maybeLast(x.letter, y.letter), y.letter.Alert.ObservedAt.Compare(x.letter.Alert.ObservedAt), cmp.Compare(y.fact.Rev, x.fact.Rev))
	})
	var chosen *addressed
	var its heldLetter
	for _, one := range letters {
		l, still, err := h.recheck(ctx, b, one.letter)
		if err != nil {
			return err
		}
		if chosen == nil && still && !takenBack(one, letters) {
			chosen, its = &addressed{t, l}, one
			continue
		}
		h.metrics.count(t.ID, outcomeSuppressed)
		h.log.Info("no alert: past or told by another at the end of quiet hours", "channel", t.ID, "product", l.Alert.Product.ID, "watch", l.Alert.Watch.ID, "kind", l.Alert.Kind)
		if err := h.facts.DeleteFact(ctx, one.fact.Key, one.fact.Rev); err != nil {
			return fmt.Errorf("let go of held letter %s: %w", one.letter.ID(), err)
		}
	}
	if chosen == nil {
		return nil
	}
	if err := h.store.Enqueue(ctx, chosen.letter); err != nil {
		return fmt.Errorf("enqueue held letter %s: %w", chosen.letter.ID(), err)
	}
	if err := h.facts.DeleteFact(ctx, its.fact.Key, its.fact.Rev); err != nil {
		return fmt.Errorf("let go of held letter %s: %w", its.letter.ID(), err)
	}
	return nil
}

// maybeLast orders a maybe behind what is sure.
func maybeLast(x, y stock.Letter) int {
	switch one, other := x.Alert.Kind == stock.MaybeRestocked, y.Alert.Kind == stock.MaybeRestocked; {
	case one == other:
		return 0
	case one:
		return 1
	}
	return -1
}

// takenBack reports whether a letter that some trouble is over has beside it the
// one that it began: the whole trouble was in quiet hours. Of the owner's other
// news, which no watch can be asked about, only the newest still counts.
func takenBack(h heldLetter, letters []heldLetter) bool {
	a := h.letter.Alert
	return slices.ContainsFunc(letters, func(o heldLetter) bool {
		b := o.letter.Alert
		switch {
		case a.News != nil && b.ObservedAt.After(a.ObservedAt):
			return true
		case !b.ObservedAt.Before(a.ObservedAt):
			return false
		}
		return b.Kind.Info().Opposite == a.Kind
	})
}

// recheck holds a letter against what its watch says now. It returns the letter
// to send, with the facts of now and a new life, and whether it is still so.
func (h *held) recheck(ctx context.Context, b *book, l stock.Letter) (stock.Letter, bool, error) {
	now := clock.Wall()
	l.MadeAt, l.NotAfter = now, now.Add(l.Alert.Kind.Info().Life)
	if l.Alert.Product.ID == "" {
		return l, true, nil // of no watch: a digest
	}
	if l.Alert.Kind == stock.LimitsChanged {
		l, still := h.limits.recheck(ctx, b, l)
		return l, still, nil
	}
	p, w, ok := b.watch(l.Alert.Product.ID, l.Alert.Watch.ID)
	if !ok {
		return l, false, nil
	}
	c, seq, err := h.store.Last(ctx, w.ID)
	if err != nil {
		return l, false, fmt.Errorf("check held letter %s: %w", l.ID(), err)
	}
	r := h.router.routing(ctx, b, p, w, stock.Entry{Seq: seq, Change: c})
	if seq == 0 || !r.stillSo(ctx, l.Alert) {
		return l, false, nil
	}
	marks := l.Alert.Marks
	l.Alert = r.alert(ctx, announcement{kind: l.Alert.Kind, also: l.Alert.Also})
	for _, m := range append(marks, alerttext.MarkHeld) {
		if !slices.Contains(l.Alert.Marks, m) {
			l.Alert.Marks = append(slices.Clone(l.Alert.Marks), m)
		}
	}
	return l, true, nil
}

// stillSo reports whether what an alert says still stands after the watch's last
// record, and may still ring. A search page does not say whether a listing is
// still there.
func (r *routing) stillSo(ctx context.Context, a stock.Alert) bool {
	c := r.entry.Change
	if a.Kind.Info().Opens || a.Kind == stock.Flapping {
		f := guard.FactsOf(c)
		f.Others = r.market(ctx).Others(r.watch.ID)
		if a.Kind == stock.MaybeRestocked {
			f.Offer.Availability = stock.InStock // as the one who follows it finds it
		}
		if guard.Judge(r.product, f).Held != "" {
			return false
		}
	}
	return rules.Holds(a, c)
}

// giveUp moves a held letter to the dead ones: nobody is there to read it.
func (h *held) giveUp(ctx context.Context, l heldLetter) error {
	dead := stock.DeadLetter{Letter: l.letter, Reason: stock.Because(stock.ReasonUnconfigured, l.letter.Channel), At: clock.Wall()}
	if err := h.store.Bury(ctx, dead); err != nil {
		return fmt.Errorf("bury held letter %s: %w", l.letter.ID(), err)
	}
	h.metrics.count(l.letter.Channel, outcomeDead)
	h.metrics.dead.WithLabelValues(l.letter.Channel).Inc()
	return h.facts.DeleteFact(ctx, l.fact.Key, l.fact.Rev)
}
