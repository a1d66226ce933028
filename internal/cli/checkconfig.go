package cli

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/sainyuka/sainyuka/internal/config"
)

func checkConfig(ctx context.Context, env Env, args []string) error {
	fs := newFlags(env, "check-config")
	path := fs.String("config", "", "the configuration `FILE` (default config.toml)")
	if err := ParseFlags(fs, args); err != nil {
		return err
	}
	if *path == "" {
		*path = defaultConfig
	}
	cfg, err := loadUntil(ctx, *path)
	if err != nil {
		return err
	}
	warnings := cfg.Warnings
	if cfg.Language == "ja" && languageOf(os.Getenv) == "ja" {
		warnings = cfg.WarningsJA
	}
	for _, w := range warnings {
		fmt.Fprintln(env.Stderr, w)
	}
	watches := 0
	for _, p := range cfg.Products {
		watches += len(p.Watches)
	}
	fmt.Fprintln(env.Stdout, say("%s: ok: products %d, watches %d, channels %d", *path, len(cfg.Products), watches, len(cfg.Channels)))
	return nil
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
	if err := ParseFlags(newFlags(env, "version"), args); err != nil {
		return err
	}
	fmt.Fprintf(env.Stdout, "%s %s\n", env.Program, env.Version)
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil
	}
	fmt.Fprintf(env.Stdout, "go %s\n", info.GoVersion)
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision", "vcs.time", "vcs.modified", "GOOS", "GOARCH":
			fmt.Fprintf(env.Stdout, "%s %s\n", s.Key, s.Value)
		}
	}
	return nil
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
