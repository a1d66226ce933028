// Package ops is what a running process shows to those who look after it: its
// log, its metrics, and whether it lives and is ready.
//
// It knows nothing of what the process does: each package registers metrics of
// its own, and what healthy and ready mean is for the caller to say. It guards
// nothing with a password and opens no listener.
package ops

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// NewLogger returns a logger that writes a line of key=value pairs for each
// record of the level or above.
func NewLogger(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
}

// NewJSONLogger returns a logger that writes a JSON object on a line of its own for each
// record of the level or above, as collectors of logs read them.
func NewJSONLogger(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}))
}

// NewRegistry returns a registry that holds what is true of any process: Go
// runtime, process, and sainyuka_build_info.
func NewRegistry(version string) *prometheus.Registry {
	reg := prometheus.NewRegistry()
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "sainyuka_build_info",
		Help: "Always 1; the labels say what is running.",
		ConstLabels: prometheus.Labels{
			"version": version, "revision": revision(), "goversion": runtime.Version(),
		},
	})
	info.Set(1)
	reg.MustRegister(
		info,
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return reg
}

// revision returns the commit that the program was built from, "unknown" when
// the build did not note it.
func revision() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value
			}
		}
	}
	return "unknown"
}

// Check says why something is not as it should be, nil when it is. It gives up
// when its context ends.
type Check func(ctx context.Context) error

// Bounds of one request: a probe that hangs tells less than one that fails, and
// whoever asks too often must not slow the process down.
const (
	checkTimeout  = 3 * time.Second
	scrapeTimeout = 10 * time.Second
	maxScrapes    = 4
	maxChecks     = 8
)

// Handler serves /metrics, /healthz and /readyz. The two checks answer 200 and
// "ok", or 503 and the reason as text. What else is wrong while it is ready, notes
// says in lines below the "ok"; nil: nothing. The families are written behind what the
// registry has; nil: none.
func Handler(reg *prometheus.Registry, families func() []Family, healthy, ready Check, notes func() []string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", scrapes(reg, families))
	mux.HandleFunc("GET /healthz", probe(healthy, nil))
	mux.HandleFunc("GET /readyz", probe(ready, notes))
	return mux
}

// probe answers a request with the result of a check.
func probe(check Check, notes func() []string) http.HandlerFunc {
	slots := make(chan struct{}, maxChecks)
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if err := run(r.Context(), slots, check); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = fmt.Fprintln(w, hidePaths(err.Error())) // a prober that has gone needs no answer
			return
		}
		_, _ = fmt.Fprintln(w, "ok")
		if notes != nil {
			for _, line := range notes() {
				_, _ = fmt.Fprintln(w, hidePaths(line))
			}
		}
	}
}

// run gives a check its deadline, and does not wait for one that misses it. One
// that hangs for good keeps its slot, so that no more than those ever hang.
func run(ctx context.Context, slots chan struct{}, check Check) error {
	select {
	case slots <- struct{}{}:
	default:
		return fmt.Errorf("%d earlier checks have not answered yet", cap(slots))
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	result := make(chan error, 1)
	go func() {
		defer func() { <-slots }()
		result <- check(ctx)
	}()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return fmt.Errorf("no answer within %v: %w", checkTimeout, ctx.Err())
	}
}
