package watch_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/watch"
)

var (
	errAway     = errors.New("no response from stream")
	errConflict = errors.New("wrong last sequence")
)

// look is one request that a street of shops got.
type look struct {
	url, host  string
	start, end time.Time
}

// street is a row of shops. It keeps every look and complains of rude ones.
type street struct {
	t       *testing.T
	every   time.Duration
	lenient bool // does not complain
	deaf    bool // answers also when nobody listens any more
	forget  bool // keeps no looks, only their number
	took    func(url string) time.Duration
	answer  func(url string, at time.Time) stock.Observation

	mu    sync.Mutex
	looks []look
	asked int
	busy  map[string]bool
	last  map[string]time.Time
	rude  []string
}

func newStreet(t *testing.T) *street {
	t.Helper()
	s := &street{t: t, every: 2 * time.Second, busy: map[string]bool{}, last: map[string]time.Time{}}
	s.took = func(string) time.Duration { return 300 * time.Millisecond }
	s.answer = func(string, time.Time) stock.Observation { return says(stock.OutOfStock) }
	t.Cleanup(func() {
		for _, r := range s.rude {
			if !s.lenient {
				t.Error(r)
			}
		}
	})
	return s
}

// says is a good look that found the availability.
func says(a stock.Availability) stock.Observation {
	return stock.Observation{
		Outcome: stock.OK, Strong: true, Offer: stock.Offer{Availability: a, Price: stock.Yen(49980)},
		Evidence: []stock.Evidence{{Method: stock.MethodJSONLD, Fact: stock.FactAvailability, Value: a.String()}},
	}
}

func (s *street) Source(string) string { return "page" }

func (s *street) Host(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		s.t.Errorf("host of %q: %v", raw, err)
		return ""
	}
	return u.Host
}

func (s *street) Observe(ctx context.Context, raw string) stock.Observation {
	host, start := s.Host(raw), time.Now()
	s.mu.Lock()
	if s.busy[host] {
		s.rude = append(s.rude, fmt.Sprintf("%s was asked at %v while a request was in flight", host, start))
	}
	if gap := start.Sub(s.last[host]); gap < s.every {
		s.rude = append(s.rude, fmt.Sprintf("%s was asked at %v, %v after the request before, want %v", host, start, gap, s.every))
	}
	s.busy[host], s.last[host] = true, start
	s.mu.Unlock()

	var o stock.Observation
	if s.deaf {
		ctx = context.WithoutCancel(ctx)
	}
	if err := wait(ctx, s.took(raw)); err != nil {
		o = stock.Observation{Outcome: stock.Failed, Reason: stock.Said(err.Error())}
	} else {
		o = s.answer(raw, time.Now())
	}
	o.URL, o.Source, o.At = raw, "page", time.Now()

	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy[host] = false
	s.asked++
	if !s.forget {
		s.looks = append(s.looks, look{raw, host, start, o.At})
	}
	return o
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// of returns the looks whose URL contains the text, in order.
func (s *street) of(text string) []look {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []look
	for _, l := range s.looks {
		if strings.Contains(l.url, text) {
			found = append(found, l)
		}
	}
	slices.SortStableFunc(found, func(a, b look) int { return a.start.Compare(b.start) })
	return found
}

// journal keeps records in memory, as the bus keeps them in a stream.
type journal struct {
	mu      sync.Mutex
	seq     uint64
	records map[string][]record
	away    error // answers nothing
	lossy   bool  // stores, but its answer is lost
	refuse  error // answers, but stores nothing
	hang    bool  // answers when the caller's patience is over
	lags    bool  // once: stores nothing, and is asked of a server without the last record
}

type record struct {
	seq    uint64
	change stock.Change
}

func newJournal() *journal { return &journal{records: map[string][]record{}} }

func (j *journal) set(change func(*journal)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	change(j)
}

func (j *journal) trouble(ctx context.Context) error {
	j.mu.Lock()
	hang, away := j.hang, j.away
	j.mu.Unlock()
	if hang {
		<-ctx.Done()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return away
}

func (j *journal) Append(ctx context.Context, c stock.Change, last uint64) (uint64, error) {
	if err := j.trouble(ctx); err != nil {
		return 0, err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.refuse != nil {
		return 0, j.refuse
	}
	if j.lags {
		return 0, errors.New("no leader")
	}
	list := j.records[c.Watch.ID]
	if n := len(list); n == 0 && last != 0 || n > 0 && list[n-1].seq != last {
		return 0, errConflict
	}
	j.seq++
	j.records[c.Watch.ID] = append(list, record{j.seq, c})
	if j.lossy {
		return 0, context.DeadlineExceeded
	}
	return j.seq, nil
}

func (j *journal) Last(ctx context.Context, tid string) (stock.Change, uint64, error) {
	if err := j.trouble(ctx); err != nil {
		return stock.Change{}, 0, err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	list := j.records[tid]
	if len(list) == 0 {
		return stock.Change{}, 0, nil
	}
	r := list[len(list)-1]
	if j.lags && len(list) > 1 {
		r, j.lags = list[len(list)-2], false
	}
	return r.change, r.seq, nil
}

// kinds returns the kinds of a watch's records, oldest first, in one line.
func (j *journal) kinds(tid string) string {
	j.mu.Lock()
	defer j.mu.Unlock()
	var kinds []string
	for _, r := range j.records[tid] {
		kinds = append(kinds, string(r.change.Kind))
	}
	return strings.Join(kinds, " ")
}

func (j *journal) of(tid string) []stock.Change {
	j.mu.Lock()
	defer j.mu.Unlock()
	var list []stock.Change
	for _, r := range j.records[tid] {
		list = append(list, r.change)
	}
	return list
}

// memory keeps what watchers remember.
type memory struct {
	mu     sync.Mutex
	values map[string]string
	err    error // of every call
}

func newMemory() *memory { return &memory{values: map[string]string{}} }

func (m *memory) Learned(_ context.Context, host string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if v, ok := m.values[host]; ok {
		return []byte(v), nil
	}
	return nil, m.err
}

func (m *memory) Learn(_ context.Context, host string, v []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err == nil {
		m.values[host] = string(v)
	}
	return m.err
}

func (m *memory) get(host string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.values[host]
}

// world is what watchers under test share.
type world struct {
	t       *testing.T
	street  *street
	journal *journal
	memory  *memory
	leases  *leaseTable // nil: one box
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return &world{t: t, street: newStreet(t), journal: newJournal(), memory: newMemory()}
}

func (w *world) options(id string) watch.Options {
	o := watch.Options{
		ID: id, Observer: w.street, Journal: w.journal, Memory: w.memory, ConfigHash: "hash",
		Every:  func(string) time.Duration { return w.street.every },
		Logger: slog.New(slog.NewTextHandler(logWriter{w.t}, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	if w.leases != nil {
		o.Leases = &leaseClient{table: w.leases}
		o.LeaseTTL = w.leases.ttl
	}
	return o
}

type logWriter struct{ t *testing.T }

func (l logWriter) Write(b []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

// running is a watcher that runs until it is stopped.
type running struct {
	*watch.Watcher
	stop func()
}

// start runs a watcher; stop ends it in good order and waits for it.
func (w *world) start(o watch.Options, products []stock.Product) *running {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	r := &running{Watcher: watch.New(o)}
	if o.Registerer != nil {
		o.Registerer.MustRegister(ofWatches{r.Watcher})
	}
	r.Set(products, "hash")
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Errorf("Run = %v, want nil", err)
		}
	})
	return r
}

// product is a product with a watch per URL, all with one interval.
func product(id string, interval time.Duration, urls ...string) stock.Product {
	p := stock.Product{ID: id, Name: id, Currency: "JPY", Priority: 1}
	for _, u := range urls {
		p.Watches = append(p.Watches, stock.Watch{
			ID: stock.WatchID(id, u), URL: u, Interval: interval, MinInterval: min(interval, 15*time.Second),
		})
	}
	return p
}

// after lets virtual time pass and everything that it sets off come to rest.
func after(d time.Duration) {
	time.Sleep(d) // in a bubble: no time passes outside
	synctest.Wait()
}

// ofWatches gathers the families of a watcher with its other metrics.
type ofWatches struct{ *watch.Watcher }

func (ofWatches) Describe(chan<- *prometheus.Desc) {}

func (w ofWatches) Collect(to chan<- prometheus.Metric) {
	for _, f := range w.Families() {
		d := prometheus.NewDesc(f.Name, f.Help, f.Labels, nil)
		f.Each(func(value float64, labels ...string) {
			to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
		})
	}
}
