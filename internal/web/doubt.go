package web

import (
	"time"

	"github.com/sainyuka/sainyuka/internal/board"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// doubtView says why a page that is read does not say whether its product can be
// bought. It stands beside the last known state, which it neither is nor ends.
type doubtView struct {
	What  string  // silent, or a contradiction
	Leans string  // "" neither way
	Since *moment // nil: the doubt is not remembered yet
}

// doubt says what is unclear of a watch, nil when nothing is.
func (s *Server) doubt(known board.Known, now time.Time) *doubtView {
	if c := known.Clarity(); c != nil {
		return &doubtView{What: s.words.name("doubt", string(c.Reason)), Leans: s.leans(c.Leans), Since: s.clock.show(c.Since, now)}
	}
	if !known.Unsure() {
		return nil
	}
	k := known.Look
	return &doubtView{What: s.words.name("doubt", string(k.Doubt)), Leans: s.leans(k.Leans)}
}

func (s *Server) leans(l stock.Lean) string {
	if l == "" {
		return ""
	}
	return s.words.name("leans", string(l))
}
