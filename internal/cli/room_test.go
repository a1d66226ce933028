package cli

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/natsd"
)

// A start on a full disk waits for room and says so, and does not keep a stop waiting.
func TestAStartOnAFullDiskWaits(t *testing.T) {
	errOther := errors.New("started when there was room")
	for _, tt := range []struct {
		name  string
		tries int // on a full disk
		stop  time.Duration
		room  bool // it ends because there is room
		lines int
	}{
		{"until there is room", 300, time.Hour, true, 3},
		{"until it is stopped", 1 << 30, 12 * time.Second, false, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), tt.stop)
			defer cancel()
			tries, began := 0, time.Now()
			env := Env{StartEngine: func(dir string, _ *slog.Logger, _ prometheus.Registerer) (Engine, error) {
				if tries++; tries > tt.tries {
					return nil, errOther
				}
				return nil, &natsd.NoSpaceError{Dir: dir, Left: 1, Needed: 80}
			}}
			var said bytes.Buffer
			_, _, err := connectWithRoom(ctx, env, &config.Config{DataDir: t.TempDir()}, slog.New(slog.NewTextHandler(&said, nil)), prometheus.NewRegistry())
			var full *natsd.NoSpaceError
			if errors.Is(err, errOther) != tt.room || errors.As(err, &full) == tt.room {
				t.Errorf("%s: %v, want the end of the wait by room: %v", tt.name, err, tt.room)
			}
			if n := strings.Count(said.String(), "the disk is full"); n != tt.lines {
				t.Errorf("%s: said %d times that it waits, want %d:\n%s", tt.name, n, tt.lines, said.String())
			}
			if took := time.Since(began); took > tt.stop {
				t.Errorf("%s: took %s, want no longer than %s", tt.name, took, tt.stop)
			}
		})
	}
}
