package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/sainyuka/sainyuka/internal/app"
	"github.com/sainyuka/sainyuka/internal/config"
)

func checkConfig(ctx context.Context, env Env, args []string) error {
	fs := newFlags(env, "check-config")
	r := replies(env, fs)
	path := fs.String("config", "", "the configuration `FILE` (default config.toml)")
	if err := ParseFlags(fs, args); err != nil {
		return err
	}
	if *path == "" {
		*path = defaultConfig
	}
	cfg, err := loadUntil(ctx, *path)
	if err != nil {
		if mistakes, bad := errors.AsType[configError](err); bad && *r.json {
			_ = r.print(map[string]any{"ok": false, "mistakes": strings.Split(inLanguage(mistakes.error), "\n")}, "")
		}
		return err
	}
	warnings, language := cfg.Warnings, "en"
	if cfg.Language == "ja" && languageNow() == "ja" {
		warnings, language = cfg.WarningsJA, "ja"
	}
	warnings = append(warnings, movedWarnings(ctx, cfg, language)...)
	for _, w := range warnings {
		fmt.Fprintln(env.Stderr, w)
	}
	watches := 0
	for _, p := range cfg.Products {
		watches += len(p.Watches)
	}
	return r.print(map[string]any{"ok": true, "products": len(cfg.Products), "watches": watches, "channels": len(cfg.Channels), "warnings": orEmpty(warnings)},
		say("%s: ok: products %d, watches %d, channels %d", *path, len(cfg.Products), watches, len(cfg.Channels)))
}

// movedWarnings names the pages of a configuration that their shops have moved to https
// for good, where a daemon runs by it and has found that: each costs a look more after
// every start.
func movedWarnings(ctx context.Context, cfg *config.Config, language string) (warnings []string) {
	d := dialDaemon(ctx, cfg.DataDir)
	if d == nil {
		return nil
	}
	var answer struct {
		Moved map[string]string `json:"moved"`
	}
	if err := d.call(ctx, http.MethodGet, app.MovedPath, &answer); err != nil {
		return nil // it only starts, or is of a version that does not say
	}
	file, err := os.ReadFile(cfg.Path)
	if err != nil {
		return nil
	}
	line := 0
	for text := range strings.Lines(string(file)) {
		line++
		for url, to := range answer.Moved {
			if strings.Contains(text, strconv.Quote(url)) {
				warnings = append(warnings, said{"%s:%d: url: warning: the shop has moved this page to https for good: write %s", []any{cfg.Path, line, to}}.in(language))
			}
		}
	}
	return warnings
}

// loadUntil reads a configuration, but no longer than ctx lasts: whoever wants the
// command to end is not kept waiting by what the file holds.
func loadUntil(ctx context.Context, path string) (*config.Config, error) {
	type loaded struct {
		cfg *config.Config
		err error
	}
	done := make(chan loaded, 1)
	go func() {
		cfg, err := loadConfig(path)
		done <- loaded{cfg, err}
	}()
	select {
	case l := <-done:
		return l.cfg, l.err
	case <-ctx.Done():
		return nil, fmt.Errorf("check the configuration: %w", context.Cause(ctx))
	}
}

func version(_ context.Context, env Env, args []string) error {
	fs := newFlags(env, "version")
	r := replies(env, fs)
	if err := ParseFlags(fs, args); err != nil {
		return err
	}
	known, lines := map[string]any{"program": env.Program, "version": env.Version}, []string{env.Program + " " + env.Version}
	if info, ok := debug.ReadBuildInfo(); ok {
		known["go"], lines = info.GoVersion, append(lines, "go "+info.GoVersion)
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision", "vcs.time", "vcs.modified", "GOOS", "GOARCH":
				known[s.Key], lines = s.Value, append(lines, s.Key+" "+s.Value)
			}
		}
	}
	return r.print(known, strings.Join(lines, "\n"))
}

// release is the version that deploy/release builds; its linker writes it here. It is empty in every other build.
var release string

// Version returns the version that was released or that the build recorded, or "devel".
func Version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}
