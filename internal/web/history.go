package web

import (
	"github.com/sainyuka/sainyuka/internal/chart"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// sparkSpan is the time that the line of a row shows.
func (s *Server) sparkSpan() chart.Span {
	now := clock.Wall()
	return chart.Span{From: now.Add(-PastShown), To: now}
}

// series is the trail of a watch as a chart draws it.
func (s *Server) series(tid string) []chart.Point {
	var points []chart.Point
	for _, m := range s.live.trailOf(tid) {
		if !m.gapFrom.IsZero() && m.gapFrom.Before(m.at) && (len(points) == 0 || m.gapFrom.After(points[len(points)-1].At)) {
			points = append(points, chart.Point{At: m.gapFrom, State: chart.Gap, Price: chart.None, Effective: chart.None})
		}
		points = append(points, chart.Point{At: m.at, State: m.state(), Price: major(m.price), Effective: chart.None})
	}
	return points
}

func (m mark) state() chart.State {
	switch {
	case !m.known:
		return chart.Gap
	case m.class == stock.Now:
		return chart.In
	case m.class == stock.Later:
		return chart.Order
	}
	return chart.Out
}

// major returns a price in its currency's unit, chart.None for none.
func major(p stock.Price) float64 {
	if !p.Known() || p.Minor < 0 {
		return chart.None
	}
	f := float64(p.Minor)
	for range stock.MinorDigits(p.Currency) {
		f /= 10
	}
	return f
}
