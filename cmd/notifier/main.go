// Command notifier is one role of sainyuka as a process of its own: it turns
// stock changes from a NATS cluster into alerts, delivers them, and shows the
// dashboard. It looks at no shop.
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
	env := cli.Env{Program: "notifier", Version: cli.Version(), Stdout: os.Stdout, Stderr: os.Stderr}
	return cli.Exit(env, cli.Daemon(ctx, env, app.Notify, os.Args[1:]))
}
