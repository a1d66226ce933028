package natsd

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

// What the engine says for every message that it cannot store is said once.
func TestTheEngineIsHeardOnce(t *testing.T) {
	var b bytes.Buffer
	log := newEngineLog(slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{Level: slog.LevelWarn})))
	for range 20 {
		log.Errorf("failed to store a msg: %v", errors.New("no space left on device"))
		log.Warnf("high memory usage")
	}
	if n := strings.Count(b.String(), "\n"); n != 2 {
		t.Errorf("two lines, said 20 times each, are %d lines in the log, want 2:\n%s", n, b.String())
	}
	for i := range 10 * mostSaid {
		log.Errorf("error %d", i)
	}
	if n := len(log.said); n > mostSaid {
		t.Errorf("%d lines are remembered, want at most %d", n, mostSaid)
	}
	newEngineLog(slog.New(slog.NewTextHandler(&b, nil))).Errorf("failed to store a msg: %v", errors.New("no space left on device"))
	if n := strings.Count(b.String(), "no space left on device"); n != 2 {
		t.Errorf("an engine that was restarted and fails again was heard %d times in all, want 2", n)
	}
}
