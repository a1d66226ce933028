package cli

import (
	"context"
	"errors"
	"flag"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/sainyuka/sainyuka/internal/app"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/web"
)

// switcher is who changes what people may change: a running daemon, or this
// process on the bus itself.
type switcher interface {
	Mute(ctx context.Context, product string, d time.Duration) error
	Unmute(ctx context.Context, product string) error
	Enable(ctx context.Context, channel string) (int, error)
}

func mute(ctx context.Context, env Env, args []string) error {
	fs := newFlags(env, "mute")
	r := replies(env, fs)
	path := fs.String("config", "", "the configuration `FILE` (default config.toml)")
	d := fs.Duration("for", 0, "how long, such as 1h; without it until `sainyuka unmute`")
	return flip(ctx, env, fs, args, path, "PRODUCT", func(ctx context.Context, s switcher, product string) error {
		forAWhile := false
		fs.Visit(func(f *flag.Flag) { forAWhile = forAWhile || f.Name == "for" })
		if forAWhile && *d < time.Second { // no time is not for good
			return usagef("-for %v: must be at least 1s", *d)
		}
		if err := s.Mute(ctx, product, *d); err != nil {
			return err
		}
		until := said{format: "until it is unmuted"}
		if *d > 0 {
			until = said{"for %s", []any{d.String()}}
		}
		return r.print(map[string]any{"product": product, "muted": true, "for_seconds": d.Seconds()}, say("product %s: nobody hears of it %s", product, until))
	})
}

func unmute(ctx context.Context, env Env, args []string) error {
	fs := newFlags(env, "unmute")
	r := replies(env, fs)
	path := fs.String("config", "", "the configuration `FILE` (default config.toml)")
	return flip(ctx, env, fs, args, path, "PRODUCT", func(ctx context.Context, s switcher, product string) error {
		if err := s.Unmute(ctx, product); err != nil {
			return err
		}
		return r.print(map[string]any{"product": product, "muted": false}, say("product %s: alerts come again", product))
	})
}

func enable(ctx context.Context, env Env, args []string) error {
	fs := newFlags(env, "enable")
	r := replies(env, fs)
	path := fs.String("config", "", "the configuration `FILE` (default config.toml)")
	return flip(ctx, env, fs, args, path, "CHANNEL", func(ctx context.Context, s switcher, channel string) error {
		n, err := s.Enable(ctx, channel)
		if err != nil {
			return err
		}
		what := said{"%d recipients enabled again", []any{n}}
		switch n {
		case 0:
			what = said{format: "no recipient was disabled"}
		case 1:
			what = said{format: "1 recipient enabled again"}
		}
		return r.print(map[string]any{"channel": channel, "enabled": n}, say("channel %s: %s", channel, what))
	})
}

// flip runs one of the switches on the thing that the arguments name.
func flip(ctx context.Context, env Env, fs *flag.FlagSet, args []string, path *string, what string, do func(context.Context, switcher, string) error) error {
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usagef("%s needs one %s", fs.Name(), what)
	}
	cfg, err := loadConfig(*path)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	s, done, err := openSwitches(ctx, env, cfg)
	if err != nil {
		return err
	}
	defer done()
	err = do(ctx, s, rest[0])
	if errors.Is(err, web.ErrNoProduct) || errors.Is(err, web.ErrNoChannel) {
		return usagef("%s has no %s %q", cfg.Path, map[string]string{"PRODUCT": "product", "CHANNEL": "channel"}[what], rest[0])
	}
	return err
}

func openSwitches(ctx context.Context, env Env, cfg *config.Config) (switcher, func(), error) {
	if d := dialDaemon(ctx, cfg.DataDir); d != nil {
		return d, func() {}, nil
	}
	b, done, err := openBus(ctx, env, cfg)
	if err != nil {
		return nil, nil, err
	}
	if cfg, err = app.WithProducts(ctx, b.Products, cfg); err != nil {
		done()
		return nil, nil, err
	}
	return app.NewSwitches(b.People, cfg), done, nil
}

// Mute asks the daemon to tell nobody of a product.
func (d *daemon) Mute(ctx context.Context, product string, wait time.Duration) error {
	path := "/api/v1/products/" + url.PathEscape(product) + "/mute"
	if wait > 0 {
		path += "?for_seconds=" + strconv.FormatInt(int64(wait/time.Second), 10)
	}
	return d.call(ctx, http.MethodPost, path, nil)
}

// Unmute takes that back.
func (d *daemon) Unmute(ctx context.Context, product string) error {
	return d.call(ctx, http.MethodDelete, "/api/v1/products/"+url.PathEscape(product)+"/mute", nil)
}

// Enable asks the daemon to send to a channel's disabled recipients again.
func (d *daemon) Enable(ctx context.Context, channel string) (int, error) {
	var answer struct {
		Enabled int `json:"enabled"`
	}
	err := d.call(ctx, http.MethodPost, "/api/v1/channels/"+url.PathEscape(channel)+"/enable", &answer)
	return answer.Enabled, err
}
