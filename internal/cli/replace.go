package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/ops"
)

// Names in data_dir: the engine's folder, what it was before a swap, and where a copy is
// proved.
const (
	engineFolder = "jetstream"
	folderBefore = "jetstream.before"
	stageFolder  = "restoring"
)

// prove brings a copy back in a folder of its own, opens it as a daemon would, and reads
// all of it. What is in use is not touched.
func prove(ctx context.Context, env Env, dir string, from io.ReaderAt, size int64) (bus.Manifest, error) {
	if err := os.RemoveAll(dir); err != nil {
		return bus.Manifest{}, fmt.Errorf("make room for the copy: %w", err)
	}
	log := ops.NewLogger(io.Discard, 0)
	engine, err := env.StartEngine(dir, log, prometheus.NewRegistry())
	if err != nil {
		return bus.Manifest{}, err
	}
	defer engine.Stop()
	conn, err := engine.Connect(bus.ClientOptions(log)...)
	if err != nil {
		return bus.Manifest{}, fmt.Errorf("connect to the embedded NATS server: %w", err)
	}
	defer conn.Close()
	m, err := bus.Restore(ctx, bus.RestoreOptions{Conn: conn, Logger: slog.New(slog.DiscardHandler)}, from, size)
	if err != nil {
		return m, err
	}
	open, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	b, err := bus.Open(open, bus.Options{Conn: conn, MemoryLeases: true, Logger: log, Registerer: prometheus.NewRegistry()})
	if err != nil {
		return m, fmt.Errorf("open what came back: %w", err)
	}
	x, err := b.Examiner.Examine(ctx)
	if err != nil {
		return m, fmt.Errorf("read what came back: %w", err)
	}
	return m, whole(m, x)
}

// whole reports what of a copy did not come back as it was.
func whole(m bus.Manifest, x bus.Examination) error {
	for _, s := range x.Streams {
		switch want, known := m.Messages(s.Name); {
		case s.Unreadable > 0:
			return fmt.Errorf("the copy is damaged: %d messages of stream %s cannot be read", s.Unreadable, s.Name)
		case len(s.Nonsense) > 0:
			return fmt.Errorf("the copy is damaged: %d messages of stream %s are not what stands there", len(s.Nonsense), s.Name)
		case known && s.Name == "OBS" && uint64(s.Messages) != want:
			return fmt.Errorf("the copy is damaged: %d of %d messages of stream %s came back", s.Messages, want, s.Name)
		}
	}
	return nil
}

// swapIn puts a proved store in the place of the one of before, which no engine may have
// open. When that fails the one of before stays.
func swapIn(dataDir string) error {
	now, before := filepath.Join(dataDir, engineFolder), filepath.Join(dataDir, folderBefore)
	if err := os.RemoveAll(before); err != nil {
		return fmt.Errorf("swap the stores: %w", err)
	}
	if err := os.Rename(now, before); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("swap the stores: %w", err)
	}
	if err := os.Rename(filepath.Join(dataDir, stageFolder, engineFolder), now); err != nil {
		return errors.Join(fmt.Errorf("swap the stores: %w", err), unswap(dataDir))
	}
	return errors.Join(os.RemoveAll(before), os.RemoveAll(filepath.Join(dataDir, stageFolder)))
}

// unswap brings the store of before back when a swap was interrupted.
func unswap(dataDir string) error {
	now, before := filepath.Join(dataDir, engineFolder), filepath.Join(dataDir, folderBefore)
	if _, err := os.Stat(now); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(before, now); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("bring the store of before back: %w", err)
	}
	return nil
}
