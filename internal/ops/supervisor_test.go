package ops

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// heard is a service manager that writes down what it is told, with the time since the start.
type heard struct {
	mu    sync.Mutex
	begin time.Time
	lines []string
}

func (h *heard) tell(state string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lines = append(h.lines, time.Since(h.begin).Round(100*time.Millisecond).String()+" "+strings.ReplaceAll(state, "\n", " "))
}

func (h *heard) without(noise string) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(h.lines), func(l string) bool { return strings.HasSuffix(l, noise) })
}

func TestWhatAServiceManagerHears(t *testing.T) {
	away := errors.New("waiting for NATS")
	for _, tt := range []struct {
		name  string
		ready func(since time.Duration) error
		want  []string
	}{
		{"ready after a moment", func(d time.Duration) error {
			if d < time.Second {
				return away
			}
			return nil
		}, []string{"0s STATUS=waiting for NATS", "1s STATUS=ready", "1s READY=1", "1m0s STOPPING=1"}},
		{
			"never ready: the start is over all the same", func(time.Duration) error { return away },
			[]string{"0s STATUS=waiting for NATS", "20s READY=1", "1m0s STOPPING=1"},
		},
		{"ready, and not any more", func(d time.Duration) error {
			if d > 30*time.Second {
				return errors.New("engine: no space left on device\nand more")
			}
			return nil
		}, []string{"0s STATUS=ready", "0s READY=1", "40s STATUS=engine: no space left on device", "1m0s STOPPING=1"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			h := &heard{begin: time.Now()}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			begin := time.Now()
			(&Supervisor{tell: h.tell}).Follow(ctx, fine, func(context.Context) error { return tt.ready(time.Since(begin)) })
			if got := h.without("WATCHDOG=1"); !slices.Equal(got, tt.want) {
				t.Errorf("%s: heard %q, want %q", tt.name, got, tt.want)
			}
		})
	}
}

func TestSignsOfLifeEndWithHealth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &heard{begin: time.Now()}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		locked := make(chan struct{})
		defer close(locked)
		begin := time.Now()
		alive := func(context.Context) error { // from the second minute on a part hangs for good
			if time.Since(begin) >= time.Minute {
				<-locked
			}
			return nil
		}
		(&Supervisor{tell: h.tell, watchdog: 15 * time.Second}).Follow(ctx, alive, fine)
		var last string
		signs := 0
		for _, l := range h.without("no such line") {
			if at, ok := strings.CutSuffix(l, " WATCHDOG=1"); ok {
				last = at
				signs++
			}
		}
		if last != "55s" || signs < 60/5 {
			t.Errorf("watchdog of 15s, health until 60s: %d signs of life, the last at %s; want one each 5s, the last at 55s", signs, last)
		}
	})
}

func TestSupervisorOfTheEnvironment(t *testing.T) {
	if s, err := NewSupervisor(func(string) string { return "" }, 7); s != nil || err != nil {
		t.Errorf("without NOTIFY_SOCKET: %v, %v, want nobody", s, err)
	}
	address := filepath.Join(t.TempDir(), "notify")
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: address, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	env := map[string]string{"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"}
	s, err := NewSupervisor(func(k string) string { return env[k] }, 7)
	if err != nil || s.watchdog != 30*time.Second {
		t.Fatalf("NewSupervisor(%v) = %+v, %v; want a watchdog of 30s", env, s, err)
	}
	s.Reloading()(errors.New("config.toml:3: unknown key"))
	b := make([]byte, 4096)
	for _, want := range []string{"RELOADING=1", "READY=1\nSTATUS=the configuration was not reloaded: config.toml:3: unknown key"} {
		n, err := socket.Read(b)
		if err != nil || string(b[:n]) != want {
			t.Errorf("the manager reads %q, %v; want %q", b[:n], err, want)
		}
	}
	if other, err := NewSupervisor(func(k string) string { return env[k] }, 8); err != nil || other.watchdog != 0 {
		t.Errorf("for process 8, where the watchdog is meant for 7: %+v, %v; want none", other, err)
	}
	var nobody *Supervisor
	nobody.Follow(t.Context(), fine, fine)
	nobody.Reloading()(nil)
}
