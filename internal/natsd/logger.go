package natsd

import (
	"context"
	"fmt"
	"log/slog"
)

// engineLog passes the engine's log on. The engine is chatty at start and says
// nothing there that its owner needs, so its notices become debug lines.
type engineLog struct {
	logger *slog.Logger
	// fatal receives the first fatal error. The engine expects its logger to
	// end the process there; this one lets Start fail instead.
	fatal chan error
}

func newEngineLog(logger *slog.Logger) *engineLog {
	return &engineLog{logger: logger, fatal: make(chan error, 1)}
}

func (l *engineLog) log(level slog.Level, format string, v []any) {
	if l.logger.Enabled(context.Background(), level) {
		l.logger.Log(context.Background(), level, "engine: "+fmt.Sprintf(format, v...))
	}
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
