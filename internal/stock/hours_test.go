package stock

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestSchedules(t *testing.T) {
	at := func(text string) time.Time {
		v, err := time.Parse("Mon 2006-01-02 15:04", text)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	night := Schedule{Spans: []Span{{22 * time.Hour, 2 * time.Hour}}, Days: []time.Weekday{time.Friday}}
	office := Schedule{Spans: []Span{{9 * time.Hour, 12 * time.Hour}, {13 * time.Hour, 18 * time.Hour}}}
	weekend := Schedule{Days: []time.Weekday{time.Saturday, time.Sunday}}
	for _, tt := range []struct {
		name string
		s    Schedule
		at   string
		open bool
		turn string // "": none
	}{
		{"always", Schedule{}, "Fri 2026-11-27 10:00", true, ""},
		{"before a night", night, "Fri 2026-11-27 21:59", false, "Fri 2026-11-27 22:00"},
		{"its begin", night, "Fri 2026-11-27 22:00", true, "Sat 2026-11-28 02:00"},
		{"after midnight it is the day's before", night, "Sat 2026-11-28 01:59", true, "Sat 2026-11-28 02:00"},
		{"its end", night, "Sat 2026-11-28 02:00", false, "Fri 2026-12-04 22:00"},
		{"another day's evening", night, "Sat 2026-11-28 23:00", false, "Fri 2026-12-04 22:00"},
		{"at noon", office, "Wed 2026-11-25 12:30", false, "Wed 2026-11-25 13:00"},
		{"whole days", weekend, "Fri 2026-11-27 23:59", false, "Sat 2026-11-28 00:00"},
		{"from day to day", weekend, "Sat 2026-11-28 12:00", true, "Sun 2026-11-29 00:00"},
	} {
		if got := tt.s.Open(at(tt.at)); got != tt.open {
			t.Errorf("%s: Open(%s) = %t, want %t", tt.name, tt.at, got, tt.open)
		}
		turn := ""
		if got := tt.s.Turn(at(tt.at)); !got.IsZero() {
			turn = got.Format("Mon 2006-01-02 15:04")
		}
		if turn != tt.turn {
			t.Errorf("%s: Turn(%s) = %q, want %q", tt.name, tt.at, turn, tt.turn)
		}
	}
}

// Between a moment and the next turn nothing changes, and Opens finds the first open
// moment, in zones with daylight saving too.
func TestSchedulesOnlyChangeAtTheirTurns(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		minutes := rapid.IntRange(0, 24*60)
		span := rapid.Custom(func(t *rapid.T) Span {
			return Span{time.Duration(minutes.Draw(t, "from")) * time.Minute, time.Duration(minutes.Draw(t, "to")) * time.Minute}
		})
		schedule := rapid.Custom(func(t *rapid.T) Schedule {
			s := Schedule{Spans: rapid.SliceOfN(span, 0, 3).Draw(t, "spans")}
			for _, d := range rapid.SliceOfNDistinct(rapid.IntRange(0, 6), 0, 7, rapid.ID).Draw(t, "days") {
				s.Days = append(s.Days, time.Weekday(d))
			}
			return s
		})
		h := Hours{Schedules: rapid.SliceOfN(schedule, 1, 3).Draw(t, "schedules"), Location: berlin}
		at := time.Unix(rapid.Int64Range(1_700_000_000, 1_800_000_000).Draw(t, "at"), 0)
		turn := h.Turn(at)
		if turn.IsZero() {
			turn = at.AddDate(0, 0, 8)
		}
		if !turn.After(at) {
			t.Fatalf("Turn(%s) = %s, want a moment after it", at, turn)
		}
		for _, share := range []time.Duration{3, 2, 1} {
			between := at.Add(turn.Sub(at) / (share + 1)).Truncate(time.Second)
			if h.Open(between) != h.Open(at) {
				t.Fatalf("Open changes between %s and its turn at %s, at %s", at, turn, between)
			}
		}
		if opens := h.Opens(at); !opens.IsZero() && (opens.Before(at) || !h.Open(opens)) {
			t.Fatalf("Opens(%s) = %s, where Open is %t", at, opens, h.Open(opens))
		}
	})
}
