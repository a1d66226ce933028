package watch

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

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

// Family is one metric of all watches, a gauge. Its series are made while they are
// written: kept ready, or made all at once, they would be most of the memory of a watcher
// with many watches.
type Family struct {
	Name, Help string
	Labels     []string // their names, in alphabetical order
	Each       func(yield func(value float64, labels ...string))
}

// Families returns what is told of each watch.
func (w *Watcher) Families() (all []Family) {
	told, now := w.metrics.told(), clock.Wall()
	// add adds the family of a fact that is wanted. Its of writes the values of the labels of
	// one watch; ok is false when that has no series.
	add := func(fact, name, help string, labels []string, of func(s toldSeries, values []string) (value float64, ok bool)) {
		if w.Metrics != nil && !slices.Contains(w.Metrics, fact) {
			return
		}
		all = append(all, Family{Name: "sainyuka_" + name, Help: help, Labels: labels, Each: func(yield func(float64, ...string)) {
			values := make([]string, len(labels))
			for _, s := range told {
				if value, ok := of(s, values); ok {
					yield(value, values...)
				}
			}
		}})
	}
	watch := []string{"product", "watch"}
	add(stock.MetricInterval, "watch_interval_seconds", "Configured average wait between two looks of the watch.", watch,
		func(s toldSeries, values []string) (float64, bool) {
			values[0], values[1] = s.product, s.tid
			return s.interval, true
		})
	add(stock.MetricResting, "watch_resting", "Whether the watch is outside its schedule now; only of watches that have one.", watch,
		func(s toldSeries, values []string) (float64, bool) {
			values[0], values[1] = s.product, s.tid
			if s.hours.Open(now) {
				return 0, !s.hours.Always()
			}
			return 1, true
		})
	add(stock.MetricLastGood, "last_good_check_timestamp_seconds", "When the watch's page was last read, by the watcher that owns its host; 0: never.", watch,
		func(s toldSeries, values []string) (float64, bool) {
			values[0], values[1] = s.product, s.tid
			return s.lastGood, s.shown
		})
	add(stock.MetricAvailability, "watch_availability", "Confirmed availability of the watch, by the watcher that owns its host; the value is always 1.", []string{"availability", "product", "watch"},
		func(s toldSeries, values []string) (float64, bool) {
			values[0], values[1], values[2] = s.availability.String(), s.product, s.tid
			return 1, s.shown
		})
	priced := []string{"currency", "product", "watch"}
	add(stock.MetricPrice, "watch_price", "Price that the watch's page last stated, in units of the currency.", priced,
		func(s toldSeries, values []string) (float64, bool) {
			values[0], values[1], values[2] = s.price.Currency, s.product, s.tid
			return s.units(s.price)
		})
	add(stock.MetricEffectivePrice, "watch_effective_price", "What it costs in the end by the user's rates, in units of the currency.", priced,
		func(s toldSeries, values []string) (float64, bool) {
			values[0], values[1], values[2] = s.effective.Currency, s.product, s.tid
			return s.units(s.effective)
		})
	add(stock.MetricInfo, "watch_info", "Facts about the watch; the value is always 1.", []string{"host", "product", "source", "watch"},
		func(s toldSeries, values []string) (float64, bool) {
			values[0], values[1], values[2], values[3] = s.host, s.product, s.source, s.tid
			return 1, true
		})
	return all
}

// units returns a price in whole units of its currency, if it is known and shown.
func (s *series) units(p stock.Price) (value float64, ok bool) {
	if !s.shown || !p.Known() {
		return 0, false
	}
	value, err := strconv.ParseFloat(p.Amount(), 64)
	return value, err == nil
}

// toldSeries is the series of a watch.
type toldSeries struct {
	tid string
	*series
}

// told returns what is shown of all watches, in the order of their products.
func (m *metrics) told() []toldSeries {
	m.mu.Lock()
	all := make([]toldSeries, 0, len(m.watches))
	for tid, s := range m.watches {
		all = append(all, toldSeries{tid, s})
	}
	m.mu.Unlock()
	slices.SortFunc(all, func(a, b toldSeries) int {
		return cmp.Or(strings.Compare(a.product, b.product), strings.Compare(a.tid, b.tid))
	})
	return all
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
	track := f.track()
	if at := track.LastGood(); !at.IsZero() {
		good = float64(at.UnixMilli()) / 1000
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	old, ok := m.watches[f.watch.ID]
	if !ok {
		return
	}
	s := *old
	s.shown, s.availability, s.lastGood = true, track.State.Availability, good
	s.price, s.effective = track.State.Price, effective
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
