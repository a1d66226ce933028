package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// healthTimeout is shorter than what container engines grant a check, so that the reason is printed.
const healthTimeout = 4 * time.Second

// errNoDaemon says that nothing answers where a daemon would.
var errNoDaemon = errors.New("no daemon answers")

// healthCheck asks the daemon of a configuration whether it is ready: for images, which have no other program.
func healthCheck(ctx context.Context, env Env, args []string) error {
	fs := newFlags(env, "healthcheck")
	r := replies(env, fs)
	path := fs.String("config", "", "the configuration `FILE` (default config.toml)")
	listen := fs.String("listen", "", "`ADDRESS` that the daemon was given instead of web.listen")
	if err := ParseFlags(fs, args); err != nil {
		return err
	}
	if *listen == "" {
		cfg, err := loadConfig(*path)
		if err != nil {
			return err
		}
		*listen = cfg.Web.Listen
	}
	answer, err := askReady(ctx, *listen)
	if err != nil {
		if *r.json {
			_ = r.print(map[string]any{"ready": false, "reason": err.Error()}, "")
		}
		return err
	}
	return r.print(map[string]any{"ready": true, "says": answer}, answer)
}

// askReady returns what /readyz says, an error when that is not yes.
func askReady(ctx context.Context, listen string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+reachable(listen)+"/readyz", nil)
	if err != nil {
		return "", err
	}
	resp, err := (&http.Client{Transport: &http.Transport{}}).Do(req) // by no proxy of the environment
	if err != nil {
		return "", fmt.Errorf("%w: %w", errNoDaemon, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return "", fmt.Errorf("read the answer of the daemon: %w", err)
	}
	said := strings.TrimSpace(string(body))
	if resp.StatusCode != http.StatusOK {
		return "", errors.New("not ready: " + said)
	}
	return said, nil
}

// reachable turns an address to listen on into one to ask: ":8480" and "0.0.0.0:8480" are this machine's.
func reachable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	switch ip, err := netip.ParseAddr(host); {
	case host == "", err == nil && ip.IsUnspecified() && ip.Is4():
		host = "127.0.0.1"
	case err == nil && ip.IsUnspecified():
		host = "::1"
	}
	return net.JoinHostPort(host, port)
}
