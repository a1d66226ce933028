package web

import (
	"encoding/json"
	"fmt"
	"time"
)

// timeText writes times for people.
type timeText struct {
	words translator
	loc   *time.Location
}

// moment is a time as a page shows it.
type moment struct {
	Machine string // RFC 3339, for the datetime attribute
	Exact   string // 11/23 14:05:09, with the year when it is another one
	Rough   string // 3 minutes ago
}

// show returns t as seen from now; nil for no time.
func (c timeText) show(t, now time.Time) *moment {
	if t.IsZero() {
		return nil
	}
	layout := "01/02 15:04:05"
	if t.In(c.loc).Year() != now.In(c.loc).Year() {
		layout = "2006/01/02 15:04"
	}
	m := &moment{Machine: t.In(c.loc).Format(time.RFC3339), Exact: t.In(c.loc).Format(layout)}
	if t.After(now) {
		m.Rough = c.rough("in", t.Sub(now))
	} else {
		m.Rough = c.rough("ago", now.Sub(t))
	}
	return m
}

// due returns t as a plan: what is past is about to happen.
func (c timeText) due(t, now time.Time) *moment {
	m := c.show(t, now)
	if m != nil && !t.After(now) {
		m.Rough = c.words.name("in", "now")
	}
	return m
}

// rough says how long a span is, in the one unit that fits it.
func (c timeText) rough(direction string, d time.Duration) string {
	in := func(unit string, n time.Duration) string {
		return fmt.Sprintf(c.words.name(direction, unit), int64(d/n))
	}
	switch {
	case d < 2*time.Second:
		return c.words.name(direction, "now")
	case d < 90*time.Second:
		return in("seconds", time.Second)
	case d < 90*time.Minute:
		return in("minutes", time.Minute)
	case d < 36*time.Hour:
		return in("hours", time.Hour)
	default:
		return in("days", 24*time.Hour)
	}
}

// agoJSON is how scripts say how long ago something was.
func (t translator) agoJSON() string {
	b, err := json.Marshal(map[string]string{"now": t.name("ago", "now"), "minutes": t.name("ago", "minutes"), "hours": t.name("ago", "hours"), "days": t.name("ago", "days")})
	if err != nil {
		panic(err) // texts alone
	}
	return string(b)
}
