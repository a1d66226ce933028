package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/ops"
)

// listen takes the addresses that are served.
func (a *App) listen(w config.Web) (err error) {
	if a.listener, err = a.crowd(w, w.Listen); err != nil {
		return fmt.Errorf("listen on %s (web.listen): %w", w.Listen, err)
	}
	if w.MetricsListen == "" {
		return nil
	}
	if a.metrics, err = a.crowd(w, w.MetricsListen); err != nil {
		return fmt.Errorf("listen on %s (web.metrics_listen): %w", w.MetricsListen, err)
	}
	return nil
}

// crowd takes an address for as many connections as there is room for.
func (a *App) crowd(w config.Web, address string) (*crowd, error) {
	ln, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	many := func(addr netip.Addr) bool {
		return addr.IsLoopback() || slices.ContainsFunc(w.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(addr) })
	}
	return newCrowd(ln, connectionLimit(w.MaxConnections, ops.Files()), many, a.log), nil
}

// server returns a server whose connections end when nothing comes.
func (a *App) server(h http.Handler, c *crowd) *http.Server {
	return &http.Server{
		Handler:           h,
		ConnState:         c.state,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
	}
}

// serveUntil serves until ctx ends, then lets running requests finish.
func serveUntil(ctx context.Context, s *http.Server, ln net.Listener) error {
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		<-ctx.Done()
		sctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
		defer cancel()
		if s.Shutdown(sctx) != nil {
			s.Close()
		}
	}()
	err := s.Serve(ln)
	if !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve http: %w", err)
	}
	<-stopped
	return nil
}

// hostOf returns the host of a URL, "" when there is none.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
