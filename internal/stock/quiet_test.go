package stock

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatalf("time zone %s: %v", name, err)
	}
	return loc
}

var noon = time.Date(2026, 10, 3, 12, 0, 0, 0, time.FixedZone("JST", 9*60*60))

func hours(h float64) time.Duration { return time.Duration(h * float64(time.Hour)) }

func TestQuietHours(t *testing.T) {
	weekend := []time.Weekday{time.Saturday, time.Sunday}
	for _, tt := range []struct {
		name     string
		zone     string
		from, to float64
		days     []time.Weekday
		at       string // by the wall clock there
		end      string // "": not quiet
	}{
		{"before", "Asia/Tokyo", 23, 7, nil, "2026-11-23 22:59:59", ""},
		{"at the start", "Asia/Tokyo", 23, 7, nil, "2026-11-23 23:00:00", "2026-11-24 07:00:00"},
		{"after midnight", "Asia/Tokyo", 23, 7, nil, "2026-11-24 00:30:00", "2026-11-24 07:00:00"},
		{"at the end", "Asia/Tokyo", 23, 7, nil, "2026-11-24 07:00:00", ""},
		{"within a day", "Asia/Tokyo", 12, 13.5, nil, "2026-11-23 12:10:00", "2026-11-23 13:30:00"},
		{"begun on a Sunday, over midnight", "Asia/Tokyo", 23, 7, weekend, "2026-11-23 06:00:00", "2026-11-23 07:00:00"},
		{"Friday night is not the weekend's", "Asia/Tokyo", 23, 7, weekend, "2026-11-27 23:30:00", ""},
		{"nor is the morning after it", "Asia/Tokyo", 23, 7, weekend, "2026-11-28 06:00:00", ""},
		{"two whole days in a row", "Asia/Tokyo", 0, 24, weekend, "2026-11-28 10:00:00", "2026-11-30 00:00:00"},
		{"until midnight", "Asia/Tokyo", 20, 24, nil, "2026-11-28 21:00:00", "2026-11-29 00:00:00"},

		// Berlin, 2026-03-29: from 02:00 on the clocks show 03:00.
		{"a night that is an hour shorter", "Europe/Berlin", 23, 7, nil, "2026-03-28 23:30:00", "2026-03-29 07:00:00"},
		{"an end that the clocks skip", "Europe/Berlin", 1, 2.5, nil, "2026-03-29 01:30:00", "2026-03-29 03:00:00"},
		{"a start that the clocks skip", "Europe/Berlin", 2.5, 4, nil, "2026-03-29 03:00:00", "2026-03-29 04:00:00"},
		{"skipped as a whole", "Europe/Berlin", 2.25, 2.75, nil, "2026-03-29 03:00:00", ""},
		// New York, 2026-11-01: at 02:00 the clocks show 01:00 once more.
		{"a night that is an hour longer", "America/New_York", 23, 7, nil, "2026-10-31 23:30:00", "2026-11-01 07:00:00"},
		{"an end that comes twice: at the first", "America/New_York", 23, 1.5, nil, "2026-10-31 23:30:00", "2026-11-01 01:30:00"},
		// Lord Howe turns its clocks by half an hour, at 02:00 back to 01:30 on 2026-04-05.
		{"half an hour", "Australia/Lord_Howe", 1, 3, nil, "2026-04-05 01:10:00", "2026-04-05 03:00:00"},
	} {
		loc := zone(t, tt.zone)
		q := Quiet{From: hours(tt.from), To: hours(tt.to), Days: tt.days, Location: loc, Mode: QuietHold}
		at, err := time.ParseInLocation(time.DateTime, tt.at, loc)
		if err != nil {
			t.Fatal(err)
		}
		if got := q.On(at); got != (tt.end != "") {
			t.Errorf("%s: quiet from %vh to %vh in %s at %s = %v, want %v", tt.name, tt.from, tt.to, tt.zone, tt.at, got, !got)
			continue
		}
		want := tt.end
		if want == "" {
			want = tt.at // it is over already
		}
		if got := q.End(at).In(loc).Format(time.DateTime); got != want {
			t.Errorf("%s: the end of quiet from %vh to %vh in %s at %s = %s, want %s", tt.name, tt.from, tt.to, tt.zone, tt.at, got, want)
		}
	}
}

func TestWithoutAModeItIsNeverQuiet(t *testing.T) {
	if (Quiet{}).On(noon) || (Quiet{To: 24 * time.Hour}).On(noon) {
		t.Error("a channel without quiet hours is quiet")
	}
}

// The end of quiet hours is the first instant that is not quiet, whatever the
// zone does with its clocks.
func TestQuietEndProperties(t *testing.T) {
	zones := []*time.Location{
		time.UTC, zone(t, "Asia/Tokyo"), zone(t, "Europe/Berlin"), zone(t, "America/New_York"), zone(t, "Australia/Lord_Howe"),
		zone(t, "America/Havana"), zone(t, "Asia/Kathmandu"), zone(t, "Africa/Casablanca"), zone(t, "Pacific/Apia"),
	}
	rapid.Check(t, func(t *rapid.T) {
		minute := rapid.IntRange(0, 24*60-1)
		q := Quiet{
			From: time.Duration(minute.Draw(t, "from")) * time.Minute, To: time.Duration(minute.Draw(t, "to")+1) * time.Minute,
			Location: rapid.SampledFrom(zones).Draw(t, "zone"), Mode: QuietHold,
		}
		if rapid.Bool().Draw(t, "only some days") {
			for d := range rapid.IntRange(1, 6).Draw(t, "days") {
				q.Days = append(q.Days, time.Weekday(d))
			}
		}
		if q.From == q.To || q.To-q.From == 24*time.Hour && len(q.Days) == 0 {
			t.Skip("no configuration has it")
		}
		// Around the turns of the clocks in 2026, and any other time of that year.
		base := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		at := base.Add(time.Duration(rapid.IntRange(0, 365*24*60).Draw(t, "minute of the year")) * time.Minute)
		if rapid.Bool().Draw(t, "at a turn") {
			if _, turn := at.In(q.Location).ZoneBounds(); !turn.IsZero() {
				at = turn.Add(time.Duration(rapid.IntRange(-26*60, 26*60).Draw(t, "minutes from the turn")) * time.Minute)
			}
		}
		end := q.End(at)
		if q.On(end) {
			t.Fatalf("quiet %v until %v: at its end it is quiet", at.In(q.Location), end.In(q.Location))
		}
		if !q.On(at) && !end.Equal(at) {
			t.Fatalf("not quiet at %v, but its end is %v", at.In(q.Location), end.In(q.Location))
		}
		for between := at; between.Before(end); between = between.Add(time.Minute) {
			if !q.On(between) {
				t.Fatalf("quiet from %v to %v, but not at %v in between", at.In(q.Location), end.In(q.Location), between.In(q.Location))
			}
		}
	})
}
