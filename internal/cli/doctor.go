package cli

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/app"
	"github.com/sainyuka/sainyuka/internal/config"
)

// doctorTimeout bounds the reading of a whole store.
const doctorTimeout = 5 * time.Minute

// doctor compares the store with the configuration, explains what it
// finds, and mends what it can. It fails while trouble is left.
func doctor(ctx context.Context, env Env, args []string) error {
	fs := newFlags(env, "doctor")
	path := fs.String("config", "", "the configuration `FILE` (default config.toml)")
	repair := fs.Bool("repair", false, "mend what can be mended")
	asJSON := fs.Bool("json", false, "print one JSON object")
	if err := ParseFlags(fs, args); err != nil {
		return err
	}
	cfg, err := loadConfig(*path)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, doctorTimeout)
	defer cancel()
	found, err := examine(ctx, env, cfg, *repair)
	if err != nil {
		return fmt.Errorf("examine the store: %w", err)
	}
	left := slices.ContainsFunc(found, func(f app.Diagnosis) bool { return f.Severity == app.Trouble && !f.Mended })
	if *asJSON {
		err = printJSON(env.Stdout, struct {
			OK       bool            `json:"ok"`
			Findings []app.Diagnosis `json:"findings"`
		}{!left, orEmpty(found)})
	} else {
		for _, f := range found {
			if _, err = fmt.Fprintf(env.Stdout, "%-7s %s\n", f.Severity, f.Text); err != nil {
				break
			}
		}
	}
	if err == nil && left {
		err = errShown
	}
	return err
}

// examine asks the daemon that runs, or opens the store itself.
func examine(ctx context.Context, env Env, cfg *config.Config, repair bool) ([]app.Diagnosis, error) {
	if d := dialDaemon(ctx, cfg.DataDir); d != nil {
		d.http.Timeout = doctorTimeout
		method := http.MethodGet
		if repair {
			method = http.MethodPost
		}
		var answer struct {
			Findings []app.Diagnosis `json:"findings"`
		}
		err := d.call(ctx, method, app.DoctorPath, &answer)
		return answer.Findings, err
	}
	b, done, err := openBus(ctx, env, cfg)
	if err != nil {
		return nil, err
	}
	defer done()
	return app.Doctor(ctx, b, cfg, repair)
}
