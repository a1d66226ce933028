package clock

import (
	"sync"
	"time"
)

// Ages says how old a wall time of this process is although the wall clock may
// have been set since. It is safe for concurrent use.
type Ages struct {
	mu    sync.Mutex
	line  Line
	lines []lineEnd // as the clock stood before, the newest last
}

// lineEnd is where the wall clock was left: from there it was set.
type lineEnd struct {
	wall time.Time
	mono Instant
}

// keptLines is how many steps of the clock are remembered.
const keptLines = 16

// NewAges returns Ages that notice what happens from now on, when asked.
func NewAges() *Ages { return &Ages{line: NewLine()} }

// Age is how long ago t was. Where it may be of the clock as it stands or as it
// stood before, the younger age counts; a time to come is of age 0.
func (a *Ages) Age(t time.Time) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	before := a.line
	if a.line.Follow() != 0 {
		a.lines = append(a.lines, lineEnd{before.At(a.line.mono), a.line.mono})
		a.lines = a.lines[max(0, len(a.lines)-keptLines):]
	}
	now := Now()
	age, known := a.line.At(now).Sub(t), true
	if age < 0 {
		age, known = 0, false
	}
	for _, end := range a.lines {
		if then := end.wall.Sub(t); then >= 0 {
			if then += now.Sub(end.mono); !known || then < age {
				age, known = then, true
			}
		}
	}
	return age
}
