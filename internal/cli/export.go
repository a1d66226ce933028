package cli

import (
	"context"
	"io"

	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/web"
)

// export prints the products that were added while it ran.
func export(ctx context.Context, env Env, args []string) error {
	fs := newFlags(env, "export")
	asJSON := fs.Bool("json", false, "print each product as one JSON object, as the API takes it, a line each, in place of TOML")
	path := fs.String("config", "", "the configuration `FILE` (default config.toml)")
	if err := ParseFlags(fs, args); err != nil {
		return err
	}
	return withProducts(ctx, env, *path, loadConfig, func(_ context.Context, d web.Editor) error {
		text, err := d.Export()
		if err != nil {
			return err
		}
		if *asJSON {
			return printProducts(env.Stdout, text)
		}
		_, err = env.Stdout.Write(text)
		return err
	})
}

// printProducts writes products that are exported as TOML, a JSON object each.
func printProducts(w io.Writer, text []byte) error {
	products, err := config.Exported(text)
	if err != nil {
		return err
	}
	for _, p := range products {
		if err := printLine(w, p); err != nil {
			return err
		}
	}
	return nil
}
