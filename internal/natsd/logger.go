package natsd

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
)

// engineLog passes the engine's log on. The engine is chatty at start and says
// nothing there that its owner needs, so its notices become debug lines. With a
// full disk it says the same for every message that it cannot store: once is
// enough, and once more if that lasts.
type engineLog struct {
	logger *slog.Logger
	// fatal receives the first fatal error. The engine expects its logger to
	// end the process there; this one lets Start fail instead.
	fatal chan error

	mu   sync.Mutex
	said map[string]clock.Instant // when the warnings and errors were said last
}

const (
	sayAgain = time.Hour
	mostSaid = 64
)

func newEngineLog(logger *slog.Logger) *engineLog {
	return &engineLog{logger: logger, fatal: make(chan error, 1), said: make(map[string]clock.Instant)}
}

func (l *engineLog) log(level slog.Level, format string, v []any) {
	if !l.logger.Enabled(context.Background(), level) {
		return
	}
	line := "engine: " + fmt.Sprintf(format, v...)
	if level >= slog.LevelWarn && !l.news(line, clock.Now()) {
		level = slog.LevelDebug
	}
	l.logger.Log(context.Background(), level, line)
}

// news reports whether a line was not said lately.
func (l *engineLog) news(line string, now clock.Instant) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at, ok := l.said[line]; ok && now.Sub(at) < sayAgain {
		return false
	}
	if len(l.said) >= mostSaid {
		clear(l.said)
	}
	l.said[line] = now
	return true
}

func (l *engineLog) Noticef(format string, v ...any) { l.log(slog.LevelDebug, format, v) }
func (l *engineLog) Debugf(format string, v ...any)  { l.log(slog.LevelDebug, format, v) }
func (l *engineLog) Tracef(format string, v ...any)  { l.log(slog.LevelDebug, format, v) }
func (l *engineLog) Warnf(format string, v ...any)   { l.log(slog.LevelWarn, format, v) }
func (l *engineLog) Errorf(format string, v ...any)  { l.log(slog.LevelError, format, v) }

func (l *engineLog) Fatalf(format string, v ...any) {
	l.log(slog.LevelError, format, v)
	select {
	case l.fatal <- fmt.Errorf(format, v...):
	default:
	}
}
