package board

import (
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Known is the newest that is known of one watch; both may be nil.
type Known struct {
	Record *stock.Entry // its state
	Look   *stock.Look  // how its last look ended
}

// Clarity is the remembered doubt of a watch, nil for none. The last look knows more
// of it than the record, which is made when it begins: a look that told nothing and
// knows of none comes from a process that did not know the watch's state.
func (k Known) Clarity() *stock.Clarity {
	var recorded *stock.Clarity
	if k.Record != nil {
		recorded = k.Record.Change.Clarity
	}
	look := k.Look
	switch {
	case look == nil, k.Record != nil && look.At.Before(k.Record.Change.ObservedAt):
		return recorded
	case look.Clarity == nil && look.Availability == stock.Unknown:
		return recorded
	}
	return look.Clarity
}

// IsSearch reports whether a watch is of a search page: only those have records
// without an availability that are not about trouble or doubt.
func (k Known) IsSearch() bool {
	r := k.Record
	return r != nil && r.Change.Availability == stock.Unknown && r.Change.Problem == nil && r.Change.Clarity == nil
}

// Unsure reports whether it is unclear what a watch says. Unclear looks that are not
// remembered yet are no doubt of what is known, only of a watch of which nothing is.
func (k Known) Unsure() bool {
	if k.Clarity() != nil {
		return true
	}
	look := k.Look
	if look == nil || !look.Outcome.Good() || look.Doubt == "" {
		return false
	}
	return k.Record == nil || k.Record.Change.Availability == stock.Unknown
}

// Maybe reports whether what a buyer sees offers the product while the page's data
// goes on denying it, as was told or is remembered.
func (k Known) Maybe() bool {
	if k.Record == nil {
		return false
	}
	if d := k.Clarity(); d != nil {
		return d.Leans == stock.LeansYes
	}
	return k.Record.Change.Kind == stock.MaybeRestocked
}

// Unread reports whether a watch cannot be read just now. The newest word is that of
// the last look, unless there was none since the start.
func (k Known) Unread() bool {
	look := k.Look
	switch {
	case look == nil:
		return k.Record != nil && k.Record.Change.Problem != nil && k.Clarity() == nil
	case look.Outcome.Good() && look.Doubt != "":
		return false // it was read, see Unsure
	case look.Outcome.Good():
		return look.Availability == stock.Unknown && !look.Reason.None() && !k.IsSearch()
	}
	return true
}
