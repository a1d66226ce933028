// Command sainyuka (再入荷, "back in stock") is all of it in one process: it
// looks at product pages, keeps what it saw in an embedded NATS server, rings
// when something is back in stock, and shows a dashboard. It also has the tools:
// `sainyuka help` lists them. All of that is made elsewhere, in app and cli; what
// is here is which commands there are, the engine, and the demo's street.
package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"runtime"
	_ "time/tzdata" // a small box may have no time zones of its own

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sainyuka/sainyuka/internal/app"
	"github.com/sainyuka/sainyuka/internal/cli"
	"github.com/sainyuka/sainyuka/internal/natsd"
)

func main() { os.Exit(run()) }

func run() int {
	runtime.MemProfileRate = 0 // nobody asks for a profile of the heap, and to take it uses 2 MB
	ctx, stop := cli.Signals()
	defer stop()
	env := cli.Env{
		Program: "sainyuka", Version: cli.Version(), Stdout: os.Stdout, Stderr: os.Stderr,
		Stdin: terminal(), StartEngine: startEngine,
	}
	return cli.Main(ctx, env, commands(), os.Args[1:])
}

// terminal is where a person can be asked, nil when nobody is there.
func terminal() io.Reader {
	info, err := os.Stdin.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return os.Stdin
}

func commands() []cli.Command {
	daemon := func(ctx context.Context, env cli.Env, args []string) error {
		return cli.Daemon(ctx, env, app.Watch|app.Notify, args)
	}
	all := append([]cli.Command{
		{Name: "run", Args: "-config FILE", Short: "watch and ring until stopped; SIGHUP reads the configuration again", Run: daemon},
		{Name: "demo", Args: "[-for DURATION]", Short: "the same on a simulated street of shops: no account, no internet", Run: demo},
	}, cli.Tools()...)
	return append(all, cli.Documentation(commands)...)
}

func startEngine(dir string, log *slog.Logger, reg prometheus.Registerer) (cli.Engine, error) {
	return natsd.Start(natsd.Options{Dir: dir, Reserve: natsd.DefaultReserve, Logger: log, Registerer: reg})
}
