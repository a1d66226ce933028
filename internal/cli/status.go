package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/app"
	"github.com/sainyuka/sainyuka/internal/board"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// askTimeout is how long a running daemon may take to say how it is.
const askTimeout = 10 * time.Second

// statusAnswer is what the API says, as far as it is printed.
type statusAnswer struct {
	Version  string         `json:"version"`
	Products int            `json:"products"`
	Watches  int            `json:"watches"`
	States   map[string]int `json:"states"`
	Dead     *int           `json:"dead"`
	Muted    []struct{ Product string }
	Disabled []stock.Disabled `json:"disabled"`
	Quotas   []stock.Quota    `json:"quotas"`
	Lists    []struct {
		ID    string    `json:"id"`
		Since time.Time `json:"since"`
		stock.Reason
	} `json:"wishlists"`
}

// status says what the daemon of a configuration does and how well. It ends with 1
// when none runs or when it does not do its work.
func status(ctx context.Context, env Env, args []string) error {
	fs := newFlags(env, "status")
	path := fs.String("config", "", "the configuration `FILE` (default config.toml)")
	asJSON := fs.Bool("json", false, "print what the API says, with \"ready\" and \"reason\"")
	if err := ParseFlags(fs, args); err != nil {
		return err
	}
	cfg, err := loadConfig(*path)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	d := dialDaemon(ctx, cfg.DataDir)
	if d == nil { // a watcher has no socket, and says no more than whether it is ready
		return statusByAddress(ctx, env, cfg, *asJSON)
	}
	notReady := d.call(ctx, http.MethodGet, app.ReadyPath, nil)
	body, err := d.ask(ctx, http.MethodGet, "/api/v1/status")
	if err != nil {
		return err
	}
	if *asJSON {
		err = printStatusJSON(env.Stdout, body, notReady)
	} else {
		err = printStatus(env.Stdout, body, notReady)
	}
	if err == nil && notReady != nil {
		return errShown
	}
	return err
}

// statusByAddress asks the address of the configuration whether a process is ready.
func statusByAddress(ctx context.Context, env Env, cfg *config.Config, asJSON bool) error {
	_, err := askReady(ctx, cfg.Web.Listen)
	switch {
	case errors.Is(err, errNoDaemon) && !asJSON:
		fmt.Fprintln(env.Stderr, say("no daemon answers at %s: `%s run` starts one", cfg.Web.Listen, env.Program))
	case asJSON:
		if err := printStatusJSON(env.Stdout, []byte("{}"), err); err != nil {
			return err
		}
	case err == nil:
		fmt.Fprintln(env.Stdout, readiness(nil))
	default:
		return err
	}
	if err != nil {
		return errShown
	}
	return nil
}

func readiness(notReady error) string {
	if notReady != nil {
		return say("not ready: %v", notReady)
	}
	return say("ready")
}

func printStatusJSON(w io.Writer, body []byte, notReady error) error {
	all := map[string]any{}
	if err := json.Unmarshal(body, &all); err != nil {
		return fmt.Errorf("read the daemon's answer: %w", err)
	}
	all["ready"] = notReady == nil
	if notReady != nil {
		all["reason"] = notReady.Error()
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(all)
}

func printStatus(w io.Writer, body []byte, notReady error) error {
	var s statusAnswer
	if err := json.Unmarshal(body, &s); err != nil {
		return fmt.Errorf("read the daemon's answer: %w", err)
	}
	language := stock.Language(languageNow())
	var states []string
	for _, class := range board.Classes() {
		if n := s.States[string(class)]; n > 0 {
			states = append(states, fmt.Sprintf("%d %s", n, class.In(language)))
		}
	}
	fmt.Fprintln(w, say("%s, version %s", readiness(notReady), s.Version))
	fmt.Fprint(w, say("%d products, %d pages", s.Products, s.Watches))
	if len(states) > 0 {
		fmt.Fprintf(w, ": %s", strings.Join(states, ", "))
	}
	fmt.Fprintln(w)
	if s.Dead != nil && *s.Dead > 0 {
		fmt.Fprintln(w, say("%d alerts were given up: see `sainyuka dead list`", *s.Dead))
	}
	for _, m := range s.Muted {
		fmt.Fprintln(w, say("muted: %s", m.Product))
	}
	for _, d := range s.Disabled {
		fmt.Fprintln(w, say("channel %s is not sent to: see `sainyuka enable %s`", d.Channel, d.Channel))
	}
	for _, q := range s.Quotas {
		fmt.Fprintln(w, say("channel %s has used up its quota", q.Channel))
	}
	for _, l := range s.Lists {
		if !l.Since.IsZero() {
			fmt.Fprintln(w, say("the wish list %s cannot be read: %s", l.ID, l.In(language)))
		}
	}
	return nil
}

// reload has the daemon of a configuration read it again.
func reload(ctx context.Context, env Env, args []string) error {
	fs := newFlags(env, "reload")
	r := replies(env, fs)
	path := fs.String("config", "", "the configuration `FILE` (default config.toml)")
	if err := ParseFlags(fs, args); err != nil {
		return err
	}
	cfg, err := loadConfig(*path)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	d := dialDaemon(ctx, cfg.DataDir)
	if d == nil {
		return fmt.Errorf("%w: its socket would be in %s (a watcher has none: send it SIGHUP)", errNoDaemon, cfg.DataDir)
	}
	if err := d.call(ctx, http.MethodPost, app.ReloadPath, nil); err != nil {
		return err
	}
	return r.print(map[string]any{"reloaded": true}, say("configuration reloaded"))
}
