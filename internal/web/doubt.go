package web

import (
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// doubtView says why a page that is read does not say whether its product can be
// bought. It stands beside the last known state, which it neither is nor ends.
type doubtView struct {
	What  string  // silent, or a contradiction
	Leans string  // "" neither way
	Since *moment // nil: the doubt is not remembered yet
}

// clarity is the remembered doubt of a watch, nil for none. The last look knows more
// of it than the record, which is made when it begins: a look that told nothing and
// knows of none comes from a process that did not know the watch's state.
func (l latest) clarity() *stock.Clarity {
	var recorded *stock.Clarity
	if l.record != nil {
		recorded = l.record.Change.Clarity
	}
	k := l.look
	switch {
	case k == nil, l.record != nil && k.At.Before(l.record.Change.ObservedAt):
		return recorded
	case k.Clarity == nil && k.Availability == stock.Unknown:
		return recorded
	}
	return k.Clarity
}

// doubt says what is unclear of a watch, nil when nothing is. Unclear looks that are
// not remembered yet are no doubt of what is known, only of a watch of which nothing is.
func (s *Server) doubt(known latest, now time.Time) *doubtView {
	if c := known.clarity(); c != nil {
		return &doubtView{What: s.words.name("doubt", string(c.Reason)), Leans: s.leans(c.Leans), Since: s.clock.show(c.Since, now)}
	}
	k := known.look
	if k == nil || !k.Outcome.Good() || k.Doubt == "" || known.record != nil && known.record.Change.Availability != stock.Unknown {
		return nil
	}
	return &doubtView{What: s.words.name("doubt", string(k.Doubt)), Leans: s.leans(k.Leans)}
}

func (s *Server) leans(l stock.Lean) string {
	if l == "" {
		return ""
	}
	return s.words.name("leans", string(l))
}
