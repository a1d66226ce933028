package diff

import "time"

// tally counts looks in a row that agree on a value. Looks that say nothing of it
// are simply not shown to the tally.
type tally[V comparable] struct {
	value V
	looks int
	since time.Time // of the first of them
}

// see counts a look and returns how many agree by now. Another value than before
// begins anew.
func (c *tally[V]) see(v V, at time.Time) int {
	if c.looks == 0 || c.value != v {
		*c = tally[V]{value: v, since: at}
	}
	c.looks++
	return c.looks
}
