// Package app joins the other packages into the two roles of sainyuka: a
// watcher that looks at pages, and a notifier that tells people, with the
// dashboard beside it. One process may have both. It owns wiring and lifecycle:
// New, Run, Reload.
//
// It makes no decision about stock, alerts or timing, reads no flags, handles no
// signals and starts no NATS server: its caller brings the configuration, the
// connection and the logger, so that a test can run the very thing that a
// daemon runs.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/ops"
	"github.com/sainyuka/sainyuka/internal/watch"
)

// Roles says which parts of sainyuka run in a process.
type Roles uint8

// The roles. They may be combined.
const (
	Watch  Roles = 1 << iota // look at pages, publish changes
	Notify                   // route and deliver alerts, show the dashboard
)

func (r Roles) has(q Roles) bool { return r&q != 0 }

// stopTime bounds a graceful stop: what has not ended by then is left to the
// durable streams. engineTime is that part of it which an engine in this process
// needs for its own stop.
const (
	stopTime   = 9 * time.Second
	engineTime = 2 * time.Second
)

// Engine is a NATS server that lives in this process.
type Engine interface {
	Healthy() error // why it cannot do its work; nil when it can
	Percent() int   // of the disk space that it may use
	DiskFull() bool // there is no room but what was kept for this
}

// Options are what an App needs from its caller. All but Engine are required.
type Options struct {
	Config  *config.Config
	Load    func() (*config.Config, error) // reads the configuration again, for Reload
	Roles   Roles
	Conn    *nats.Conn // stays the caller's to close, after Run has returned
	Engine  Engine     // nil: the server is somewhere else
	Version string
	Stdout  io.Writer // where channels of type log write
	// Readers is how many pages are read at one moment; 0: as many as there are cores.
	Readers int
	// Listening, when not nil, is told the address once it is taken.
	Listening func(address string)
	// ShopPage returns where people find a page of a shop; nil: at its own address.
	ShopPage func(address string) string
	Logger   *slog.Logger
	Registry *prometheus.Registry
}

// App is one process of sainyuka.
type App struct {
	o        Options
	log      *slog.Logger
	base     atomic.Pointer[config.Config] // of the file
	config   atomic.Pointer[config.Config] // with the products that are edited while it runs
	products productBook
	reloaded reloadMetrics
	dir      *dataDir
	listener *crowd
	metrics  *crowd       // of web.metrics_listen; nil: none
	handler  atomic.Value // handlerBox: what the listener serves now
	observer *observer    // nil without the role Watch
	watching atomic.Pointer[watch.Watcher]

	// Of the roles; "" without the role.
	watcherID, notifierID string

	mu   sync.Mutex // guards live, and makes reloads come one after another
	live *live      // nil until the bus is open
}

// New checks what can be checked without the bus: it locks the data directory,
// builds the channels and takes the listening address. The error says what to
// do. A caller that does not go on to Run must Close.
func New(o Options) (*App, error) {
	a := &App{o: o, log: o.Logger, reloaded: newReloadMetrics(o.Registry)}
	a.base.Store(o.Config)
	a.config.Store(o.Config)
	a.warn(o.Config)
	var err error
	if a.dir, err = openDataDir(o.Config.DataDir, o.Roles); err != nil {
		return nil, err
	}
	if err := a.prepare(); err != nil {
		a.Close()
		return nil, err
	}
	return a, nil
}

func (a *App) prepare() error {
	cfg := a.o.Config
	if _, err := newRules(cfg, a.o.Stdout); err != nil {
		return err
	}
	registerConnection(a.o.Registry, a.o.Conn)
	var err error
	if a.o.Roles.has(Watch) {
		if a.observer, err = newObserver(cfg, a.o.Version, a.every, a.log); err != nil {
			return err
		}
		if a.o.Readers > 0 {
			a.observer.readers = newReaders(a.o.Readers)
		}
		a.observer.fetch.Measure(fetchTimes(a.o.Registry))
		if a.watcherID, err = a.dir.id("watcher"); err != nil {
			return err
		}
	}
	if a.o.Roles.has(Notify) {
		if a.notifierID, err = a.dir.id("notifier"); err != nil {
			return err
		}
	}
	if err := a.listen(cfg.Web); err != nil {
		return err
	}
	a.serve(a.waiting())
	return nil
}

// Close gives back what New took.
func (a *App) Close() {
	for _, ln := range []*crowd{a.listener, a.metrics} {
		if ln != nil {
			ln.Close()
		}
	}
	if a.observer != nil {
		a.observer.close()
	}
	a.dir.close()
}

// Addr returns the address that the dashboard and the metrics are served on.
func (a *App) Addr() string { return a.listener.Addr().String() }

// every is asked by all that must know how often a host may be asked, so that a
// reload changes it for all of them at once.
func (a *App) every(host string) time.Duration { return a.config.Load().Every(host) }

// zone is where a host's shop keeps its hours.
func (a *App) zone(host string) *time.Location { return a.config.Load().Zone(host) }

// Run works until ctx ends or a part fails for good, then ends all that it
// started, within ten seconds. It returns nil after a stop by ctx.
func (a *App) Run(ctx context.Context) error {
	defer a.Close()
	if a.o.Listening != nil {
		a.o.Listening(a.Addr())
	}
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return serveUntil(gctx, a.server(http.HandlerFunc(a.dispatch), a.listener), a.listener) })
	if a.metrics != nil {
		g.Go(func() error { return serveUntil(gctx, a.server(a.openOperations(), a.metrics), a.metrics) })
	}
	g.Go(func() error { return a.work(gctx) })
	limit := stopTime
	if a.o.Engine != nil {
		limit -= engineTime
	}
	err := waitAtMost(ctx, g.Wait, limit)
	if ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		return nil // the end of ctx is what was asked for
	}
	return err
}

// work opens the bus, however long that takes, and runs the roles on it.
func (a *App) work(ctx context.Context) error {
	a.log.Info("opening the bus")
	o := bus.Options{
		Conn: a.o.Conn, ID: a.notifierID, Replicas: a.config.Load().NATS.Replicas, MemoryLeases: a.o.Engine != nil,
		Watcher: a.o.Roles == Watch && a.o.Engine == nil,
		Logger:  a.log, Registerer: a.o.Registry,
	}
	if a.o.Engine != nil {
		o.Inventory = NewInventoryFile(a.dir.path)
	}
	b, err := bus.Open(ctx, o)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("open the bus: %w", err)
	}
	var browsers *browsers
	if a.o.Roles.has(Notify) {
		if browsers, err = a.openBrowsers(ctx, b.People); err != nil {
			return nil // as asked: nothing else ends the wait
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g, ctx := errgroup.WithContext(ctx)
	if err := a.openProducts(ctx, b.Products, g.Go); err != nil {
		cancel()
		return errors.Join(err, g.Wait())
	}
	l, err := a.goLive(ctx, g, b, browsers)
	if err != nil {
		return err
	}
	return l.wait()
}

// waitAtMost waits for wait to return, but after ctx has ended only for limit.
func waitAtMost(ctx context.Context, wait func() error, limit time.Duration) error {
	done := make(chan error, 1)
	go func() { done <- wait() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(limit):
		return fmt.Errorf("not all parts ended within %s of the stop", limit)
	}
}

type handlerBox struct{ http.Handler }

// serve makes h what the listener serves: the pages of operation, and whatever
// the role shows beside them.
func (a *App) serve(h http.Handler) { a.handler.Store(handlerBox{h}) }

func (a *App) dispatch(w http.ResponseWriter, r *http.Request) {
	a.handler.Load().(handlerBox).ServeHTTP(w, r)
}

// operations serves /metrics, /healthz and /readyz under our own names.
func (a *App) operations() http.Handler {
	return ops.OwnNames(hostOf(a.o.Config.Web.PublicURL), a.openOperations())
}

// openOperations serves them under any name.
func (a *App) openOperations() http.Handler {
	return ops.Handler(a.o.Registry, a.families, a.Alive, a.Ready, a.troubles)
}

// families are the metrics of watches, once this process watches.
func (a *App) families() (all []ops.Family) {
	w := a.watching.Load()
	if w == nil {
		return nil
	}
	for _, f := range w.Families() {
		all = append(all, ops.Family(f))
	}
	return all
}

// waiting is what is served before the bus is open: the pages of operation, since
// a process that waits lives and can be measured, and for all else a word.
func (a *App) waiting() http.Handler {
	ops := a.operations()
	mux := http.NewServeMux()
	for _, path := range []string{"/metrics", "/healthz", "/readyz"} {
		mux.Handle(path, ops)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "5")
		http.Error(w, "starting: waiting for NATS", http.StatusServiceUnavailable)
	})
	return mux
}
