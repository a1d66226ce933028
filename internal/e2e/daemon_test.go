package e2e

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sainyuka/sainyuka/internal/app"
	"github.com/sainyuka/sainyuka/internal/cli"
	"github.com/sainyuka/sainyuka/internal/natsd"
)

// daemon is `sainyuka run` inside the test's process, under its race detector.
type daemon struct {
	reload chan os.Signal
	stderr *output
	stop   func()
}

// startDaemon runs the daemon until the test ends.
func startDaemon(t testing.TB, config string, args ...string) *daemon {
	t.Helper()
	d := &daemon{reload: make(chan os.Signal, 1), stderr: &output{}}
	env := cli.Env{
		Program: "sainyuka", Version: "test", Stdout: t.Output(), Stderr: d.stderr, Reload: d.reload,
		StartEngine: func(dir string, log *slog.Logger, reg prometheus.Registerer) (cli.Engine, error) {
			return natsd.Start(natsd.Options{Dir: dir, Logger: log, Registerer: reg})
		},
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- cli.Daemon(ctx, env, app.Watch|app.Notify, append([]string{"-config", config}, args...))
	}()
	d.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("the daemon ended with %v", err)
			}
		case <-time.After(patience):
			t.Error("the daemon did not stop")
		}
		if t.Failed() {
			t.Logf("the daemon's log:\n%s", d.stderr)
		}
	})
	t.Cleanup(d.stop)
	return d
}

// A watcher serves metrics and no dashboard.
var dashboardLine = regexp.MustCompile(`(?:dashboard|metrics)=(http://\S+)/`)

// address waits until the daemon tells where its dashboard is.
func (d *daemon) address(t testing.TB) string {
	t.Helper()
	return dashboardOf(t, d.stderr)
}

func dashboardOf(t testing.TB, log fmt.Stringer) string {
	t.Helper()
	var m []string
	eventually(t, "the address of the dashboard in the log", func() bool {
		m = dashboardLine.FindStringSubmatch(log.String())
		return m != nil
	})
	return m[1]
}

// output is a buffer that a process may write while a test reads.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}
