package cli

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/app"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/ops"
	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// findTime bounds the whole of a search: two requests to each API, with the gap
// between them.
const findTime = 45 * time.Second

// found is what a search found, for people to read.
type found struct{ web.Found }

// find asks all sources that can be asked who has a thing now.
func find(ctx context.Context, env Env, args []string) error {
	fs := newFlags(env, "find")
	jan := fs.String("jan", "", "the 13 digits below the bar code (`CODE`), or an ISBN")
	words := fs.String("q", "", "`WORDS` that all stand in the title")
	configFile := fs.String("config", "", "take the keys of the APIs from this configuration `FILE` (default config.toml, when it is there)")
	asJSON := fs.Bool("json", false, "print one JSON object")
	if err := ParseFlags(fs, args); err != nil {
		return err
	}
	queries, err := app.Queries(*jan, *words)
	if errors.Is(err, app.ErrQuestion) {
		return usagef("find needs -jan CODE or -q WORDS, one of them")
	}
	if err != nil {
		return usagef("-%w", err)
	}
	cfg := &config.Config{}
	if *configFile = optionalConfig(*configFile); *configFile != "" {
		if cfg, err = loadConfig(*configFile); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, findTime)
	defer cancel()
	seen, err := app.Find(ctx, cfg, env.Version, *jan, *words, ops.NewLogger(env.Stderr, slog.LevelError))
	if err != nil {
		return err
	}
	result := found{seen}
	return result.show(env, queries, *asJSON)
}

// show prints the result. It fails when nobody answered.
func (f *found) show(env Env, queries []stock.Query, asJSON bool) error {
	answered := slices.ContainsFunc(f.Sources, func(a web.AskedAPI) bool { return a.Outcome.Good() })
	if asJSON {
		if err := printJSON(env.Stdout, f.Found); err != nil {
			return err
		}
	} else if len(f.Sources) > 0 {
		f.print(env.Stdout)
	}
	switch {
	case len(f.Sources) == 0:
		printKeys(env.Stderr, queries, f.Pages)
		return errShown
	case !answered:
		return errors.New("no source answered")
	}
	return nil
}

// orEmpty makes a list that has nothing in it [] in JSON, not null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
