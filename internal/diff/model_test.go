package diff_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// table is the contract's change table for availability, word by word:
// from group, to group, how it is sold.
var table = map[[3]string]stock.Kind{
	{"no", "now", "open"}:       stock.Restocked,
	{"later", "now", "open"}:    stock.Restocked,
	{"no", "now", "drawn"}:      stock.LotteryOpen,
	{"later", "now", "drawn"}:   stock.LotteryOpen,
	{"no", "later", "drawn"}:    stock.LotteryOpen,
	{"no", "later", "open"}:     stock.Orderable,
	{"now", "later", "open"}:    stock.SoldOutKind,
	{"now", "later", "drawn"}:   stock.SoldOutKind,
	{"now", "no", "open"}:       stock.SoldOutKind,
	{"later", "no", "open"}:     stock.SoldOutKind,
	{"later", "later", "drawn"}: stock.LotteryOpen, // only when it was not drawn before
}

// model is a slow second opinion on availability: at every look it searches the
// whole past for looks that agree.
type model struct {
	confirm int
	told    []*stock.Observation // what told something, up to now
	settled int                  // looks before this index are spent
	state   *stock.Observation   // nil: nothing known
	gone    bool
}

func sold(o *stock.Observation) string {
	if o.Offer.Availability.Group() != stock.No && o.Offer.SaleMode.Drawn() {
		return "drawn"
	}
	return "open"
}

func (m *model) kind(o *stock.Observation) stock.Kind {
	if o.Outcome == stock.NotFound {
		if m.gone {
			return ""
		}
		return stock.Gone
	}
	from := m.state.Offer.Availability.Group().String()
	to := o.Offer.Availability.Group().String()
	if from == "later" && to == "later" && m.state.Offer.SaleMode.Drawn() {
		return ""
	}
	return table[[3]string{from, to, sold(o)}]
}

func (m *model) need(o *stock.Observation) int {
	switch {
	case o.Outcome == stock.NotFound:
		return 2
	case m.confirm > 0:
		return m.confirm
	case o.Strong:
		return 1
	}
	return 2
}

func same(a, b *stock.Observation) bool {
	if a.Outcome == stock.NotFound || b.Outcome == stock.NotFound {
		return a.Outcome == b.Outcome
	}
	return a.Offer.Availability.Group() == b.Offer.Availability.Group() && sold(a) == sold(b)
}

// look returns the kinds of availability that a look brings; o nil: it told nothing.
func (m *model) look(o *stock.Observation) []stock.Kind {
	if o == nil {
		return nil
	}
	m.told = append(m.told, o)
	first := m.state == nil
	if first && o.Outcome != stock.NotFound {
		m.take(o)
		return []stock.Kind{stock.Baseline}
	}
	kind := m.kind(o)
	if kind == "" {
		m.take(o)
		return nil
	}
	agree := 0
	for i := len(m.told) - 1; i >= m.settled && same(m.told[i], o); i-- {
		agree++
	}
	if agree < m.need(o) {
		return nil
	}
	m.take(o)
	if first {
		return []stock.Kind{kind, stock.Baseline}
	}
	return []stock.Kind{kind}
}

func (m *model) take(o *stock.Observation) {
	m.settled = len(m.told)
	m.gone = o.Outcome == stock.NotFound || o.Offer.Availability == stock.Discontinued
	if o.Outcome == stock.NotFound {
		o = &stock.Observation{Offer: stock.Offer{Availability: stock.Discontinued}}
	}
	m.state = o
}

// TestAvailabilityAgreesWithModel replays lives shorter than 30 days.
func TestAvailabilityAgreesWithModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, w := settings(t)
		list := looks(t, shortGaps)
		told := resolve(list)
		changes, tracks := replay(p, w, list)
		m := model{confirm: w.Confirm}
		for i := range list {
			want := m.look(told[i])
			got := without(changes[i], stock.PriceDrop, stock.PriceRise, stock.LowStock, stock.Unread, stock.Readable)
			if !slices.Equal(got, want) {
				t.Fatalf("look %d (%v %v): got %v, want %v", i, list[i].Outcome, list[i].Offer.Availability, got, want)
			}
			state := stock.Unknown
			if m.state != nil {
				state = m.state.Offer.Availability
			}
			if got := tracks[i].State.Availability; got != state {
				t.Fatalf("after look %d (%v %v): state %v, want %v", i, list[i].Outcome, list[i].Offer.Availability, got, state)
			}
		}
	})
}

// TestUnreadableAgreesWithModel counts bad looks and hours backwards from every
// look of lives in which pages are good or bad and nothing changes.
func TestUnreadableAgreesWithModel(t *testing.T) {
	gap := rapid.SampledFrom([]time.Duration{time.Minute, 10 * time.Minute, 36 * time.Minute, time.Hour})
	rapid.Check(t, func(t *rapid.T) {
		p, w := settings(t)
		at, good, bad := midnight, time.Time{}, 0
		broken := false
		var list []stock.Observation
		var want []stock.Kind
		for range rapid.IntRange(1, 60).Draw(t, "looks") {
			at = at.Add(gap.Draw(t, "gap"))
			o := stock.Observation{At: at, Outcome: stock.OK, Strong: true}
			kind := stock.Kind("")
			if rapid.IntRange(0, 15).Draw(t, "good") == 0 {
				o.Offer.Availability = stock.OutOfStock
				if broken {
					kind = stock.Readable
				}
				good, bad, broken = at, 0, false
			} else {
				o.Outcome = rapid.SampledFrom([]stock.Outcome{stock.OK, stock.Blocked, stock.RateLimited, stock.Disallowed, stock.WrongProduct, stock.Unreadable, stock.Failed}).Draw(t, "outcome")
				if good.IsZero() {
					good = at // nothing before the first look is known
				}
				bad++
				if !broken && bad >= 10 && at.Sub(good) >= 6*time.Hour {
					kind, broken = stock.Unread, true
				}
			}
			list, want = append(list, o), append(want, kind)
		}
		changes, tracks := replay(p, w, list)
		for i, c := range changes {
			if c != nil && !c.ObservedAt.Equal(list[i].At) {
				t.Fatalf("look %d at %v: the record was observed at %v", i, list[i].At, c.ObservedAt)
			}
			got := without(c, stock.Baseline)
			if len(got) == 0 {
				got = []stock.Kind{""}
			}
			if got[0] != want[i] {
				t.Fatalf("look %d at %s: got %v, want %q", i, list[i].At.Format("15:04"), got, want[i])
			}
			if told := tracks[i].State.Problem != nil; want[i] == stock.Unread && !told || want[i] == stock.Readable && told {
				t.Fatalf("after look %d, which made it %s, the state's problem is %v", i, want[i], tracks[i].State.Problem)
			}
		}
	})
}
