package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// Signals returns a context that ends on the first SIGINT or SIGTERM (a second
// one kills at once), and a channel that hears each SIGHUP.
func Signals() (ctx context.Context, hup <-chan struct{}, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	reload := make(chan struct{}, 1)
	go func() {
		for s := range signals {
			if s == syscall.SIGHUP {
				select {
				case reload <- struct{}{}:
				default: // one is waiting already
				}
				continue
			}
			signal.Reset(syscall.SIGINT, syscall.SIGTERM)
			cancel(fmt.Errorf("signal %s", s))
		}
	}()
	return ctx, reload, func() {
		signal.Stop(signals)
		cancel(nil)
	}
}
