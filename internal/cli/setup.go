package cli

import (
	"context"
	"time"
)

// setupTimeout is how long the streams of a cluster may take to be made.
const setupTimeout = 2 * time.Minute

// setup makes the streams and buckets of a cluster, or adjusts them, as a user who may:
// watchers and notifiers need no such right then.
func setup(ctx context.Context, env Env, args []string) error {
	fs := newFlags(env, "setup")
	r := replies(env, fs)
	path := fs.String("config", "", "the configuration `FILE` (default config.toml)")
	credentials := fs.String("credentials", "", "`FILE` of the user who may make streams, instead of nats.credentials_file")
	if err := ParseFlags(fs, args); err != nil {
		return err
	}
	cfg, err := loadConfigAs(*path, *credentials)
	if err != nil {
		return err
	}
	if cfg.NATS.URL == "" {
		return usagef("%s: nats.url is missing: without a cluster everything is made at the first start", cfg.Path)
	}
	b, done, err := openBusWithin(ctx, env, cfg, setupTimeout)
	if err != nil {
		return err
	}
	defer done()
	return r.print(map[string]any{"epoch": b.Epoch()}, say("the streams are there, epoch %s", b.Epoch()))
}
