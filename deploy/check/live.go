package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// tools are the programs of the live check.
type tools struct{ sainyuka, prometheus, alertmanager string }

const liveConfig = `data_dir = %q
language = "en"
[web]
listen = %q
[fetch]
allow_private_addresses = true
[[product]]
id = "thing"
[[product.watch]]
url = "http://127.0.0.1:9/item/1"
[[channel]]
id = "log"
type = "log"
`

// checkLive has a real Prometheus scrape a real process with our rules. The process is then told to reload a
// configuration with a mistake: the alert must go through a real Alertmanager, with our example, to a webhook. Every
// query of every panel is asked of that Prometheus too.
func checkLive(ctx context.Context, deploy string, t tools) (err error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	dir, err := os.MkdirTemp("", "live")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	var addresses [3]string
	for i := range addresses {
		if addresses[i], err = freeAddress(); err != nil {
			return err
		}
	}
	box, prometheus, alertmanager := addresses[0], addresses[1], addresses[2]
	alerts := make(chan string, 100)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			alerts <- string(body)
		}
	}))
	defer hook.Close()
	config := filepath.Join(dir, "config.toml")
	if err := liveFiles(deploy, dir, config, box, prometheus, alertmanager, hook.URL); err != nil {
		return err
	}
	program, stop, err := start(ctx, t.sainyuka, "run", "-config", config)
	if err != nil {
		return err
	}
	defer stop()
	_, stop, err = start(ctx, t.alertmanager, "--config.file="+filepath.Join(dir, "alertmanager.yml"), "--storage.path="+filepath.Join(dir, "am"),
		"--web.listen-address="+alertmanager, "--cluster.listen-address=")
	if err != nil {
		return err
	}
	defer stop()
	_, stop, err = start(ctx, t.prometheus, "--config.file="+filepath.Join(dir, "prometheus.yml"), "--storage.tsdb.path="+filepath.Join(dir, "tsdb"),
		"--web.listen-address="+prometheus)
	if err != nil {
		return err
	}
	defer stop()
	if err := untilQuery(ctx, prometheus, `sainyuka_config_last_reload_successful == 1`); err != nil {
		return err
	}
	if err := os.WriteFile(config, []byte("nonsense = 1\n"), 0o600); err != nil {
		return err
	}
	if err := program.Signal(syscall.SIGHUP); err != nil {
		return err
	}
	if err := untilAlert(ctx, alerts, "SainyukaConfigReloadFailed"); err != nil {
		return err
	}
	queries, err := readQueries(deploy)
	if err != nil {
		return err
	}
	for _, q := range queries {
		if _, err := ask(ctx, prometheus, plain(q.expr)); err != nil {
			return fmt.Errorf("%s: panel %q: %w", q.dashboard, q.panel, err)
		}
	}
	return nil
}

// liveFiles writes the configurations: ours, with the addresses and times of this check.
func liveFiles(deploy, dir, config, box, prometheus, alertmanager, hook string) error {
	if err := os.WriteFile(config, fmt.Appendf(nil, liveConfig, filepath.Join(dir, "data"), box), 0o600); err != nil {
		return err
	}
	for from, change := range map[string]*strings.Replacer{
		"prometheus.yml": strings.NewReplacer("127.0.0.1:8480", box, "127.0.0.1:9093", alertmanager, "15s", "1s",
			"- alerts.yml", "- "+filepath.Join(deploy, "prometheus", "alerts.yml"), "- slo.yml", "- "+filepath.Join(deploy, "prometheus", "slo.yml"),
			"scrape_configs:", "global: {evaluation_interval: 1s}\nscrape_configs:"),
		"alertmanager.yml": strings.NewReplacer("http://127.0.0.1:9099/alerts", hook, "group_wait: 30s", "group_wait: 1s"),
	} {
		text, err := os.ReadFile(filepath.Join(deploy, "prometheus", from))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, from), []byte(change.Replace(string(text))), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// start runs a program until stop is called; what it says is shown when it ends by itself.
func start(ctx context.Context, name string, args ...string) (*os.Process, func(), error) {
	cmd := exec.CommandContext(ctx, name, args...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	return cmd.Process, func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n%s", filepath.Base(name), err, said.Bytes())
		}
	}, nil
}

// ask returns how many samples a query gives.
func ask(ctx context.Context, prometheus, query string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+prometheus+"/api/v1/query?query="+url.QueryEscape(query), nil)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	var answer struct {
		Status, Error string
		Data          struct{ Result []any }
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return 0, err
	}
	if answer.Status != "success" {
		return 0, fmt.Errorf("%s: %s", query, answer.Error)
	}
	return len(answer.Data.Result), nil
}

// untilQuery waits until a query gives something.
func untilQuery(ctx context.Context, prometheus, query string) error {
	for {
		n, err := ask(ctx, prometheus, query)
		if err == nil && n > 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("Prometheus never had %s: %w", query, errors.Join(err, ctx.Err()))
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func untilAlert(ctx context.Context, alerts <-chan string, name string) error {
	var heard []string
	for {
		select {
		case a := <-alerts:
			if strings.Contains(a, `"alertname":"`+name+`"`) && strings.Contains(a, `"status":"firing"`) {
				return nil
			}
			heard = append(heard, a)
		case <-ctx.Done():
			return fmt.Errorf("the webhook never heard %s, but %q: %w", name, heard, ctx.Err())
		}
	}
}
