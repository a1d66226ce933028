package web

import (
	"fmt"
	"net/http"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Bounds of the delivery log that one answer holds.
const (
	deliveriesShown = 50
	deliveriesMost  = 500
)

func (s *Server) apiDeliveries(r *http.Request) (reply, error) {
	limit, err := limitOf(r, deliveriesShown, deliveriesMost)
	if err != nil {
		return reply{}, err
	}
	sent, err := s.o.Store.Deliveries(r.Context(), limit)
	if err != nil {
		return reply{}, fmt.Errorf("read the delivery log: %w", err)
	}
	type deliveryJSON struct {
		ID string `json:"id"`
		stock.Delivery
		Took float64 `json:"took_seconds"`
	}
	list := []deliveryJSON{}
	for _, d := range sent {
		list = append(list, deliveryJSON{d.ID(), d, d.Took().Seconds()})
	}
	return jsonReply(http.StatusOK, map[string]any{"deliveries": list})
}

// deliveryView is an accepted alert as its page shows it.
type deliveryView struct {
	toldView
	Page                         string // of the product; "": it has none any more
	Product, Channel, ProviderID string
	Kind                         stock.Kind
	At                           *moment
	Took                         string
	Stages                       []stageView
	Tries                        int
}

// stageView says how long after the page's bytes an alert was somewhere.
type stageView struct{ Name, After string }

func (s *Server) deliveryView(d stock.Delivery, now time.Time) deliveryView {
	v := deliveryView{
		Product: d.Product, Channel: d.Channel, ProviderID: d.ProviderID, Kind: d.Kind,
		At: s.clock.show(d.SentAt, now), Tries: d.Tries,
	}
	if d.ObservedAt.IsZero() {
		return v
	}
	v.Took = s.words.span(d.Took())
	for _, stage := range []struct {
		name string
		at   time.Time
	}{{"published", d.PublishedAt}, {"made", d.MadeAt}, {"tried", d.TriedAt}, {"sent", d.SentAt}} {
		if !stage.at.IsZero() {
			v.Stages = append(v.Stages, stageView{s.words.name("stage", stage.name), s.words.span(max(0, stage.at.Sub(d.ObservedAt)))})
		}
	}
	return v
}

// span says how long something took, more exactly the shorter it was.
func (t translator) span(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf(t.name("span", "ms"), d.Milliseconds())
	case d < 100*time.Second:
		return fmt.Sprintf(t.name("span", "s"), d.Seconds())
	case d < 100*time.Minute:
		return fmt.Sprintf(t.name("span", "min"), int64(d.Minutes()))
	}
	return fmt.Sprintf(t.name("span", "h"), int64(d.Hours()))
}
