package crashlab

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// look is one request to the shops and what it was shown.
type look struct {
	by   string // which start of which process
	host string
	page string // URL; "": robots.txt
	at   time.Time
	end  time.Time // the answer was sent, or its client had left; zero: neither yet

	shown bool // an answer was sent, though maybe to a process that had died
	flip  int  // how often the page had changed then
	in    bool // it was in stock
}

// record is one record of the stream.
type record struct {
	seq  uint64
	page string
	kind stock.Kind
	flip int // that its look was shown
}

// alert is one alert as it came to the receiver.
type alert struct {
	id      string
	channel string
	page    string
	kind    stock.Kind
	flip    int
	at      time.Time
}

// kill is the sudden end of a process.
type kill struct {
	who string
	at  time.Time // it was dead
}

// history is all that happened in a laboratory.
type history struct {
	looks     []look
	records   []record
	alerts    []alert
	kills     []kill
	stops     []kill // of processes that went on later
	channels  []string
	gap       time.Duration   // of every host
	scenarios map[string]bool // the pages that have one, by URL
	loosened  int             // how often limits were loosened while something was held by them
}

// verdict is what the oracle found.
type verdict struct {
	lost, doubled  []string      // records
	missing, wrong []string      // alerts
	tooSoon        []string      // requests
	repeats        int           // alerts that a kill excuses
	overtaken      int           // maybes that were told no more, since a kill kept them back until they were over
	smallest       time.Duration // time between two requests to a host
}

func (v verdict) complaints() []string {
	return slices.Concat(v.lost, v.doubled, v.missing, v.wrong, v.tooSoon)
}

// judge compares what happened with what was promised.
func (h history) judge() verdict {
	var v verdict
	h.judgeRecords(&v)
	h.judgeAlerts(&v)
	h.judgePoliteness(&v)
	return v
}

// judgeRecords plays what was shown of each page against its records. A look is
// certain when the next request to its host is of the same process: a host's looks
// are made one at a time, each seen through before the next. The last look of a
// process that was killed, stopped or had to hand the host over may have been
// answered in vain, so it may have a record or not.
func (h history) judgeRecords(v *verdict) {
	records := map[string][]record{}
	for _, r := range h.records {
		records[r.page] = append(records[r.page], r)
	}
	looks := map[string][]look{}
	certain := h.certain()
	for i, l := range h.looks {
		if l.page != "" && l.shown {
			l.shown = certain[i]
			looks[l.page] = append(looks[l.page], l)
		}
	}
	for page, list := range looks {
		if h.scenarios[page] {
			judgeScenario(v, page, list, records[page])
		} else {
			judgePage(v, page, list, records[page])
		}
		delete(records, page)
	}
	for page, rest := range records {
		v.doubled = append(v.doubled, fmt.Sprintf("%s: %d records of a page that nobody was shown", page, len(rest)))
	}
}

// certain tells for each look whether its process went on with its host.
func (h history) certain() []bool {
	type asker struct {
		by    string
		stops int
	}
	next := map[string]asker{} // by host
	out := make([]bool, len(h.looks))
	for i := len(h.looks) - 1; i >= 0; i-- {
		l := h.looks[i]
		a := asker{by: l.by}
		for _, s := range h.stops {
			if s.who == l.by && s.at.Before(l.at) {
				a.stops++
			}
		}
		out[i] = next[l.host] == a
		next[l.host] = a
	}
	return out
}

// judgePage goes through the looks at one page; shown says that one is certain.
func judgePage(v *verdict, page string, looks []look, records []record) {
	begun, in, next, lost := false, false, 0, -1
	for _, l := range looks {
		if begun && l.in == in || l.flip == lost {
			continue // nothing new
		}
		want := stock.SoldOutKind
		switch {
		case !begun:
			want = stock.Baseline
		case l.in:
			want = stock.Restocked
		}
		if next < len(records) && records[next].flip == l.flip && records[next].kind == want {
			begun, in = true, l.in
			next++
			continue
		}
		if l.shown {
			v.lost = append(v.lost, fmt.Sprintf("%s: %s of flip %d, shown to %s at %s, has no record",
				page, want, l.flip, l.by, l.at.Format(timeOfDay)))
			lost = l.flip // one fault is told once
		}
	}
	for _, r := range records[next:] {
		v.doubled = append(v.doubled, fmt.Sprintf("%s: record %d, %s of flip %d, tells nothing new", page, r.seq, r.kind, r.flip))
	}
}

const timeOfDay = "15:04:05.000"

// letter names one alert on one channel, by what the alert's id begins with.
type letter struct{ event, channel string }

// judgeAlerts wants every record that rings told on every channel under one id, and
// once more at most for each kill. So it wants the alerts that are of no record: the
// receipts, and one message for each time that limits were loosened.
func (h history) judgeAlerts(v *verdict) {
	ringing := map[string]record{} // by event
	for _, r := range h.records {
		if h.rings(r) != "" {
			ringing[fmt.Sprint(r.seq)] = r
		}
	}
	heard := map[letter][]alert{}
	loose := map[string]bool{}
	others := map[string]stock.Kind{} // events of no record
	for _, a := range h.alerts {
		event, _, _ := strings.Cut(a.id, "_")
		switch a.kind {
		case stock.Weekly: // the owner's news, of no record: the clock was set over a Monday
			continue
		case stock.SetupReceipt, stock.LimitsChanged:
			others[event] = a.kind
			loose[event] = a.kind == stock.LimitsChanged
			heard[letter{event, a.channel}] = append(heard[letter{event, a.channel}], a)
			continue
		}
		r, ok := ringing[event]
		if !ok || r.page != a.page || r.flip != a.flip || a.kind != h.rings(r) {
			v.wrong = append(v.wrong, fmt.Sprintf("alert %s: %s of %s, flip %d, is of no record", a.id, a.kind, a.page, a.flip))
			continue
		}
		heard[letter{event, a.channel}] = append(heard[letter{event, a.channel}], a)
	}
	for event, r := range ringing {
		h.wantTold(v, heard, event, fmt.Sprintf("record %d: %s of %s, flip %d", r.seq, r.kind, r.page, r.flip), h.overtaken(r))
	}
	times := 0
	for event, kind := range others {
		h.wantTold(v, heard, event, fmt.Sprintf("%s %s", kind, event), false)
		if loose[event] {
			times++
		}
	}
	switch {
	case times < h.loosened:
		v.missing = append(v.missing, fmt.Sprintf("limits were loosened %d times and %d messages tell it", h.loosened, times))
	case times > h.loosened:
		v.wrong = append(v.wrong, fmt.Sprintf("limits were loosened %d times and %d messages tell it", h.loosened, times))
	}
	excused := map[string]int{} // repeats by kill and channel
	for _, list := range heard {
		h.judgeRepeats(v, list, excused)
	}
}

// wantTold wants an event told on every channel.
func (h history) wantTold(v *verdict, heard map[letter][]alert, event, what string, overtaken bool) {
	for _, c := range h.channels {
		switch {
		case len(heard[letter{event, c}]) > 0:
		case overtaken:
			v.overtaken++
		default:
			v.missing = append(v.missing, fmt.Sprintf("%s was not told of %s", c, what))
		}
	}
}

// judgeRepeats looks at all copies of one letter.
func (h history) judgeRepeats(v *verdict, copies []alert, excused map[string]int) {
	slices.SortFunc(copies, func(a, b alert) int { return a.at.Compare(b.at) })
	for i, a := range copies[1:] {
		before := copies[i]
		k := slices.IndexFunc(h.kills, func(k kill) bool { return k.at.Add(onTheWay).After(before.at) && k.at.Before(a.at) })
		if k < 0 || a.id != before.id {
			v.wrong = append(v.wrong, fmt.Sprintf("alert %s at %s was %s at %s, and nothing was killed in between; the kill before was at %s",
				a.id, a.at.Format(timeOfDay), before.id, before.at.Format(timeOfDay), h.killBefore(before.at)))
			continue
		}
		v.repeats++
		key := fmt.Sprint(k, a.channel)
		if excused[key]++; excused[key] > 1 {
			v.wrong = append(v.wrong, fmt.Sprintf("alert %s: repeat %d on %s for the kill of %s at %s, at most one is excused",
				a.id, excused[key], a.channel, h.kills[k].who, h.kills[k].at.Format(timeOfDay)))
		}
	}
}

// onTheWay is how long after the death of its sender an alert may be noted here:
// the bytes were on their way, and the machine is busy.
const onTheWay = 100 * time.Millisecond

// killBefore is when the last kill before a moment was.
func (h history) killBefore(t time.Time) string {
	at := "no time"
	for _, k := range h.kills {
		if k.at.Before(t) {
			at = k.at.Format(timeOfDay)
		}
	}
	return at
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// judgePoliteness wants one request at a time per host and the gap between two,
// whoever asks.
func (h history) judgePoliteness(v *verdict) {
	deaths := map[string]time.Time{}
	for _, k := range h.kills {
		deaths[k.who] = k.at
	}
	last := map[string]look{}
	for _, l := range slices.SortedStableFunc(slices.Values(h.looks), func(a, b look) int { return a.at.Compare(b.at) }) {
		if death, ok := deaths[l.by]; ok { // after it nobody asks and nobody waits
			l.at, l.end = earlier(l.at, death), earlier(l.end, death)
		}
		before, ok := last[l.host]
		last[l.host] = l
		if !ok {
			continue
		}
		gap := l.at.Sub(before.at)
		v.smallest = min(cmp.Or(v.smallest, gap), gap)
		switch {
		case gap < h.gap-tolerance || l.by == before.by && gap < h.gap:
			v.tooSoon = append(v.tooSoon, fmt.Sprintf("%s was asked by %s at %s and by %s %s later, want %s",
				l.host, before.by, before.at.Format(timeOfDay), l.by, gap, h.gap))
		case before.end.IsZero() || before.end.After(l.at):
			v.tooSoon = append(v.tooSoon, fmt.Sprintf("%s was asked by %s at %s while %s waited for its answer",
				l.host, l.by, l.at.Format(timeOfDay), before.by))
		}
	}
}
