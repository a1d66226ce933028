package watch

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// priceMetrics are the prices of watches, in whole units of their currency. A price that is not known has no series.
type priceMetrics struct {
	price, effective *prometheus.GaugeVec
}

// shownPrices are the labels of the series that a watch has.
type shownPrices struct{ price, effective string }

func newPriceMetrics() priceMetrics {
	gauge := func(name, help string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "sainyuka", Name: name, Help: help}, []string{"product", "watch", "currency"})
	}
	return priceMetrics{
		price:     gauge("watch_price", "Price that the watch's page last stated, in units of the currency."),
		effective: gauge("watch_effective_price", "What it costs in the end by the user's rates, in units of the currency."),
	}
}

func (m priceMetrics) collectors() []prometheus.Collector {
	return []prometheus.Collector{m.price, m.effective}
}

// set shows the prices of a watch in place of those that are shown.
func (m priceMetrics) set(product, tid string, old shownPrices, price, effective stock.Price) shownPrices {
	return shownPrices{
		price:     setPrice(m.price, product, tid, old.price, price),
		effective: setPrice(m.effective, product, tid, old.effective, effective),
	}
}

func setPrice(g *prometheus.GaugeVec, product, tid, old string, p stock.Price) string {
	if old != "" && old != p.Currency {
		g.DeleteLabelValues(product, tid, old)
	}
	if !p.Known() {
		return ""
	}
	amount, err := strconv.ParseFloat(p.Amount(), 64)
	if err != nil {
		return ""
	}
	g.WithLabelValues(product, tid, p.Currency).Set(amount)
	return p.Currency
}

// effective is what a watch's offer costs in the end; no price where nothing is known of that.
func (h *host) effective(f *follow) stock.Price {
	if h.Effective == nil {
		return stock.Price{}
	}
	return h.Effective(f.watch, f.source, f.track.State)
}
