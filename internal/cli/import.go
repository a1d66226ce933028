package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/migrate"
)

// importList writes what another tool's list holds as products of the configuration,
// and what could not be carried over as a line each to standard error.
func importList(_ context.Context, env Env, args []string) error {
	fs := newFlags(env, "import")
	asJSON := fs.Bool("json", false, "print one JSON object with the products, and what could not be carried over, in place of TOML")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usagef("import needs one FILE: a list of addresses, CSV, urlwatch or webchanges YAML, a changedetection.io backup (JSON or zip) or a PriceBuddy export; - reads standard input")
	}
	name := rest[0]
	file, err := readList(name)
	if err != nil {
		return err
	}
	list, err := migrate.Read(file)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if *asJSON {
		return printImported(env.Stdout, list)
	}
	text, err := config.Export(list.Products)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if _, err := env.Stdout.Write(text); err != nil {
		return fmt.Errorf("print the products: %w", err)
	}
	for _, left := range list.Left {
		fmt.Fprintf(env.Stderr, "%s: %s: %s\n", name, left.Entry, left.What)
	}
	fmt.Fprintf(env.Stderr, "%s: %s: %d products, %d things that could not be carried over\n", name, list.Format, len(list.Products), len(list.Left))
	return nil
}

// printImported writes products as the API takes them, and what was left.
func printImported(w io.Writer, list migrate.List) error {
	type left struct {
		Entry string `json:"entry"`
		What  string `json:"what"`
	}
	out := struct {
		Format   string           `json:"format"`
		Products []map[string]any `json:"products"`
		Left     []left           `json:"left"`
	}{list.Format, list.Products, make([]left, len(list.Left))}
	if out.Products == nil {
		out.Products = []map[string]any{}
	}
	for i, l := range list.Left {
		out.Left[i] = left(l)
	}
	return printLine(w, out)
}

// readList reads a file of which no more is taken than can be carried over.
func readList(name string) ([]byte, error) {
	in := io.Reader(os.Stdin)
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			var pe *os.PathError
			if errors.As(err, &pe) {
				err = pe.Err
			}
			return nil, usagef("cannot read %s: %w", name, err)
		}
		defer f.Close()
		in = f
	}
	file, err := io.ReadAll(io.LimitReader(in, migrate.MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return file, nil
}
