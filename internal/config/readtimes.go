package config

import (
	"slices"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// quiet reads the [channel.quiet] of a channel; without one it is never quiet.
func (s *section) quiet(zone *time.Location) stock.Quiet {
	defer s.done()
	if s.node == nil {
		for _, key := range []string{"from", "to", "days", "timezone", "mode", "urgent_passes"} {
			s.takeAny(key) // so that its keys are known to exist
		}
		return stock.Quiet{}
	}
	q := stock.Quiet{
		From: s.clock("from", -1), To: s.clock("to", -1),
		Location:     zone,
		Mode:         stock.QuietMode(s.choice("mode", string(stock.QuietHold), string(stock.QuietHold), string(stock.QuietSilent), string(stock.QuietDrop))),
		UrgentPasses: s.flag("urgent_passes") || !s.has("urgent_passes"),
	}
	if s.has("timezone") {
		q.Location = s.zone("timezone")
	}
	q.Timezone = q.Location.String()
	for _, d := range s.oneOf("days", "day", weekdays) {
		q.Days = append(q.Days, weekday(d))
	}
	for _, key := range []string{"from", "to"} {
		if !s.has(key) {
			s.r.list.missing(s.line, join(s.path, key), `is missing: a time of day such as "23:00"`)
		}
	}
	switch {
	case q.From < 0 || q.To < 0:
		return stock.Quiet{}
	case q.From == day:
		s.errorf("from", `must be before "24:00"`)
	case q.From == q.To:
		s.errorf("to", `is the same time as from; for whole days write from = "00:00" and to = "24:00"`)
	case q.To-q.From == day && (len(q.Days) == 0 || len(q.Days) == 7):
		s.errorf("days", "would be quiet for ever: name the days, or take the channel out of notify")
	case q.To == 0:
		q.To = day
	}
	return q
}

// clock reads a time of day, "00:00" to "24:00".
func (s *section) clock(key string, def time.Duration) time.Duration {
	n := s.take(key, formText)
	if n == nil {
		return def
	}
	d, ok := timeOfDay(n.text)
	if !ok {
		s.errorf(key, `must be a time of day such as "07:30" or "23:00", not %q`, n.text)
		return def
	}
	return d
}

// timeOfDay reads "07:30", and "24:00" as the end of the day.
func timeOfDay(text string) (d time.Duration, ok bool) {
	if text == "24:00" {
		return day, true
	}
	t, err := time.Parse("15:04", text)
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, err == nil
}

func weekday(name string) time.Weekday {
	return time.Weekday(slices.Index(weekdays, name))
}

// digest reads [alerts.digest].
func (s *section) digest(channels []Channel) stock.DigestPlan {
	defer s.done()
	p := stock.DigestPlan{
		Weekly: s.choice("every", "day", "day", "week") == "week",
		Day:    weekday(s.choice("day", "mon", weekdays...)),
		At:     s.clock("at", defaultDigestAt),
	}
	names, given := s.words("channels")
	if p.Channels = s.r.channelIDs(names, channels); s.node == nil {
		return stock.DigestPlan{}
	}
	switch {
	case !given:
		s.r.list.missing(s.line, join(s.path, "channels"), "is missing: the ids of the channels that shall have it")
	case s.has("day") && !p.Weekly:
		s.errorf("day", `is for every = "week"`)
	case p.At == day:
		s.errorf("at", `must be before "24:00"`)
	}
	return p
}

// weekly reads when in the week something is told, "" for never, and to whom.
func (s *section) weekly(key string, channels []string) stock.DigestPlan {
	when := s.text(key, defaultWeekly)
	if when == "" {
		return stock.DigestPlan{}
	}
	name, at, _ := strings.Cut(when, " ")
	t, err := time.Parse("15:04", at)
	if err != nil || !slices.Contains(weekdays, name) {
		s.errorf(key, `must be a day and a time such as "mon 09:00", or "" for never, not %q`, when)
		return stock.DigestPlan{}
	}
	since := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
	return stock.DigestPlan{Weekly: true, Day: weekday(name), At: since, Channels: channels}
}
