package clock

import "time"

const (
	// noticed is the least step of the wall clock that counts as one. What is less is
	// as likely a process that was stopped between the readings of its two clocks.
	noticed = 100 * time.Millisecond
	// farthest is how far from the present a Line tells moments apart.
	farthest = 10 * 365 * 24 * time.Hour
)

// Line says which wall time belongs to which moment, as the wall clock stood when
// Follow was last called. It does not move by itself when the wall clock is set.
type Line struct {
	wall time.Time
	mono Instant
}

// NewLine returns the line of the wall clock as it stands.
func NewLine() Line {
	mono := Now()
	return Line{wall: mono.t.Round(0), mono: mono}
}

// Follow takes the wall clock as it stands and returns by how much it was set
// since the line was made or followed before; 0: it was not.
func (l *Line) Follow() (step time.Duration) {
	next := NewLine()
	step = next.wall.Sub(l.At(next.mono))
	if step.Abs() < noticed {
		return 0
	}
	*l = next
	return step
}

// At returns the wall time of a moment; the zero Time of the zero Instant.
func (l Line) At(i Instant) time.Time {
	if i.IsZero() {
		return time.Time{}
	}
	return l.wall.Add(i.Sub(l.mono))
}

// Instant returns the moment of a wall time; the zero Instant of the zero Time.
// What is more than ten years away counts as ten years away.
func (l Line) Instant(t time.Time) Instant {
	if t.IsZero() {
		return Instant{}
	}
	return l.mono.Add(min(max(t.Sub(l.wall), -farthest), farthest))
}
