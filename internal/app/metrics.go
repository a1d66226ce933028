package app

import (
	"time"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// registerConnection shows whether the process reaches NATS: without it a watcher asks no shop, and nobody is told.
func registerConnection(reg prometheus.Registerer, conn *nats.Conn) {
	reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "sainyuka_nats_connected", Help: "Whether the process is connected to NATS, the embedded server included.",
	}, func() float64 {
		if conn.IsConnected() {
			return 1
		}
		return 0
	}))
}

// fetchTimes returns what takes down how long a shop's answers take, waiting for the host's turn not included.
func fetchTimes(reg prometheus.Registerer) func(host string, took time.Duration) {
	h := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "sainyuka_fetch_duration_seconds", Help: "Time from a request to the last byte of its answer.",
		Buckets: []float64{.1, .25, .5, 1, 2.5, 5, 10},
	}, []string{"host"})
	reg.MustRegister(h)
	return func(host string, took time.Duration) { h.WithLabelValues(host).Observe(took.Seconds()) }
}

// effective is what a watch's offer costs by the rates of the running configuration.
func (a *App) effective(w stock.Watch, source string, s stock.State) stock.Price {
	offer := s.Offer
	offer.Price = s.Price
	host := stock.HostOf(w.URL)
	if _, ok := stock.IsQuery(w.URL); ok { // of an official API: the offer's own page says which shop it is
		host = stock.HostOf(offer.URL)
	}
	reckoned, ok := a.config.Load().Rates().Reckon(source, host, offer, clock.Wall())
	if !ok {
		return stock.Price{}
	}
	return reckoned.Price
}
