package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sainyuka/sainyuka/internal/app"
	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/ops"
)

// backup copies everything into one file. The file appears whole or not at all:
// until then it has ".part" at its end.
func backup(ctx context.Context, env Env, args []string) error {
	fs := newFlags(env, "backup")
	r := replies(env, fs)
	path := fs.String("config", "", "the configuration `FILE` (default config.toml)")
	to := fs.String("to", "", "the `FILE` to write, which is replaced when it is there")
	credentials := fs.String("credentials", "", "`FILE` of the user who may copy streams, instead of nats.credentials_file")
	if err := ParseFlags(fs, args); err != nil {
		return err
	}
	if *to == "" {
		return usagef("-to FILE is missing")
	}
	cfg, err := loadConfigAs(*path, *credentials)
	if err != nil {
		return err
	}
	began := clock.Now()
	m, size, err := writeWhole(*to, func(w io.Writer) error { return copyAll(ctx, env, cfg, w) })
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	took := clock.Since(began).Round(time.Millisecond)
	return r.print(map[string]any{"file": *to, "records": m.Records(), "epoch": m.Epoch, "bytes": size, "took_seconds": took.Seconds()},
		say("%s: %d records of epoch %s, %d bytes, in %s", *to, m.Records(), m.Epoch, size, took))
}

// loadConfigAs reads a configuration, with another user's credentials if given.
func loadConfigAs(path, credentials string) (*config.Config, error) {
	cfg, err := loadConfig(path)
	if err == nil && credentials != "" {
		var path string
		path, err = filepath.Abs(credentials)
		cfg.NATS = cfg.NATS.AsKeeper(path)
	}
	return cfg, err
}

// copyAll writes the copy: through the daemon that runs on an embedded engine,
// else from the engine itself.
func copyAll(ctx context.Context, env Env, cfg *config.Config, w io.Writer) error {
	if cfg.NATS.URL == "" {
		if d := dialDaemon(ctx, cfg.DataDir); d != nil {
			return d.backup(ctx, w)
		}
	}
	b, done, err := openBus(ctx, env, cfg)
	if err != nil {
		return err
	}
	defer done()
	_, err = b.Backup(ctx, w)
	return err
}

// backup receives the copy that a running daemon makes.
func (d *daemon) backup(ctx context.Context, w io.Writer) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://sainyuka"+app.BackupPath, http.NoBody)
	if err != nil {
		return fmt.Errorf("ask the running daemon: %w", err)
	}
	patient := &http.Client{Transport: d.http.Transport} // it takes as long as it takes
	resp, err := patient.Do(req)
	if err != nil {
		return fmt.Errorf("ask the running daemon: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("ask the running daemon: %s", resp.Status)
	}
	if _, err := io.Copy(w, resp.Body); err != nil {
		return fmt.Errorf("receive the copy from the running daemon: %w", err)
	}
	if why := resp.Trailer.Get(app.BackupError); why != "" {
		return errors.New(why)
	}
	return nil
}

// writeWhole writes a copy beside path and moves it there once it is known to be
// whole and on the disk.
func writeWhole(path string, write func(io.Writer) error) (m bus.Manifest, size int64, err error) {
	part := path + ".part"
	f, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	if err != nil {
		return m, 0, err
	}
	defer func() {
		_ = f.Close()
		if err != nil {
			_ = os.Remove(part)
		}
	}()
	if err = write(f); err != nil {
		return m, 0, err
	}
	if size, err = f.Seek(0, io.SeekEnd); err != nil {
		return m, 0, err
	}
	if m, err = bus.ReadManifest(f, size); err != nil {
		return m, 0, err
	}
	if err = errors.Join(f.Sync(), f.Close()); err != nil {
		return m, 0, err
	}
	return m, size, os.Rename(part, path)
}

// restore brings a copy back, into an empty data_dir or a NATS account without
// streams of ours.
func restore(ctx context.Context, env Env, args []string) error {
	fs := newFlags(env, "restore")
	r := replies(env, fs)
	path := fs.String("config", "", "the configuration `FILE` of the place that the copy goes to (default config.toml)")
	from := fs.String("from", "", "the `FILE` that backup wrote")
	replace := fs.Bool("replace", false, "remove what is there before")
	credentials := fs.String("credentials", "", "`FILE` of the user who may make and remove streams, instead of nats.credentials_file")
	if err := ParseFlags(fs, args); err != nil {
		return err
	}
	if *from == "" {
		return usagef("-from FILE is missing")
	}
	cfg, err := loadConfigAs(*path, *credentials)
	if err != nil {
		return err
	}
	f, err := os.Open(*from)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if *replace && env.StartEngine != nil {
		if cfg.NATS.URL == "" {
			return replaceStore(ctx, env, r, cfg, f, info.Size())
		}
		dir, err := os.MkdirTemp("", "sainyuka-restore-")
		if err != nil {
			return fmt.Errorf("restore: %w", err)
		}
		defer os.RemoveAll(dir)
		if _, err := prove(ctx, env, dir, f, info.Size()); err != nil {
			return fmt.Errorf("nothing was touched: %w", err)
		}
	}
	conn, engine, err := connect(env, cfg, ops.NewLogger(io.Discard, 0), prometheus.NewRegistry())
	if err != nil {
		return err
	}
	defer func() {
		conn.Close()
		if engine != nil {
			engine.Stop()
		}
	}()
	o := bus.RestoreOptions{Conn: conn, Replicas: cfg.NATS.Replicas, Replace: *replace, Logger: ops.NewLogger(env.Stderr, 0)}
	m, err := bus.Restore(ctx, o, f, info.Size())
	if errors.Is(err, bus.ErrNotEmpty) {
		return fmt.Errorf("%w: give an empty data_dir or account, or -replace to remove them", err)
	}
	if err != nil {
		return err
	}
	if engine != nil { // what was counted before was another store
		if err := app.NewInventoryFile(cfg.DataDir).Clear(); err != nil {
			return err
		}
	}
	if cfg.NATS.URL != "" { // a copy has no leases, and the next process may not be allowed to make their bucket
		_, done, err := openBusWithin(ctx, env, cfg, setupTimeout)
		if err != nil {
			return err
		}
		done()
	}
	return printRestored(r, m)
}

func printRestored(r reply, m bus.Manifest) error {
	made := m.MadeAt.Format(time.RFC3339)
	return r.print(map[string]any{"records": m.Records(), "epoch": m.Epoch, "made_at": made}, say("%d records of epoch %s, as of %s, are back", m.Records(), m.Epoch, made))
}

// replaceStore proves a copy beside the store of data_dir and then swaps the two.
func replaceStore(ctx context.Context, env Env, r reply, cfg *config.Config, from io.ReaderAt, size int64) error {
	if err := unswap(cfg.DataDir); err != nil {
		return err
	}
	lock, err := env.StartEngine(cfg.DataDir, ops.NewLogger(io.Discard, 0), prometheus.NewRegistry()) // nobody else has it open
	if err != nil {
		return err
	}
	stage := filepath.Join(cfg.DataDir, stageFolder)
	m, err := prove(ctx, env, stage, from, size)
	lock.Stop()
	if err != nil {
		return errors.Join(fmt.Errorf("nothing was touched: %w", err), os.RemoveAll(stage))
	}
	if err := errors.Join(swapIn(cfg.DataDir), app.NewInventoryFile(cfg.DataDir).Clear()); err != nil {
		return err
	}
	return printRestored(r, m)
}
