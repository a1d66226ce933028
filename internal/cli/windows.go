package cli

import (
	"context"
	"time"

	"github.com/sainyuka/sainyuka/internal/app"
)

// windows prints the windows that were seen, as `simulate -replay` reads them.
func windows(ctx context.Context, env Env, args []string) error {
	fs := newFlags(env, "windows")
	path := fs.String("config", "", "the configuration `FILE` (default config.toml)")
	fs.Bool("json", false, "as without it: each window is a JSON object, a line each")
	if err := ParseFlags(fs, args); err != nil {
		return err
	}
	cfg, err := loadConfig(*path)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	if d := dialDaemon(ctx, cfg.DataDir); d != nil {
		return d.copy(ctx, env.Stdout, "/api/v1/windows")
	}
	b, done, err := openBus(ctx, env, cfg)
	if err != nil {
		return err
	}
	defer done()
	if cfg, err = app.WithProducts(ctx, b.Products, cfg); err != nil {
		return err
	}
	return app.WriteWindows(ctx, env.Stdout, cfg, b.History)
}
