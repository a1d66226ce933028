package diff_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// table is the contract's change table for availability, word by word:
// from group, to group, how it was sold and is.
var table = map[[4]string]stock.Kind{
	{"no", "now", "open", "open"}:       stock.Restocked,
	{"later", "now", "open", "open"}:    stock.Restocked,
	{"later", "now", "drawn", "open"}:   stock.Restocked,
	{"now", "now", "drawn", "open"}:     stock.Restocked,
	{"no", "now", "open", "drawn"}:      stock.LotteryOpen,
	{"later", "now", "open", "drawn"}:   stock.LotteryOpen,
	{"later", "now", "drawn", "drawn"}:  stock.LotteryOpen,
	{"no", "later", "open", "drawn"}:    stock.LotteryOpen,
	{"later", "later", "open", "drawn"}: stock.LotteryOpen,
	{"no", "later", "open", "open"}:     stock.Orderable,
	{"now", "later", "drawn", "open"}:   stock.Orderable,
	{"later", "later", "drawn", "open"}: stock.Orderable,
	{"now", "later", "open", "open"}:    stock.SoldOutKind,
	{"now", "later", "open", "drawn"}:   stock.SoldOutKind,
	{"now", "later", "drawn", "drawn"}:  stock.SoldOutKind,
	{"now", "no", "open", "open"}:       stock.SoldOutKind,
	{"now", "no", "drawn", "open"}:      stock.SoldOutKind,
	{"later", "no", "open", "open"}:     stock.SoldOutKind,
	{"later", "no", "drawn", "open"}:    stock.SoldOutKind,
}

// model is a slow second opinion on availability: at every look it searches the
// whole past for looks that agree.
type model struct {
	confirm int
	told    []*stock.Observation // what told something, 404s aside, up to now
	settled int                  // looks before this index are spent
	state   *stock.Observation   // nil: nothing known; its sale mode is the confirmed one
	missing int                  // 404s in a row
	other   stock.SaleMode       // another sale mode that waits to be confirmed
	others  int                  // looks that showed it
}

func sold(o *stock.Observation) string {
	if o.Offer.Availability.Purchasable() && o.Offer.SaleMode.Drawn() {
		return "drawn"
	}
	return "open"
}

func (m *model) kind(o *stock.Observation) stock.Kind {
	from, to := m.state.Offer.Availability.Group(), o.Offer.Availability.Group()
	return table[[4]string{from.String(), to.String(), sold(m.state), sold(o)}]
}

func (m *model) need(o *stock.Observation) int {
	switch {
	case m.confirm > 0:
		return m.confirm
	case o.Strong:
		return 1
	}
	return 2
}

// vanished reports whether a draw is over without a word for it.
func (m *model) vanished(o *stock.Observation) bool {
	from, to := m.state.Offer.Availability.Group(), o.Offer.Availability.Group()
	return sold(m.state) == "drawn" && o.Offer.SaleMode == "" && (to == stock.Later || to == stock.Now && from == stock.Now)
}

func same(a, b *stock.Observation) bool {
	return a.Offer.Availability.Group() == b.Offer.Availability.Group() && sold(a) == sold(b)
}

// look returns the kinds of availability that a look brings; o nil: it told nothing.
func (m *model) look(o *stock.Observation) []stock.Kind {
	switch {
	case o == nil:
		return nil
	case o.Outcome == stock.NotFound:
		return m.miss()
	}
	m.missing = 0
	m.told = append(m.told, o)
	if m.state == nil {
		m.take(o)
		return []stock.Kind{stock.Baseline}
	}
	kind := m.kind(o)
	if kind == "" {
		m.keep(o)
		return nil
	}
	agree, need := 0, m.need(o)
	for i := len(m.told) - 1; i >= m.settled && same(m.told[i], o); i-- {
		agree++
	}
	if m.vanished(o) {
		need = max(need, 2)
	}
	if agree < need {
		return nil
	}
	m.take(o)
	return []stock.Kind{kind}
}

// miss is a look that found no page.
func (m *model) miss() []stock.Kind {
	m.missing++
	gone := m.state != nil && m.state.Offer.Availability == stock.Discontinued
	if m.missing < 2 && !gone {
		return nil
	}
	if m.missing > 1 {
		m.settled = len(m.told)
	}
	first := m.state == nil
	m.state = &stock.Observation{Offer: stock.Offer{Availability: stock.Discontinued}}
	switch {
	case first:
		return []stock.Kind{stock.Baseline}
	case gone:
		return nil
	}
	return []stock.Kind{stock.Gone}
}

// take makes a look the state.
func (m *model) take(o *stock.Observation) {
	m.settled, m.state, m.others = len(m.told), o, 0
}

// keep makes a look of the same offer the state: its sale mode stays until enough
// looks showed another.
func (m *model) keep(o *stock.Observation) {
	mode, was, others := o.Offer.SaleMode, m.state.Offer.SaleMode, m.others
	m.take(new(*o))
	if !o.Offer.Availability.Purchasable() {
		return
	}
	m.state.Offer.SaleMode, m.others = was, others
	switch {
	case mode == "":
		return
	case mode == was, was == "" && mode == stock.Open:
		m.state.Offer.SaleMode, m.others = mode, 0
		return
	case mode != m.other:
		m.other, m.others = mode, 0
	}
	if m.others++; m.others >= m.need(o) {
		m.state.Offer.SaleMode = mode
	}
}

// TestAvailabilityAgreesWithModel replays lives shorter than 30 days.
func TestAvailabilityAgreesWithModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, w := settings(t)
		list := looks(t, shortGaps)
		for i := range list {
			list[i].Doubt = "" // doubts have a model of their own
		}
		told := resolve(list)
		changes, tracks := replay(p, w, list)
		m := model{confirm: w.Confirm}
		for i := range list {
			want := m.look(told[i])
			got := without(changes[i], stock.PriceDrop, stock.PriceRise, stock.OfferChanged, stock.LowStock, stock.Unread, stock.Readable)
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
