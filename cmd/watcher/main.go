// Command watcher is one role of sainyuka as a process of its own: it looks at
// pages and publishes stock changes to a NATS cluster. It sends no alert and
// shows no dashboard; any number of watchers share the work.
package main

import (
	"os"
	"runtime"
	_ "time/tzdata" // a small box may have no time zones of its own

	"github.com/sainyuka/sainyuka/internal/app"
	"github.com/sainyuka/sainyuka/internal/cli"
)

func main() { os.Exit(run()) }

func run() int {
	runtime.MemProfileRate = 0 // nobody asks for a profile of the heap, and to take it uses 2 MB
	ctx, stop := cli.Signals()
	defer stop()
	env := cli.Env{Program: "watcher", Version: cli.Version(), Stdout: os.Stdout, Stderr: os.Stderr}
	return cli.Exit(env, cli.Daemon(ctx, env, app.Watch, os.Args[1:]))
}
