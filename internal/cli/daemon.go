package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/sainyuka/sainyuka/internal/app"
	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/ops"
)

// daemonFlags are the flags of everything that runs until it is stopped.
type daemonFlags struct {
	config, listen, dataDir string
	level                   slog.Level
	jsonLog                 bool
	begin                   bool // also without a configuration
}

// Daemon runs the given roles until ctx ends: the whole of `watcher` and
// `notifier`, and `sainyuka run`.
func Daemon(ctx context.Context, env Env, roles app.Roles, args []string) error {
	if env.Reload == nil {
		heard, stop := hangUps()
		defer stop()
		env.Reload = heard
	}
	f, err := parseDaemon(env, args)
	if err != nil {
		return err
	}
	f.begin = env.StartEngine != nil
	ops.LimitHeap() // first: a large configuration takes much to read
	cfg, err := f.load()
	if err != nil {
		return err
	}
	if env.StartEngine == nil && cfg.NATS.URL == "" {
		return usagef("%s: nats.url is missing: %s works against a NATS server; `sainyuka run` brings its own", cfg.Path, env.Program)
	}
	log := ops.NewLogger(env.Stderr, f.level)
	if f.jsonLog {
		log = ops.NewJSONLogger(env.Stderr, f.level)
	}
	o := app.Options{Config: cfg, Load: f.load, Roles: roles, Readers: ops.LeaveRoom()}
	if f.begin && f.config == "" && !there(defaultConfig) {
		o.Listening = func(address string) { sayWhereToBegin(env.Stdout, cfg.Language, address) }
	}
	return Serve(ctx, env, o, log)
}

func parseDaemon(env Env, args []string) (*daemonFlags, error) {
	name := "run"
	if env.StartEngine == nil {
		name = "" // the program is the command
	}
	var f daemonFlags
	fs := newFlags(env, name)
	fs.StringVar(&f.config, "config", "", "the configuration `FILE` (default config.toml)")
	fs.StringVar(&f.listen, "listen", "", "`ADDRESS` for the dashboard and metrics, instead of web.listen")
	fs.StringVar(&f.dataDir, "data-dir", "", "`FOLDER` for this process's files, instead of data_dir")
	fs.TextVar(&f.level, "log-level", slog.LevelInfo, "`LEVEL` of the log: DEBUG, INFO, WARN, ERROR")
	fs.BoolVar(&f.jsonLog, "log-json", false, "write the log as JSON objects, a line each")
	if err := ParseFlags(fs, args); err != nil {
		return nil, err
	}
	return &f, nil
}

// load reads the configuration and applies what the command line overrides.
func (f *daemonFlags) load() (*config.Config, error) {
	read := loadConfig
	if f.begin {
		read = loadOrBegin
	}
	cfg, err := read(f.config)
	if err != nil {
		return nil, err
	}
	if f.listen != "" {
		if err := config.CheckListen(f.listen, cfg.Web.Guarded()); err != nil {
			return nil, usagef("-listen: %w", err)
		}
		cfg.Web.Listen, cfg.Web.MetricsListen = f.listen, "" // of several processes of one file only one can have the address in it
	}
	if f.dataDir != "" {
		if cfg.DataDir, err = filepath.Abs(f.dataDir); err != nil {
			return nil, fmt.Errorf("find -data-dir: %w", err)
		}
	}
	return cfg, nil
}

// Serve runs an app on the NATS server that its configuration names, or on one
// in this process. o needs Config, Load and Roles.
func Serve(ctx context.Context, env Env, o app.Options, log *slog.Logger) error {
	if err := ops.CheckAddresses(); err != nil {
		return err
	}
	o.Version, o.Stdout, o.Logger = env.Version, env.Stdout, log
	signal.Ignore(syscall.SIGPIPE) // a reader of standard output may end; the daemon must go on
	o.Registry = ops.NewRegistry(env.Version)
	reach := *o.Config
	if o.Roles == app.Watch {
		reach.NATS = reach.NATS.AsWatcher()
	}
	conn, engine, err := connectWithRoom(ctx, env, &reach, log, o.Registry)
	if err != nil {
		return err
	}
	if engine != nil {
		defer engine.Stop()
		o.Engine = engine
	}
	defer conn.Close()
	o.Conn = conn
	a, err := app.New(o)
	if err != nil {
		return err
	}
	log.Info("sainyuka starts", "version", env.Version, "config", o.Config.Path, pageOf(o.Roles), "http://"+a.Addr()+"/")
	supervisor, err := ops.NewSupervisor(os.Getenv, os.Getpid())
	if err != nil {
		log.Warn("nobody will hear how this process is", "err", err)
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	go reloadOn(running, env.Reload, a, supervisor, log)
	go ops.KeepSmall(running)
	var followed sync.WaitGroup
	followed.Go(func() { supervisor.Follow(running, a.Alive, a.Ready) })
	err = a.Run(ctx)
	stop()
	followed.Wait()
	log.Info("stopped", "err", errors.Join(err, context.Cause(ctx)))
	return err
}

// pageOf is the log key of what is served: a watcher alone has no dashboard.
func pageOf(roles app.Roles) string {
	if roles&app.Notify != 0 {
		return "dashboard"
	}
	return "metrics"
}

const (
	// roomEvery is how often a start on a full disk looks whether there is room.
	roomEvery = 5 * time.Second
	// roomTold is between two lines in the log that say that it waits.
	roomTold = 10 * time.Minute
)

// connectWithRoom is connect that waits while the disk is too full to begin, and says so:
// a daemon that ends would be started again and again, and say it each time.
func connectWithRoom(ctx context.Context, env Env, cfg *config.Config, log *slog.Logger, reg prometheus.Registerer) (*nats.Conn, Engine, error) {
	tick := time.NewTicker(roomEvery)
	defer tick.Stop()
	var told clock.Instant
	for {
		conn, engine, err := connect(env, cfg, log, reg)
		var full interface {
			error
			NoSpace() bool
		}
		if !errors.As(err, &full) || !full.NoSpace() {
			return conn, engine, err
		}
		if told.IsZero() || clock.Since(told) >= roomTold {
			told = clock.Now()
			log.Error("the disk is full: nothing is watched until there is room", "err", full)
		}
		select {
		case <-ctx.Done():
			return nil, nil, full
		case <-tick.C:
		}
	}
}

// connect reaches the NATS server of the configuration: one in this process
// unless nats.url is set. The engine is nil for one elsewhere; such a connection
// is made in the background for as long as it takes.
func connect(env Env, cfg *config.Config, log *slog.Logger, reg prometheus.Registerer) (*nats.Conn, Engine, error) {
	if cfg.NATS.URL != "" {
		conn, err := dialNATS(cfg.NATS, log)
		return conn, nil, err
	}
	if env.StartEngine == nil {
		return nil, nil, usagef("%s: nats.url is missing", cfg.Path)
	}
	if err := unswap(cfg.DataDir); err != nil {
		return nil, nil, err
	}
	engine, err := env.StartEngine(cfg.DataDir, log, reg)
	if err != nil {
		return nil, nil, err
	}
	conn, err := engine.Connect(bus.ClientOptions(log)...)
	if err != nil {
		engine.Stop()
		return nil, nil, fmt.Errorf("connect to the embedded NATS server: %w", err)
	}
	return conn, engine, nil
}

// reloadOn reads the configuration again whenever it is asked to.
func reloadOn(ctx context.Context, asked <-chan os.Signal, a *app.App, supervisor *ops.Supervisor, log *slog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-asked:
		}
		done := supervisor.Reloading()
		err := a.Reload()
		done(err)
		if err != nil {
			log.Error("the configuration was not reloaded: the old one goes on", "err", err)
			continue
		}
		log.Info("configuration reloaded")
	}
}

// sayWhereToBegin says where the dashboard of a daemon without a configuration is.
func sayWhereToBegin(w io.Writer, language, address string) {
	text := "There is no %s here: the defaults hold. Dashboard: http://%s/ - paste the address of a page there, and let this device ring (Ctrl-C ends it)\n"
	if language == "ja" {
		text = "%s がないので、既定の設定で始めます。ダッシュボード: http://%s/ に商品ページのアドレスを貼り、この端末への通知を有効にしてください（Ctrl-C で終了）\n"
	}
	fmt.Fprintf(w, text, defaultConfig, address)
}
