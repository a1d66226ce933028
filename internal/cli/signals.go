package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// Signals returns a context that ends on the first SIGINT or SIGTERM (a second
// one kills at once). SIGHUP is left alone: it ends a tool, as it ends any
// program, and a daemon takes it by itself.
func Signals() (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		select {
		case s := <-signals:
			signal.Reset(syscall.SIGINT, syscall.SIGTERM)
			cancel(fmt.Errorf("signal %s", s))
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(nil)
	}
}

// hangUps returns a channel that hears SIGHUP; several before anybody listens are
// one.
func hangUps() (heard <-chan os.Signal, stop func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	return c, func() { signal.Stop(c) }
}
