// Package trust learns which evidence of availability a shop never moves. Some
// shops write "in stock" into the data of every page, whatever the page shows: that
// data is evidence of nothing there.
//
// It is pure and deterministic: the same looks give the same trust. It does not know
// pages and does not decide what a page says; the reader of the page leaves out the
// methods that are not trusted.
package trust

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// enough is through how many sell-outs and returns of one watch a method must keep
	// its word to lose the trust.
	enough = 2
	// maxWatches bounds what is kept of one method of a host; the longest unseen goes.
	maxWatches = 200
)

// Host is what was learned of the methods of one host. The zero Host trusts all.
type Host struct {
	Methods map[stock.Method]Method `json:"methods,omitempty"`
}

// Method is what was learned of one method on one host.
type Method struct {
	Watches map[string]Watch `json:"watches,omitempty"` // by tid
	// Stuck is since when the method is no evidence there; zero: it is trusted.
	Stuck time.Time `json:"stuck,omitzero"`
}

// Watch is what one watch showed of a method since it moved last.
type Watch struct {
	Says  stock.Availability `json:"says"`           // the method's word
	Rest  bool               `json:"rest,omitempty"` // the rest of the page said last that it can be ordered
	Out   bool               `json:"out,omitempty"`  // it had sold out since
	Turns int                `json:"turns,omitempty"`
	Seen  time.Time          `json:"seen"`
}

// Saw takes note of a look at one watch of the host, by which each method said
// something of the availability. A method moves when what it says of a watch goes to
// or from what can be ordered: then all that was held against it is forgotten. It
// changes h: a copy at each look would be most of what a look at a large host allocates.
func (h *Host) Saw(tid string, at time.Time, said []stock.MethodVerdict) {
	if h.Methods == nil {
		h.Methods = make(map[stock.Method]Method)
	}
	rest := make([]stock.Availability, len(said)) // all by what was trusted before this look
	for i, v := range said {
		rest[i] = h.rest(v.Method, said)
	}
	for i, v := range said {
		if v.Availability != stock.Unknown {
			h.Methods[v.Method] = h.Methods[v.Method].saw(tid, at, v.Availability, rest[i])
		}
	}
}

// rest is what the other methods that are trusted say together; Unknown when they
// say nothing or not the same.
func (h Host) rest(m stock.Method, said []stock.MethodVerdict) stock.Availability {
	rest := stock.Unknown
	for _, v := range said {
		if v.Method == m || v.Availability == stock.Unknown || !h.Trusts(v.Method) {
			continue
		}
		if rest != stock.Unknown && rest.Purchasable() != v.Availability.Purchasable() {
			return stock.Unknown
		}
		rest = v.Availability
	}
	return rest
}

func (m Method) saw(tid string, at time.Time, says, rest stock.Availability) Method {
	w, met := m.Watches[tid]
	if met && w.Says.Purchasable() != says.Purchasable() {
		return Method{Watches: map[string]Watch{tid: begin(says, rest, at)}}
	}
	if m.Watches == nil {
		m.Watches = make(map[string]Watch)
	}
	if !met {
		w = begin(says, rest, at)
	}
	w.Seen = at
	if rest != stock.Unknown {
		can := rest.Purchasable()
		switch {
		case w.Rest && !can:
			w.Out = true
		case !w.Rest && can && w.Out:
			w.Out, w.Turns = false, min(w.Turns+1, enough)
		}
		w.Rest = can
	}
	m.Watches[tid] = w
	if w.Turns >= enough && m.Stuck.IsZero() {
		m.Stuck = at
	}
	m.forget()
	return m
}

func begin(says, rest stock.Availability, at time.Time) Watch {
	return Watch{Says: says, Rest: rest.Purchasable(), Seen: at}
}

// forget drops the watch that was not seen for the longest time, when there are too
// many.
func (m Method) forget() {
	if len(m.Watches) <= maxWatches {
		return
	}
	var oldest string
	for tid, w := range m.Watches {
		if oldest == "" || cmp.Or(w.Seen.Compare(m.Watches[oldest].Seen), cmp.Compare(tid, oldest)) < 0 {
			oldest = tid
		}
	}
	delete(m.Watches, oldest)
}

// Trusts reports whether a method is evidence of availability on the host.
func (h Host) Trusts(m stock.Method) bool { return h.Methods[m].Stuck.IsZero() }

// Stuck returns the methods that are not trusted, in the order of their names.
func (h Host) Stuck() []stock.Method {
	var all []stock.Method
	for m, is := range h.Methods {
		if !is.Stuck.IsZero() {
			all = append(all, m)
		}
	}
	slices.Sort(all)
	return all
}

// Shown returns what was learned of the host of a name, for people.
func (h Host) Shown(name string) stock.HostTrust {
	shown := stock.HostTrust{Host: name, Methods: []stock.MethodTrust{}}
	for _, method := range slices.Sorted(maps.Keys(h.Methods)) {
		is := h.Methods[method]
		m := stock.MethodTrust{Method: method, Trusted: is.Stuck.IsZero(), Since: is.Stuck, Watches: []stock.WatchTrust{}}
		for _, tid := range slices.Sorted(maps.Keys(is.Watches)) {
			w := is.Watches[tid]
			m.Watches = append(m.Watches, stock.WatchTrust{Watch: tid, Says: w.Says, Turns: w.Turns, Seen: w.Seen})
		}
		shown.Methods = append(shown.Methods, m)
	}
	return shown
}
