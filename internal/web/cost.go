package web

import (
	"strconv"
	"time"

	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/pricing"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// costView is an effective price as a page shows it, with its reckoning.
type costView struct {
	Price string
	Steps []stepView
}

type stepView struct{ Words, Amount string }

// reckon returns what the offer of a record costs at a moment; ok is false when
// the user has no rates for the shop.
func (s *Server) reckon(w stock.Watch, c stock.Change, at time.Time) (r pricing.Reckoning, ok bool) {
	if s.o.Rates == nil {
		return pricing.Reckoning{}, false
	}
	return reckonAt(s.o.Rates(), w, c, at)
}

func reckonAt(rates pricing.Rates, w stock.Watch, c stock.Change, at time.Time) (r pricing.Reckoning, ok bool) {
	o := guard.FactsOf(c).Offer
	host := stock.HostOf(w.URL)
	if _, ok := stock.IsQuery(w.URL); ok {
		host = stock.HostOf(shopPage(w.URL, o.URL))
	}
	return rates.Reckon(c.Watch.Source, host, o, at)
}

// costView shows a reckoning.
func (s *Server) costView(r pricing.Reckoning) *costView {
	v := &costView{Price: r.Price.Text()}
	for _, step := range r.Steps {
		v.Steps = append(v.Steps, s.step(step))
	}
	return v
}

func (s *Server) step(step stock.Step) stepView {
	v := stepView{Words: s.words.name("step", string(step.Label)), Amount: step.Amount.Text()}
	if step.Label == stock.StepShippingUnknown {
		v.Amount = ""
	}
	if step.Points > 0 {
		v.Words += " " + strconv.FormatInt(step.Points, 10)
	}
	if step.Name != "" {
		v.Words += " (" + step.Name + ")"
	}
	return v
}
