package natsd

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"
)

// Options say where and how the engine runs.
type Options struct {
	Dir string // the data directory; made if it does not exist
	// MaxStore limits what the engine keeps on disk, in bytes, see uncompressed. 0:
	// 80 % of the free space, at most 4 GiB.
	MaxStore int64
	// Sync is "always" (the default: an acknowledged message survives a power
	// cut) or how often to write through, as a duration ("10s"), for SD cards.
	Sync       string
	Logger     *slog.Logger          // nil: silent
	Registerer prometheus.Registerer // nil: no metrics
	// HealthEvery is the time between two looks at the engine's health. 0: 10 s.
	HealthEvery time.Duration
	// Reserve is how many bytes of the disk are kept for the time when it is full: a file
	// that is emptied then. 0: none.
	Reserve int64
	// StopTime is how long Stop waits for the engine. 0: 2 s, after which the
	// process may end: what counts is on the disk. Whoever opens the directory again
	// in the same process must give it as long as it takes.
	StopTime time.Duration
}

const (
	startTimeout = 20 * time.Second // 300k messages took 1 s to recover
	stopTimeout  = 10 * time.Second // of a restart; a clean stop took 22 ms
	lastStop     = 2 * time.Second  // of the end, see Options.StopTime
)

var (
	errStopped    = errors.New("engine is stopped")
	errRestarting = errors.New("engine is being restarted")
)

// Server is a running engine and its lock on the data directory.
type Server struct {
	opts  Options
	sync  syncMode
	probe probes

	reserve *reserve
	room    atomic.Pointer[allowance]

	log   *slog.Logger
	lock  *flock.Flock
	gauge prometheus.Gauge // whether the engine is healthy; one of metrics

	metrics []prometheus.Collector

	stopOnce  sync.Once
	restartMu sync.Mutex // one restart or stop at a time

	mu     sync.Mutex
	engine *server.Server // nil while there is none to connect to
	health error

	quit    chan struct{} // closed by Stop
	watched chan struct{} // closed when the watchdog has ended
}

// probes are what the watchdog asks the world; tests replace them.
type probes struct {
	health func(*server.Server) error
	free   func(dir string) (int64, error)
}

// Start locks the data directory, starts the engine and waits until it takes
// requests. A directory in use gives a *LockedError.
func Start(o Options) (*Server, error) {
	return start(o, probes{health: engineHealth, free: freeSpace})
}

func start(o Options, p probes) (*Server, error) {
	s := &Server{
		opts: o, probe: p, log: o.Logger,
		reserve: newReserve(o.Dir, o.Reserve),
		quit:    make(chan struct{}), watched: make(chan struct{}),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.opts.HealthEvery <= 0 {
		s.opts.HealthEvery = 10 * time.Second
	}
	var err error
	if s.sync, err = parseSync(o.Sync); err != nil {
		return nil, err
	}
	if s.lock, err = lockDir(o.Dir); err != nil {
		return nil, err
	}
	if err := s.begin(); err != nil {
		_ = s.lock.Close()
		return nil, err
	}
	go s.watch()
	return s, nil
}

// begin starts what needs the lock.
func (s *Server) begin() (err error) {
	s.adjustReserve() // an engine needs room to start
	room := allowance{disk: s.opts.MaxStore, engine: s.opts.MaxStore * uncompressed}
	if room.disk <= 0 {
		if room, err = storeLimit(s.opts.Dir, s.probe.free); err != nil {
			return err
		}
	}
	s.room.Store(&room)
	engine, err := s.launch()
	if err != nil {
		return err
	}
	s.gauge = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "sainyuka_engine_healthy",
		Help: "Whether the embedded NATS engine can write to its disk.",
	})
	s.gauge.Set(1)
	s.metrics = []prometheus.Collector{
		s.gauge,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "sainyuka_store_bytes",
			Help: "Bytes that the embedded NATS engine has on its disk.",
		}, func() float64 { return float64(usedSpace(s.opts.Dir)) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "sainyuka_store_max_bytes",
			Help: "Bytes that it may have there.",
		}, func() float64 { return float64(s.room.Load().disk) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "sainyuka_store_reserve_bytes",
			Help: "Bytes of the disk that are kept for the time when it is full.",
		}, func() float64 { return float64(s.reserve.held()) }),
	}
	if err := s.register(); err != nil {
		_ = halt(engine, stopTimeout, nil)
		return fmt.Errorf("register engine metrics: %w", err)
	}
	s.engine = engine
	return nil
}

// launch starts one engine on the locked directory.
func (s *Server) launch() (*server.Server, error) {
	log := newEngineLog(s.log)
	engine, err := server.NewServer(&server.Options{
		ServerName: "embedded", DontListen: true, NoSigs: true, NoLog: true,
		JetStream: true, StoreDir: s.opts.Dir, DisableJetStreamBanner: true,
		JetStreamMaxMemory: 256 * mib, JetStreamMaxStore: s.room.Load().engine,
		SyncAlways: s.sync.always, SyncInterval: s.sync.every,
	})
	if err != nil {
		return nil, fmt.Errorf("set up engine in %s: %w", s.opts.Dir, err)
	}
	engine.SetLoggerV2(log, false, false, false)
	ready := make(chan bool, 1)
	go func() {
		engine.Start()
		ready <- engine.ReadyForConnections(startTimeout)
	}()
	select {
	case err = <-log.fatal:
	case ok := <-ready:
		if ok && engine.JetStreamEnabled() {
			return engine, nil
		}
		err = errors.New("not ready in time")
	case <-time.After(startTimeout):
		err = errors.New("not ready in time")
	case <-s.quit:
		err = errStopped
	}
	_ = halt(engine, stopTimeout, nil)
	return nil, fmt.Errorf("start engine in %s: %w", s.opts.Dir, err)
}

// halt stops an engine and waits for it, for a bounded time
// or, with a channel, until that is closed.
func halt(engine *server.Server, patience time.Duration, quit <-chan struct{}) error {
	if engine == nil {
		return nil
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		engine.Shutdown()
		engine.WaitForShutdown()
	}()
	select {
	case <-done:
		return nil
	case <-time.After(patience):
		return fmt.Errorf("engine did not stop within %s", patience)
	case <-quit:
		return errStopped
	}
}

// Connect gives a connection to the engine that does not leave the process. It
// follows the engine over a Restart, if the options allow it to reconnect. The
// caller closes it, before Stop.
func (s *Server) Connect(opts ...nats.Option) (*nats.Conn, error) {
	nc, err := nats.Connect("nats://in-process", append([]nats.Option{nats.InProcessServer(s)}, opts...)...)
	if err != nil {
		return nil, fmt.Errorf("connect to the embedded engine: %w", err)
	}
	return nc, nil
}

// InProcessConn gives the client library a pipe to the engine of the moment; it
// is called for every new attempt to connect.
func (s *Server) InProcessConn() (net.Conn, error) {
	s.mu.Lock()
	engine, health := s.engine, s.health
	s.mu.Unlock()
	if engine == nil {
		return nil, health
	}
	return engine.InProcessConn()
}

// Healthy returns nil, or why the engine cannot do its work.
func (s *Server) Healthy() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.health
}

// Percent returns how much is used of the disk space that the engine may use. It is 100 on a
// full disk alone, of which the owner is told otherwise than of a store that has used its part.
func (s *Server) Percent() int {
	if s.DiskFull() {
		return 100
	}
	return min(99, int(100*float64(usedSpace(s.opts.Dir))/float64(s.room.Load().disk)))
}

// Restart stops the engine and starts it again on the same directory. It is the
// only cure for a stream whose disk was full once. Connections reconnect.
func (s *Server) Restart() error {
	s.restartMu.Lock()
	defer s.restartMu.Unlock()
	select {
	case <-s.quit:
		return errStopped
	default:
	}
	old := s.swap(nil, errRestarting)
	if err := halt(old, stopTimeout, s.quit); err != nil {
		s.swap(old, err) // two engines on one directory would be worse than one that hangs
		return err
	}
	engine, err := s.launch()
	if err != nil {
		s.swap(nil, err)
		return err
	}
	s.swap(engine, nil)
	return nil
}

// swap sets the engine of the moment and its health, and returns the one before.
func (s *Server) swap(engine *server.Server, health error) *server.Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.engine
	s.engine, s.health = engine, health
	return old
}

// Stop ends the engine within a bounded time and releases the directory. It may
// be called more than once.
func (s *Server) Stop() {
	s.stopOnce.Do(s.stop)
}

func (s *Server) stop() {
	close(s.quit)
	s.restartMu.Lock() // waits for a restart on its way; none begins after quit
	err := halt(s.swap(nil, errStopped), cmp.Or(s.opts.StopTime, lastStop), nil)
	s.restartMu.Unlock()
	<-s.watched
	s.unregister()
	if err != nil {
		// It may still write: the lock stays until the process ends.
		s.log.Error("stop the embedded engine", "err", err)
		return
	}
	if err := s.lock.Close(); err != nil {
		s.log.Warn("release the data directory", "err", err)
	}
}
