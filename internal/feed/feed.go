package feed

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Feed is one feed to follow.
type Feed struct {
	ID       string        // names it as the source of its hints
	URL      string        // http or https
	Interval time.Duration // between two looks
	Within   time.Duration // how long after an item its restock usually comes; 0: 20 minutes
}

// Options are what a Reader needs.
type Options struct {
	// Fetch gets a feed, politely: it keeps the host's gap and obeys robots.txt.
	Fetch func(ctx context.Context, r stock.Request) stock.Page
	// Own says whether a host is this process's to ask, and until when: the
	// context ends when it is not any more.
	Own    func(host string) (context.Context, bool)
	Hint   func(stock.Hint) // must not block
	Logger *slog.Logger     // nil: none
}

// Reader follows feeds. Make one with New.
type Reader struct {
	o Options

	mu       sync.Mutex
	changed  chan struct{} // closed when feeds or products are replaced
	feeds    []Feed
	products []stock.Product
}

// New returns a Reader that follows nothing yet: Set says what, Run begins.
func New(o Options) *Reader {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Reader{o: o, changed: make(chan struct{})}
}

// Set says which feeds to follow from now on and which products they may speak
// of. It may be called at any time.
func (r *Reader) Set(feeds []Feed, products []stock.Product) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.feeds, r.products = feeds, products
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *Reader) now() (feeds []Feed, products []stock.Product, changed <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.feeds, r.products, r.changed
}

// Run follows the feeds until ctx ends. A slow feed delays no other.
func (r *Reader) Run(ctx context.Context) error {
	known := make(map[string]*follower) // by URL: what a feed has shown outlives a reload
	for ctx.Err() == nil {
		feeds, products, changed := r.now()
		round, stop := context.WithCancel(ctx)
		var loops sync.WaitGroup
		keep := make(map[string]*follower, len(feeds))
		for _, f := range feeds {
			x := known[f.URL]
			if x == nil {
				x = &follower{}
			}
			x.Feed, x.products, x.o = f, products, r.o
			keep[f.URL] = x
			loops.Go(func() { x.run(round) })
		}
		known = keep
		select {
		case <-ctx.Done():
		case <-changed:
		}
		stop()
		loops.Wait()
	}
	return ctx.Err()
}

// follower follows one feed.
type follower struct {
	Feed
	o        Options
	products []stock.Product

	seen  map[string]bool // items of the last answer; nil: there was none
	next  clock.Instant   // look
	wait  time.Duration   // after failures
	fails bool            // and that was said
}

const (
	longestWait = time.Hour
	fetchTime   = time.Minute // with robots.txt and the host's gap
	// whoseTurn is how often a process asks whether a feed has become its own.
	whoseTurn = 10 * time.Second
)

func (f *follower) run(ctx context.Context) {
	for ctx.Err() == nil {
		if wait := clock.Until(f.next); wait > 0 {
			clock.Sleep(ctx, wait)
			continue
		}
		own, ok := f.o.Own(stock.HostOf(f.URL))
		if !ok {
			f.seen = nil // whoever owns it now goes on; what comes back to us begins anew
			clock.Sleep(ctx, whoseTurn)
			continue
		}
		f.look(ctx, own)
	}
}

// look asks for the feed once.
func (f *follower) look(round, own context.Context) {
	ctx, cancel := context.WithTimeout(round, fetchTime)
	defer cancel()
	defer context.AfterFunc(own, cancel)()
	began := clock.Now()
	page := f.o.Fetch(ctx, stock.Request{URL: f.URL})
	err := f.read(page, clock.Wall())
	switch {
	case err == nil:
		if f.fails {
			f.o.Logger.Info("the feed can be read again", "source", f.ID)
		}
		f.fails, f.wait = false, 0
		f.next = began.Add(f.Interval)
	case round.Err() != nil: // a reload, or the end
	case ctx.Err() != nil && own.Err() != nil: // it is somebody else's now
	default:
		f.wait = max(f.Interval, min(2*f.wait, longestWait))
		f.next = began.Add(max(f.wait, page.RetryAfter))
		if !f.fails {
			f.o.Logger.Warn("the feed cannot be read", "source", f.ID, "err", err, "took", clock.Since(began))
		}
		f.fails = true
	}
}
