package ops

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
)

// How often a service manager is told how the process is.
const (
	startPeriod   = 200 * time.Millisecond // until it has been told that the start is over
	startPatience = 20 * time.Second       // a start is over by then, ready or not: what it waits for may take days
	statusPeriod  = 10 * time.Second
	watchdogParts = 3 // of the watchdog's time: two of three signs of life may be late
)

// Supervisor is the service manager that started this process and wants to hear how it is: systemd, for units of
// Type=notify. A nil Supervisor is nobody.
type Supervisor struct {
	tell     func(state string)
	watchdog time.Duration // within which a sign of life is expected; 0: none is
}

// NewSupervisor returns who is named in the environment, nil when nobody is.
func NewSupervisor(getenv func(string) string, pid int) (*Supervisor, error) {
	address := getenv("NOTIFY_SOCKET")
	if address == "" {
		return nil, nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: address, Net: "unixgram"})
	if err != nil {
		return nil, fmt.Errorf("reach the service manager: %w", err)
	}
	s := &Supervisor{tell: func(state string) {
		_, _ = conn.Write([]byte(state)) // a manager that does not read learns it by the next message
	}}
	if owner := getenv("WATCHDOG_PID"); owner == "" || owner == strconv.Itoa(pid) {
		if µs, err := strconv.ParseInt(getenv("WATCHDOG_USEC"), 10, 64); err == nil && µs > 0 {
			s.watchdog = time.Duration(µs) * time.Microsecond
		}
	}
	return s, nil
}

// Follow tells until ctx ends: that the start is over, what the process waits for, and, as long as alive says so,
// that it lives. A process that stops giving signs of life is restarted.
func (s *Supervisor) Follow(ctx context.Context, alive, ready Check) {
	if s == nil {
		return
	}
	begin, started, status := clock.Now(), false, ""
	slots := make(chan struct{}, maxChecks)
	for ctx.Err() == nil {
		err := run(ctx, slots, ready)
		if now := statusOf(err); now != status && ctx.Err() == nil {
			s.tell("STATUS=" + now)
			status = now
		}
		if !started && (err == nil || clock.Since(begin) >= startPatience) && ctx.Err() == nil {
			s.tell("READY=1")
			started = true
		}
		if s.watchdog > 0 && run(ctx, slots, alive) == nil {
			s.tell("WATCHDOG=1")
		}
		clock.Sleep(ctx, s.period(started))
	}
	s.tell("STOPPING=1")
}

func (s *Supervisor) period(started bool) time.Duration {
	switch {
	case !started:
		return startPeriod
	case s.watchdog > 0:
		return min(statusPeriod, s.watchdog/watchdogParts)
	}
	return statusPeriod
}

// Reloading is called before the configuration is read again; the function that it returns, after.
func (s *Supervisor) Reloading() (done func(error)) {
	if s == nil {
		return func(error) {}
	}
	s.tell("RELOADING=1")
	return func(err error) {
		status := "configuration reloaded"
		if err != nil {
			status = statusOf(fmt.Errorf("the configuration was not reloaded: %w", err))
		}
		s.tell("READY=1\nSTATUS=" + status)
	}
}

// statusOf is one line for `systemctl status`.
func statusOf(err error) string {
	if err == nil {
		return "ready"
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	return first
}
