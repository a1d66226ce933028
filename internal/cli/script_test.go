package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sainyuka/sainyuka/internal/app"
	"github.com/sainyuka/sainyuka/internal/natsd"
)

// The scripts run the commands as processes of their own, as a shell does.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"sainyuka": func() {
			env := scriptEnv("sainyuka")
			env.StartEngine = func(dir string, log *slog.Logger, reg prometheus.Registerer) (Engine, error) {
				return natsd.Start(natsd.Options{Dir: dir, Logger: log, Registerer: reg})
			}
			run := Command{"run", "-config FILE", "watch and ring", func(ctx context.Context, env Env, args []string) error {
				return Daemon(ctx, env, app.Watch|app.Notify, args)
			}}
			os.Exit(Main(context.Background(), env, append([]Command{run}, Tools()...), os.Args[1:]))
		},
		"watcher": func() {
			env := scriptEnv("watcher")
			os.Exit(Exit(env, Daemon(context.Background(), env, app.Watch, os.Args[1:])))
		},
	})
}

func scriptEnv(program string) Env {
	return Env{Program: program, Version: "v1.2.3", Stdout: os.Stdout, Stderr: os.Stderr}
}

// TestScripts runs testdata/script. Besides the usual commands a script has
//
//	exits CODE PROGRAM ARG..   run a program, which must end with this code
//
// and HOOKURL in config.toml stands for a receiver that answers as its path says:
// /200, /410.
func TestScripts(t *testing.T) {
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		status, err := strconv.Atoi(r.URL.Path[1:])
		if err != nil {
			status = http.StatusNotFound
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(hook.Close)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			path := filepath.Join(env.WorkDir, "config.toml")
			text, err := os.ReadFile(path)
			if errors.Is(err, os.ErrNotExist) {
				return nil
			}
			return errors.Join(err, os.WriteFile(path, bytes.ReplaceAll(text, []byte("HOOKURL"), []byte(hook.URL)), 0o600))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG..")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v: %v", args[1:], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("%v ended with code %d, want %d", args[1:], got, want)
	}
}
