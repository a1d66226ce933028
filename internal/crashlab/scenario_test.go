package crashlab

import (
	"fmt"

	"github.com/sainyuka/sainyuka/internal/fakeshop"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Whom the configuration of a scenario takes, and whom it denies.
const (
	takenSeller  = "風見鶏本舗"
	deniedSeller = "転売屋"
)

// phase is what a page with a scenario shows for a while. The next phase begins once one
// process has looked at it often enough, so that each phase makes one record.
type phase struct {
	item  fakeshop.Item // its title and price apart
	kind  stock.Kind    // of the record
	looks int           // of one process in a row that make it for certain
	rings stock.Kind    // what alerts of the record say; "": it rings for nobody
	older int           // by how many flips the title in the record is older: a doubt keeps what was known
}

// scenario is gone through again and again. What a maybe or a doubt shows differs from the phases
// around it, and no method keeps its word long enough to lose the host's trust.
var scenario = func() []phase {
	show := func(a stock.Availability, edit func(*fakeshop.Item)) fakeshop.Item {
		it := fakeshop.Item{Availability: a, Seller: takenSeller}
		if edit != nil {
			edit(&it)
		}
		return it
	}
	denies := func(it *fakeshop.Item) { it.DataDenies = true }
	stale := func(it *fakeshop.Item) { it.StaleData = true }
	resold := func(it *fakeshop.Item) { it.Seller = deniedSeller }
	return []phase{
		{item: show(stock.OutOfStock, nil), kind: stock.Cleared, looks: 1}, // the first one is the baseline
		{item: show(stock.InStock, denies), kind: stock.MaybeRestocked, looks: 2, rings: stock.MaybeRestocked},
		{item: show(stock.InStock, nil), kind: stock.Restocked, looks: 1, rings: stock.Restocked},
		{item: show(stock.InStock, resold), kind: stock.OfferChanged, looks: 1},
		{item: show(stock.InStock, nil), kind: stock.OfferChanged, looks: 1, rings: stock.Restocked}, // held, then acceptable
		{item: show(stock.OutOfStock, stale), kind: stock.UnclearKind, looks: 3, older: 1},
		{item: show(stock.InStock, nil), kind: stock.Restocked, looks: 1, rings: stock.Restocked}, // was unclear
		{item: show(stock.OutOfStock, stale), kind: stock.UnclearKind, looks: 3, older: 1},
		{item: show(stock.OutOfStock, nil), kind: stock.SoldOutKind, looks: 1},
		{item: show(stock.InStock, denies), kind: stock.MaybeRestocked, looks: 2, rings: stock.MaybeRestocked},
	}
}()

func phaseOf(flip int) phase {
	s := scenario[flip%len(scenario)]
	if flip == 0 {
		s.kind = stock.Baseline
	}
	return s
}

// made reports whether a record is the one of the phase that a flip began.
func (s phase) made(r record, flip int) bool { return r.kind == s.kind && r.flip == flip-s.older }

// rings returns what the alerts of a record say, "" when it rings for nobody.
func (h history) rings(r record) stock.Kind {
	if !h.scenarios[r.page] {
		if r.kind == stock.Restocked {
			return r.kind
		}
		return ""
	}
	if s := phaseOf(max(r.flip, 0)); s.kind == r.kind {
		return s.rings
	}
	return ""
}

// judgeScenario goes through the looks at a page with a scenario. Every phase that one
// process looked at often enough has its record, and there is no other one.
func judgeScenario(v *verdict, page string, looks []look, records []record) {
	next := 0
	for i := 0; i < len(looks); {
		flip, row, longest := looks[i].flip, 0, 0
		for ; i < len(looks) && looks[i].flip == flip; i++ {
			row++
			if !looks[i].shown { // the last one before its process died
				row = 0
			}
			longest = max(longest, row)
		}
		s := phaseOf(flip)
		switch {
		case next < len(records) && s.made(records[next], flip):
			next++
		case longest >= s.looks:
			v.lost = append(v.lost, fmt.Sprintf("%s: %s of flip %d, shown %d times in a row, has no record; the next one is %s",
				page, s.kind, flip, longest, nextOf(records, next)))
			return // one fault is told once: all that follows is out of step
		}
	}
	for _, r := range records[next:] {
		v.doubled = append(v.doubled, fmt.Sprintf("%s: record %d, %s of flip %d, tells nothing new", page, r.seq, r.kind, r.flip))
	}
}

func nextOf(records []record, next int) string {
	if next >= len(records) {
		return "none"
	}
	r := records[next]
	return fmt.Sprintf("%d, %s of flip %d", r.seq, r.kind, r.flip)
}

// overtaken reports whether a maybe that a channel did not hear of was dropped rightly:
// a process died between the first look at it and the first one at what came after
// it, which was told instead.
func (h history) overtaken(r record) bool {
	if r.kind != stock.MaybeRestocked {
		return false
	}
	var from, to look
	for _, l := range h.looks {
		switch {
		case l.page != r.page || !l.shown:
		case l.flip == r.flip && from.page == "":
			from = l
		case l.flip == r.flip+1 && to.page == "":
			to = l
		}
	}
	for _, k := range h.kills {
		if to.page != "" && k.at.After(from.at) && k.at.Before(to.at) {
			return true
		}
	}
	return false
}
