package stock

import (
	"errors"
	"iter"
	"slices"
	"time"
)

// Window is a time in which a watch could be ordered, by the looks around its two
// turns. It is a line of the log that schedules are replayed with.
type Window struct {
	Watch    string    `json:"watch"`
	Host     string    `json:"host"` // that is really asked
	Product  string    `json:"product,omitempty"`
	LastOut  time.Time `json:"last_out,omitzero"`  // the last look before it that saw it out of stock
	FirstIn  time.Time `json:"first_in,omitzero"`  // the first look that saw it in stock
	LastIn   time.Time `json:"last_in,omitzero"`   // the last one that did
	FirstOut time.Time `json:"first_out,omitzero"` // the first look that saw it gone
}

// Windows returns the windows in a watch's records, which come oldest first. Of a
// window only one end of which was seen nothing is known, nor of one that ended
// in trouble. host is the one that is really asked for the watch.
func Windows(host string, records iter.Seq[Change]) iter.Seq[Window] {
	return func(yield func(Window) bool) {
		var open Window
		var wasIn, known bool
		for c := range records {
			in := c.Availability.Purchasable()
			if c.Kind == Baseline || c.Availability == Unknown {
				open, known = Window{}, c.Availability != Unknown
				wasIn = in
				continue
			}
			switch {
			case !known:
			case in && !wasIn:
				open = Window{Watch: c.Watch.ID, Host: host, Product: c.Product.ID, LastOut: c.LastOut, FirstIn: c.Since}
			case !in && wasIn && !open.FirstIn.IsZero():
				open.LastIn, open.FirstOut = c.LastIn, c.Since
				if open.Check() == nil && !yield(open) {
					return
				}
				open = Window{}
			}
			wasIn, known = in, true
		}
	}
}

// Timed reports whether a line tells of a window; otherwise it only says that the
// watch is there.
func (w Window) Timed() bool { return !w.FirstIn.IsZero() }

// Check says what is wrong with a line.
func (w Window) Check() error {
	if w.Watch == "" || w.Host == "" {
		return errors.New("a watch and a host must be named")
	}
	times := []time.Time{w.LastOut, w.FirstIn, w.LastIn, w.FirstOut}
	if !slices.ContainsFunc(times, func(t time.Time) bool { return !t.IsZero() }) {
		return nil
	}
	for i, t := range times {
		if t.IsZero() {
			return errors.New("a window needs last_out, first_in, last_in and first_out")
		}
		if i > 0 && t.Before(times[i-1]) {
			return errors.New("last_out, first_in, last_in and first_out are not in order")
		}
	}
	return nil
}
