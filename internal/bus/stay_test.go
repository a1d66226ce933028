package bus

import (
	"context"
	"errors"
	"testing"
	"time"
)

// What is opened must stay, or the process has to begin anew: by the old epoch
// and the new numbers an alert would be taken for one that was sent.
func TestStayNoticesThatStreamsWereReplaced(t *testing.T) {
	for name, replace := range map[string]func(t *testing.T, b *Bus){
		"wiped":                 func(t *testing.T, b *Bus) { wipe(t, b, streamOBS) },
		"a lesser stream wiped": func(t *testing.T, b *Bus) { wipe(t, b, streamSENT) },
		"wiped, and made anew by another process": func(t *testing.T, b *Bus) {
			wipe(t, b, streamOBS)
			mustOpen(t, b.nc)
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := within(t)
			b, _ := newBus(t)
			ended := make(chan error, 1)
			go func() { ended <- b.stay(ctx, time.Millisecond) }()
			replace(t, b)
			if err := next(ctx, t, "the end of Stay", ended); !errors.Is(err, ErrReplaced) {
				t.Errorf("Stay ended with %v, want ErrReplaced", err)
			}
		})
	}
}

func TestStayOutlivesAnInterruption(t *testing.T) {
	b, s := newBus(t)
	end := during(t, func(ctx context.Context) error { return b.stay(ctx, time.Millisecond) })
	for range 2 {
		if err := s.Restart(); err != nil {
			t.Fatalf("restart the engine: %v", err)
		}
		eventually(within(t), t, "the bus after a restart", func() error { return b.Ready(context.Background()) })
	}
	end()
}

func TestReconnects(t *testing.T) {
	b, s := newBus(t)
	back := make(chan struct{}, 8)
	end := during(t, func(ctx context.Context) error { return b.Reconnects(ctx, func() { back <- struct{}{} }) })
	for range 2 {
		if err := s.Restart(); err != nil {
			t.Fatalf("restart the engine: %v", err)
		}
		next(within(t), t, "word that the connection is back", back)
	}
	end()
}

func wipe(t *testing.T, b *Bus, stream string) {
	t.Helper()
	if err := b.js.DeleteStream(within(t), stream); err != nil {
		t.Fatalf("delete stream %s: %v", stream, err)
	}
}
