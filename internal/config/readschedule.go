package config

import (
	"slices"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const maxSpans = 24

// schedule reads when pages are looked at; without one they always are.
func (s *section) schedule() stock.Schedule {
	t := s.table("schedule")
	defer t.done()
	var x stock.Schedule
	list, _ := t.words("hours")
	for _, w := range list {
		p, ok := span(w.text)
		if !ok {
			s.r.list.add(w.line, w.path, `must be two times of day such as "09:00-23:30" or "22:00-02:00", not %q`, w.text)
			continue
		}
		x.Spans = append(x.Spans, p)
	}
	if len(x.Spans) > maxSpans {
		t.errorf("hours", "there are %d, the most is %d", len(x.Spans), maxSpans)
		x.Spans = x.Spans[:maxSpans]
	}
	for _, d := range t.oneOf("days", "day", weekdays) {
		x.Days = append(x.Days, weekday(d))
	}
	return x
}

// span reads "09:00-23:30".
func span(text string) (p stock.Span, ok bool) {
	from, to, found := strings.Cut(text, "-")
	if !found {
		return p, false
	}
	var okFrom, okTo bool
	p.From, okFrom = timeOfDay(strings.TrimSpace(from))
	p.To, okTo = timeOfDay(strings.TrimSpace(to))
	return p, okFrom && okTo && p.From != p.To && p.From != day
}

// hours joins the schedules that hold for a watch; zone is that of its shop.
func hours(zone *time.Location, all ...stock.Schedule) stock.Hours {
	all = slices.DeleteFunc(all, stock.Schedule.Always)
	if len(all) == 0 {
		return stock.Hours{}
	}
	return stock.Hours{Schedules: all, Zone: zone.String(), Location: zone}
}
