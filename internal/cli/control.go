package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"time"

	"github.com/sainyuka/sainyuka/internal/app"
	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/ops"
	"github.com/sainyuka/sainyuka/internal/stock"

	"github.com/prometheus/client_golang/prometheus"
)

// openTimeout is how long a tool waits for a NATS server: unlike a daemon it has
// a person before it, who can mend the address.
const openTimeout = 10 * time.Second

// openDeadLetters finds the dead letters of a configuration: through the running
// daemon when there is one, else on the bus.
func openDeadLetters(ctx context.Context, env Env, cfg *config.Config) (store deadLetters, done func(), err error) {
	if d := dialDaemon(ctx, cfg.DataDir); d != nil {
		return d, func() {}, nil
	}
	return openBus(ctx, env, cfg)
}

// openBus opens the bus of a configuration, which takes the data folder's lock
// when the engine is embedded. done gives it back.
func openBus(ctx context.Context, env Env, cfg *config.Config) (b *bus.Bus, done func(), err error) {
	return openBusWithin(ctx, env, cfg, openTimeout)
}

func openBusWithin(ctx context.Context, env Env, cfg *config.Config, limit time.Duration) (b *bus.Bus, done func(), err error) {
	log := ops.NewLogger(io.Discard, 0)
	conn, engine, err := connect(env, cfg, log, prometheus.NewRegistry())
	if err != nil {
		return nil, nil, err
	}
	done = func() {
		if b != nil && engine != nil { // the next start compares the store with it
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			b.Inventory.TakeInventory(last)
			cancel()
		}
		conn.Close()
		if engine != nil {
			engine.Stop()
		}
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	o := bus.Options{Conn: conn, Replicas: cfg.NATS.Replicas, MemoryLeases: engine != nil, Logger: log, Registerer: prometheus.NewRegistry()}
	if engine != nil {
		o.Inventory = app.NewInventoryFile(cfg.DataDir)
	}
	b, err = bus.Open(ctx, o)
	if err != nil {
		done()
		return nil, nil, fmt.Errorf("open the bus: %w", err)
	}
	return b, done, nil
}

// daemon speaks to a running daemon through its control socket.
type daemon struct{ http *http.Client }

// dialDaemon returns nil when no daemon answers on the socket in dir.
func dialDaemon(ctx context.Context, dir string) *daemon {
	path := filepath.Join(dir, app.SocketName)
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "unix", path)
	}
	conn, err := dial(ctx, "", "")
	if err != nil {
		return nil
	}
	conn.Close()
	return &daemon{&http.Client{Transport: &http.Transport{DialContext: dial}, Timeout: 30 * time.Second}}
}

// Dead lists the letters that were given up.
func (d *daemon) Dead(ctx context.Context) ([]stock.DeadLetter, error) {
	var answer struct {
		Dead []stock.DeadLetter `json:"dead"`
	}
	err := d.call(ctx, http.MethodGet, "/api/v1/dead", &answer)
	return answer.Dead, err
}

// Redrive puts a letter back into the outbox.
func (d *daemon) Redrive(ctx context.Context, id string) error {
	return d.call(ctx, http.MethodPost, "/api/v1/dead/"+url.PathEscape(id)+"/redrive", nil)
}

// Discard deletes a letter.
func (d *daemon) Discard(ctx context.Context, id string) error {
	return d.call(ctx, http.MethodDelete, "/api/v1/dead/"+url.PathEscape(id), nil)
}

// test sends a test alert to all recipients of a channel.
func (d *daemon) test(ctx context.Context, channel string, longest bool) (providerID string, took time.Duration, err error) {
	var answer struct {
		TookSeconds float64 `json:"took_seconds"`
		ProviderID  string  `json:"provider_id"`
		Error       string  `json:"error"`
	}
	path := "/api/v1/channels/" + url.PathEscape(channel) + "/test"
	if longest {
		path += "?longest=true"
	}
	if err := d.call(ctx, http.MethodPost, path, &answer); err != nil {
		return "", 0, err
	}
	if answer.Error != "" {
		err = errors.New(answer.Error)
	}
	return answer.ProviderID, time.Duration(answer.TookSeconds * float64(time.Second)), err
}

// copy writes the daemon's answer to w as it is.
func (d *daemon) copy(ctx context.Context, w io.Writer, path string) error {
	body, err := d.ask(ctx, http.MethodGet, path)
	if err != nil {
		return err
	}
	if _, err := w.Write(body); err != nil {
		return fmt.Errorf("print the daemon's answer: %w", err)
	}
	return nil
}

func (d *daemon) call(ctx context.Context, method, path string, answer any) error {
	body, err := d.ask(ctx, method, path)
	if err != nil || answer == nil {
		return err
	}
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(answer); err != nil {
		return fmt.Errorf("read the daemon's answer: %w", err)
	}
	return nil
}

func (d *daemon) ask(ctx context.Context, method, path string) ([]byte, error) {
	return d.request(ctx, method, path, http.NoBody)
}

func (d *daemon) request(ctx context.Context, method, path string, body io.Reader) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://sainyuka"+path, body)
	if err != nil {
		return nil, fmt.Errorf("ask the running daemon: %w", err)
	}
	resp, err := d.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask the running daemon: %w", err)
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(io.LimitReader(resp.Body, 64<<20))
	if err != nil {
		return nil, fmt.Errorf("ask the running daemon: %w", err)
	}
	if resp.StatusCode >= 300 {
		var problem struct {
			Error string `json:"error"`
		}
		if json.Unmarshal(said, &problem) == nil && problem.Error != "" {
			return nil, errors.New(problem.Error)
		}
		return nil, fmt.Errorf("ask the running daemon: %s", resp.Status)
	}
	return said, nil
}
