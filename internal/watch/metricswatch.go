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
func (w *Watcher) Families() []Family {
	told := w.metrics.told()
	now := clock.Wall()
	family := func(fact, name, help, label string, each func(s *series, yield func(value float64, label string))) (f Family, wanted bool) {
		f = Family{Name: "sainyuka_" + name, Help: help, Labels: []string{"product", "watch"}}
		if label != "" {
			f.Labels = append(f.Labels, label)
			slices.Sort(f.Labels)
		}
		at := slices.Index(f.Labels, label)
		f.Each = func(yield func(float64, ...string)) {
			labels := make([]string, len(f.Labels))
			for _, s := range told {
				each(s.series, func(value float64, more string) {
					labels = append(labels[:0], s.product, s.tid)
					if at >= 0 {
						labels = slices.Insert(labels, at, more)
					}
					yield(value, labels...)
				})
			}
		}
		return f, w.Metrics == nil || slices.Contains(w.Metrics, fact)
	}
	var all []Family
	add := func(f Family, wanted bool) {
		if wanted {
			all = append(all, f)
		}
	}
	add(family(stock.MetricInterval, "watch_interval_seconds", "Configured average wait between two looks of the watch.", "",
		func(s *series, yield func(float64, string)) { yield(s.interval, "") }))
	add(family(stock.MetricResting, "watch_resting", "Whether the watch is outside its schedule now; only of watches that have one.", "",
		func(s *series, yield func(float64, string)) {
			if !s.hours.Always() {
				yield(map[bool]float64{false: 1}[s.hours.Open(now)], "")
			}
		}))
	add(family(stock.MetricLastGood, "last_good_check_timestamp_seconds", "When the watch's page was last read, by the watcher that owns its host; 0: never.", "",
		func(s *series, yield func(float64, string)) {
			if s.shown {
				yield(s.lastGood, "")
			}
		}))
	add(family(stock.MetricAvailability, "watch_availability", "Confirmed availability of the watch, by the watcher that owns its host; the value is always 1.", "availability",
		func(s *series, yield func(float64, string)) {
			if s.shown {
				yield(1, s.availability.String())
			}
		}))
	add(family(stock.MetricPrice, "watch_price", "Price that the watch's page last stated, in units of the currency.", "currency",
		func(s *series, yield func(float64, string)) { yieldPrice(s, s.price, yield) }))
	add(family(stock.MetricEffectivePrice, "watch_effective_price", "What it costs in the end by the user's rates, in units of the currency.", "currency",
		func(s *series, yield func(float64, string)) { yieldPrice(s, s.effective, yield) }))
	return append(all, w.infos(told)...)
}

// infos is the family of facts about watches, if it is wanted.
func (w *Watcher) infos(told []toldSeries) []Family {
	if w.Metrics != nil && !slices.Contains(w.Metrics, stock.MetricInfo) {
		return nil
	}
	return []Family{{
		Name: "sainyuka_watch_info", Help: "Facts about the watch; the value is always 1.", Labels: []string{"host", "product", "source", "watch"},
		Each: func(yield func(float64, ...string)) {
			for _, s := range told {
				yield(1, s.host, s.product, s.source, s.tid)
			}
		},
	}}
}

// yieldPrice tells a price in whole units of its currency; one that is not known has no
// series.
func yieldPrice(s *series, p stock.Price, yield func(float64, string)) {
	if !s.shown || !p.Known() {
		return
	}
	if amount, err := strconv.ParseFloat(p.Amount(), 64); err == nil {
		yield(amount, p.Currency)
	}
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
