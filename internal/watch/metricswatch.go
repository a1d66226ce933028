package watch

import (
	"slices"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// series is what is shown of a watch. One that stands in metrics.watches is never
// changed, only replaced, so that a scrape reads it without a lock.
type series struct {
	product, source, host string
	interval              float64
	shown                 bool // its state is this watcher's to show
	availability          stock.Availability
	lastGood              float64
	price, effective      stock.Price
	hours                 stock.Hours
}

// watchSeries makes the series of watches when they are asked for: kept ready, they
// would be most of the memory of a watcher with many watches.
type watchSeries struct {
	metrics *metrics
	// Of these, those that are not to be told are nil.
	lastGood, availability, info, interval, price, finalPrice, resting *prometheus.Desc
}

func newWatchSeries(m *metrics, facts []string) *watchSeries {
	desc := func(fact, name, help string, labels ...string) *prometheus.Desc {
		if facts != nil && !slices.Contains(facts, fact) {
			return nil
		}
		return prometheus.NewDesc("sainyuka_"+name, help, append([]string{"product", "watch"}, labels...), nil)
	}
	return &watchSeries{
		metrics:      m,
		lastGood:     desc(stock.MetricLastGood, "last_good_check_timestamp_seconds", "When the watch's page was last read, by the watcher that owns its host; 0: never."),
		availability: desc(stock.MetricAvailability, "watch_availability", "Confirmed availability of the watch, by the watcher that owns its host; the value is always 1.", "availability"),
		info:         desc(stock.MetricInfo, "watch_info", "Facts about the watch; the value is always 1.", "source", "host"),
		interval:     desc(stock.MetricInterval, "watch_interval_seconds", "Configured average wait between two looks of the watch."),
		resting:      desc(stock.MetricResting, "watch_resting", "Whether the watch is outside its schedule now; only of watches that have one."),
		price:        desc(stock.MetricPrice, "watch_price", "Price that the watch's page last stated, in units of the currency.", "currency"),
		finalPrice:   desc(stock.MetricEffectivePrice, "watch_effective_price", "What it costs in the end by the user's rates, in units of the currency.", "currency"),
	}
}

// Describe implements prometheus.Collector.
func (c *watchSeries) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.lastGood, c.availability, c.info, c.interval, c.price, c.finalPrice, c.resting} {
		if d != nil {
			to <- d
		}
	}
}

// Collect implements prometheus.Collector.
func (c *watchSeries) Collect(to chan<- prometheus.Metric) {
	type entry struct {
		tid string
		*series
	}
	c.metrics.mu.Lock()
	all := make([]entry, 0, len(c.metrics.watches))
	for tid, s := range c.metrics.watches {
		all = append(all, entry{tid, s})
	}
	c.metrics.mu.Unlock()
	now := clock.Wall()
	for _, s := range all {
		send := func(d *prometheus.Desc, value float64, labels ...string) {
			if d == nil {
				return
			}
			to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, append([]string{s.product, s.tid}, labels...)...)
		}
		send(c.info, 1, s.source, s.host)
		send(c.interval, s.interval)
		if !s.hours.Always() {
			send(c.resting, map[bool]float64{false: 1}[s.hours.Open(now)])
		}
		if !s.shown {
			continue
		}
		send(c.lastGood, s.lastGood)
		send(c.availability, 1, s.availability.String())
		sendPrice(send, c.price, s.price)
		sendPrice(send, c.finalPrice, s.effective)
	}
}

// sendPrice sends a price in whole units of its currency; one that is not known has no
// series.
func sendPrice(send func(*prometheus.Desc, float64, ...string), d *prometheus.Desc, p stock.Price) {
	if !p.Known() {
		return
	}
	if amount, err := strconv.ParseFloat(p.Amount(), 64); err == nil {
		send(d, amount, p.Currency)
	}
}

// add notes a watch with what is configured of it.
func (m *metrics) add(w watchSpec, source, host string, shown bool) {
	s := series{product: w.product.ID, source: source, host: host, interval: w.watch.Interval.Seconds(), shown: shown, hours: w.watch.Hours}
	old, ok := m.watches[w.watch.ID]
	if ok && old.product == s.product && old.source == source && old.host == host {
		interval, hours := s.interval, s.hours
		s = *old
		s.interval, s.hours = interval, hours
	}
	m.watches[w.watch.ID] = &s
}

// show tells the state of a watch. A watch that was removed meanwhile has none.
func (m *metrics) show(f *follow, effective stock.Price) {
	var good float64
	if at := f.track.LastGood(); !at.IsZero() {
		good = float64(at.UnixMilli()) / 1000
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	old, ok := m.watches[f.watch.ID]
	if !ok {
		return
	}
	s := *old
	s.shown, s.availability, s.lastGood = true, f.track.State.Availability, good
	s.price, s.effective = f.track.State.Price, effective
	m.watches[f.watch.ID] = &s
}

// hide removes the states of watches whose host is another watcher's now: two
// that say different things of one watch would both be believed.
func (m *metrics) hide(follows map[string]*follow) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for tid := range follows {
		if old, ok := m.watches[tid]; ok {
			m.watches[tid] = &series{product: old.product, source: old.source, host: old.host, interval: old.interval}
		}
	}
}
