package watch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// inFlight bounds the looks of all hosts at one moment, and so their memory.
const inFlight = 256

// Watcher looks at the pages of all watches. Make one with New.
type Watcher struct {
	*shared
	ready atomic.Bool
	told  chan struct{} // the configuration's hash was changed

	mu      sync.Mutex
	closed  bool
	hash    string
	hosts   map[string]*hostLoop
	sellers map[string][]string  // hosts by product, see sellers
	resets  map[string]time.Time // of trust, by host, also of hosts that are not configured
	terms   [Shards]*term        // nil: not ours
	loops   sync.WaitGroup
}

// shared is what the loops of all hosts use together.
type shared struct {
	Options
	metrics   *metrics
	announcer *announcer
	outage    *outage
	inFlight  chan struct{}
	calls     calls
	whole     int         // up to how many watches their states are kept as they are, see maxWhole
	many      atomic.Bool // there are more of them
	// tell passes on that a host has a product again.
	tell func(host, product string, at time.Time)
}

// hostLoop is a host and whether its loop runs.
type hostLoop struct {
	*host
	wanted bool  // it is configured
	term   *term // that the loop runs in
	stop   context.CancelFunc
	done   chan struct{} // closed at the loop's end; nil: none runs
}

// New returns a Watcher that watches nothing yet: Set says what, Run begins.
func New(o Options) *Watcher {
	if o.LeaseTTL <= 0 {
		o.LeaseTTL = defaultLeaseTTL
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	w := &Watcher{
		shared: &shared{
			Options: o, metrics: newMetrics(o.Registerer), announcer: newAnnouncer(o.Announce),
			outage: &outage{log: o.Logger, refused: make(map[string]bool)}, inFlight: make(chan struct{}, inFlight), calls: make(calls, inCalls),
			whole: maxWhole,
		},
		told: make(chan struct{}, 1), hash: o.ConfigHash, hosts: make(map[string]*hostLoop),
		resets: make(map[string]time.Time),
	}
	if w.Distrust == nil {
		w.Distrust = func(string, []stock.Method) {}
	}
	if w.Zone == nil {
		w.Zone = func(string) *time.Location { return nil }
	}
	w.tell, w.outage.again = w.restocked, w.Retry
	return w
}

// Set says what to watch from now on, in place of what was said before; it may
// be called at any time. Watches that stay keep their state and their pages'
// next look. The products must not be changed afterwards.
func (w *Watcher) Set(products []stock.Product, configHash string) {
	hosts := group(products, w.Observer)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.hash != configHash {
		w.hash = configHash
		signal(w.told)
	}
	w.many.Store(countWatches(hosts) > w.whole)
	w.sellers = sellers(hosts)
	w.metrics.set(hosts, w.Every, w.Leases == nil)
	for name, p := range w.hosts {
		if _, ok := hosts[name]; !ok {
			p.wanted = false
			w.settle(p)
		}
	}
	for name, pages := range hosts {
		p := w.hosts[name]
		if p == nil {
			p = &hostLoop{host: &host{name: name, shard: Shard(name), shared: w.shared, orders: orders{wake: make(chan struct{}, 1)}}}
			w.hosts[name] = p
			if at, ok := w.resets[name]; ok {
				p.trustSince(at)
			}
		}
		p.wanted = true
		p.watch(pages)
		w.settle(p)
	}
}

// Retry says that the journal may be there again: what waits for it is tried at
// once. It may be called at any time.
func (w *Watcher) Retry() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.hosts {
		p.tryAgain()
	}
}

// ResetTrust says that the evidence of a host is to be trusted anew since the given
// moment; the same moment again changes nothing.
func (w *Watcher) ResetTrust(host string, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.resets[host] = at
	if p := w.hosts[host]; p != nil {
		p.trustSince(at)
	}
}

// Run looks at pages until ctx ends. When it returns, all that it started has
// ended, or the error says that something did not within 10 seconds.
func (w *Watcher) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	var leases *holder
	if w.Leases == nil {
		w.ownAll(ctx)
	} else {
		leases = newHolder(w)
		g.Go(func() error { return leases.run(ctx) })
	}
	g.Go(func() error {
		w.announcer.run(ctx)
		return nil
	})
	err := errors.Join(g.Wait(), w.wait())
	if leases != nil && err == nil { // what still runs may not share its hosts with the next owner
		leases.leave()
	}
	w.announcer.flush()
	return err
}

// Ready returns nil once it is clear which hosts are this watcher's, which may
// be none.
func (w *Watcher) Ready() error {
	if !w.ready.Load() {
		return errors.New("the first pass over the leases is not done")
	}
	return nil
}

func (w *Watcher) configHash() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.hash
}

// ownAll makes all hosts ours for as long as ctx lasts.
func (w *Watcher) ownAll(ctx context.Context) {
	t := endless(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.terms {
		w.terms[i] = t
	}
	for _, p := range w.hosts {
		w.settle(p)
	}
	w.metrics.leases.Set(Shards)
	w.ready.Store(true)
}

// own begins a term.
func (w *Watcher) own(shard int, t *term) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.terms[shard] = t
	for _, p := range w.hosts {
		if p.shard == shard {
			w.settle(p)
		}
	}
}

// vacate ends the term of a shard. What it returns is closed one by one as the
// loops of the shard's hosts end.
func (w *Watcher) vacate(shard int, cause error) (loops []<-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.terms[shard]
	if t == nil {
		return nil
	}
	w.terms[shard] = nil
	t.end(cause)
	for _, p := range w.hosts {
		if p.done != nil && p.term == t {
			loops = append(loops, p.done)
		}
	}
	return loops
}

// settle starts or stops a host's loop as it should be, and forgets a host that
// is no longer configured. It is called with the lock held, whenever something
// that it depends on has changed.
func (w *Watcher) settle(p *hostLoop) {
	t := w.terms[p.shard]
	run := p.wanted && t != nil && t.ctx.Err() == nil && !w.closed
	switch {
	case p.done != nil:
		if !run || p.term != t {
			p.stop() // and when it has ended, settle is called again
		}
	case run:
		w.start(p, t)
	case !p.wanted:
		delete(w.hosts, p.name)
	}
}

func (w *Watcher) start(p *hostLoop, t *term) {
	ctx, stop := context.WithCancel(t.ctx)
	done := make(chan struct{})
	p.term, p.stop, p.done = t, stop, done
	w.loops.Go(func() {
		defer stop()
		p.run(ctx, t)
		w.mu.Lock()
		defer w.mu.Unlock()
		close(done)
		p.term, p.stop, p.done = nil, nil, nil
		w.settle(p)
	})
}

// wait waits for all loops, which ended with their terms.
func (w *Watcher) wait() error {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	all := make(chan struct{})
	go func() {
		w.loops.Wait()
		close(all)
	}()
	select {
	case <-all:
		return nil
	case <-time.After(stopTimeout):
		return fmt.Errorf("some hosts' loops did not end within %v", stopTimeout)
	}
}
