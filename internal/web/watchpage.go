package web

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/board"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// watchData is the page of one watch.
type watchData struct {
	watchView
	Distrust *distrustView // nil: all that the host shows is evidence
	History  []recordView
	CanMend  bool // its page can be pointed at
	CanLook  bool // a look can be asked for
	Asked    bool // one was, and has not come yet
	Looks    []lookView
}

type recordView struct {
	At       *moment
	Kinds    []string
	State    *stateView
	Before   string
	Problem  string
	Doubt    *doubtView
	Evidence []evidenceView
}

func (s *Server) watchPage(r *http.Request) (reply, error) {
	p, w, ok := s.find(r.PathValue("id"))
	if !ok {
		return reply{}, notFound("watch")
	}
	history, err := s.o.Store.History(r.Context(), w.ID, historyShown)
	if err != nil {
		return reply{}, fmt.Errorf("read history of watch %s: %w", w.ID, err)
	}
	now := clock.Wall()
	data := watchData{watchView: s.watchView(p, s.offerOf(p, w), now), Distrust: s.distrust(r.Context(), w.URL, now), CanMend: s.o.Preview != nil}
	data.CanLook, data.Asked = s.o.Hint != nil && !p.Paused && !w.Paused, r.URL.Query().Get("asked") != ""
	data.Looks = s.lookViews(w.ID, now)
	for _, rec := range slices.Backward(history) {
		v := s.recordView(rec.Change, now)
		cost, _ := s.reckon(w, rec.Change, rec.Change.ObservedAt)
		if rec.Change.Availability.Group() != stock.No {
			v.State.Held = s.held(p, rec.Change, cost)
		}
		data.History = append(data.History, v)
	}
	return s.draw(r, "watch", page{Title: data.Product.Name + " - " + data.Host, Here: "now", Data: data})
}

func (s *Server) recordView(c stock.Change, now time.Time) recordView {
	v := recordView{At: s.clock.show(c.ObservedAt, now), State: s.stateView(c.State, now), Evidence: s.evidence(c.Evidence)}
	for _, k := range append([]stock.Kind{c.Kind}, c.Also...) {
		v.Kinds = append(v.Kinds, s.words.kind(k))
	}
	v.Doubt = s.doubt(board.Known{Record: &stock.Entry{Change: c}}, now)
	if b := c.Previous; b != nil {
		v.Before = joinNonEmpty(s.words.name("availability", b.Availability.String()), b.Price.Text())
	}
	if c.Problem != nil {
		v.Problem = c.Problem.In(s.words.language())
	}
	return v
}
