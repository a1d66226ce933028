package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
)

// daemon is the program as the README builds it, at work on a configuration of ours.
type daemon struct {
	cmd     *exec.Cmd
	address string // of the dashboard
	stop    func()
}

// build makes the program as the README does and returns its file.
func build(ctx context.Context, dir string) (file string, err error) {
	file = filepath.Join(dir, "sainyuka")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", file, "./cmd/sainyuka")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build ./cmd/sainyuka: %w: %s", err, out)
	}
	return file, nil
}

// listening is the line of the log that tells the dashboard's address.
var listening = regexp.MustCompile(`dashboard=http://([^/ ]+)/`)

// startDaemon runs the program in a folder of its own until stop.
func startDaemon(ctx context.Context, program, config string) (*daemon, error) {
	dir, err := os.MkdirTemp("", "sainyuka-bench-")
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return nil, err
	}
	d := &daemon{cmd: exec.CommandContext(ctx, program, "run", "-config", file, "-log-level", "INFO")}
	d.cmd.Stdout = io.Discard
	log, err := d.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := d.cmd.Start(); err != nil {
		return nil, err
	}
	d.stop = func() {
		_ = d.cmd.Process.Signal(os.Interrupt)
		_ = d.cmd.Wait()
		_ = os.RemoveAll(dir)
	}
	lines := bufio.NewReader(log)
	var said strings.Builder
	for {
		line, err := lines.ReadString('\n')
		said.WriteString(line)
		if m := listening.FindStringSubmatch(line); m != nil {
			d.address = "http://" + m[1]
			go func() { _, _ = io.Copy(io.Discard, lines) }()
			return d, nil
		}
		if err != nil {
			d.stop()
			return nil, fmt.Errorf("the daemon did not start: %s", said.String())
		}
	}
}

// usage is what the daemon has in memory, of that what is of its program's file, and what
// it had at most, in bytes.
type usage struct{ now, file, peak int64 }

func (d *daemon) resident() (u usage, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", d.cmd.Process.Pid))
	if err != nil {
		return u, fmt.Errorf("read what the daemon has in memory (Linux only): %w", err)
	}
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if len(f) != 3 {
			continue
		}
		kib, _ := strconv.ParseInt(f[1], 10, 64)
		switch f[0] {
		case "VmRSS:":
			u.now = kib << 10
		case "RssFile:":
			u.file = kib << 10
		case "VmHWM:":
			u.peak = kib << 10
		}
	}
	return u, nil
}

// cpu is the time of all cores that the daemon has used.
func (d *daemon) cpu() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", d.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := bytes.Cut(text, []byte(") ")) // the name may have spaces
	f := strings.Fields(string(rest))
	if len(f) < 13 {
		return 0, fmt.Errorf("/proc/PID/stat has %d fields", len(f))
	}
	user, _ := strconv.ParseInt(f[11], 10, 64)
	system, _ := strconv.ParseInt(f[12], 10, 64)
	const tick = time.Second / 100 // of all Linux systems
	return time.Duration(user+system) * tick, nil
}

// get asks the daemon for a path and returns how long the answer took.
func (d *daemon) get(ctx context.Context, path string) (status int, body []byte, took time.Duration, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.address+path, nil)
	if err != nil {
		return 0, nil, 0, err
	}
	begun := clock.Now()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, 0, err
	}
	defer answer.Body.Close()
	body, err = io.ReadAll(answer.Body)
	return answer.StatusCode, body, clock.Since(begun), err
}

// known is how many watches the dashboard knows to be out of stock.
func (d *daemon) known(ctx context.Context) (n int, err error) {
	_, body, _, err := d.get(ctx, "/api/v1/status")
	if err != nil {
		return 0, err
	}
	var said struct {
		States struct {
			No int `json:"no"`
		} `json:"states"`
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return 0, fmt.Errorf("read /api/v1/status: %w", err)
	}
	return said.States.No, nil
}

// waitFor waits until so many watches are known.
func (d *daemon) waitFor(ctx context.Context, want int, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		got, err := d.known(ctx)
		if err == nil && got >= want {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d watches are known after %v, want %d: %w", got, patience, want, errors.Join(err, ctx.Err()))
		case <-time.After(2 * time.Second):
		}
	}
}

// sum adds up the series of a metric.
func (d *daemon) sum(ctx context.Context, metric string) (total float64, err error) {
	_, body, _, err := d.get(ctx, "/metrics")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(body)) {
		rest, ok := strings.CutPrefix(line, metric+"{")
		if !ok {
			continue
		}
		value, err := strconv.ParseFloat(strings.TrimSpace(rest[strings.LastIndexByte(rest, ' ')+1:]), 64)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", line, err)
		}
		total += value
	}
	return total, nil
}
