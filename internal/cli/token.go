package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/sainyuka/sainyuka/internal/access"
	"github.com/sainyuka/sainyuka/internal/app"
	"github.com/sainyuka/sainyuka/internal/config"
)

// tokens is where tokens are kept: a running daemon, or the bus itself.
type tokens interface {
	AddToken(ctx context.Context, name string, scopes []access.Scope) (access.Token, string, error)
	ListTokens(ctx context.Context) ([]access.Token, error)
	Revoke(ctx context.Context, id string) error
}

func token(ctx context.Context, env Env, args []string) error {
	fs := newFlags(env, "token")
	path := fs.String("config", "", "the configuration `FILE` (default config.toml)")
	scope := fs.String("scope", string(access.Read), "what the token may do: `SCOPES` of read, write and hints, with commas between them")
	asJSON := fs.Bool("json", false, "print JSON")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return usagef("token needs a verb: add NAME, list, revoke ID..")
	}
	verb, names := rest[0], rest[1:]
	switch {
	case !slices.Contains([]string{"add", "list", "revoke"}, verb):
		return usagef("token has no verb %q: use add, list or revoke", verb)
	case verb == "list" && len(names) > 0:
		return usagef("token list takes no argument %q", names[0])
	case verb == "add" && len(names) != 1:
		return usagef("token add needs one NAME, by which you will know the token")
	case verb == "revoke" && len(names) == 0:
		return usagef("token revoke needs the ID of a token: see `%s token list`", env.Program)
	}
	cfg, err := loadConfig(*path)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	store, done, err := openTokens(ctx, env, cfg)
	if err != nil {
		return err
	}
	defer done()
	switch verb {
	case "add":
		return addToken(ctx, env, store, names[0], *scope, *asJSON)
	case "revoke":
		return eachID(env, names, "revoked", func(id string) error {
			if err := store.Revoke(ctx, id); errors.Is(err, access.ErrNone) {
				return errors.New("no such token")
			} else if err != nil {
				return err
			}
			return nil
		})
	}
	list, err := store.ListTokens(ctx)
	if err != nil {
		return err
	}
	return printTokens(env, list, *asJSON)
}

func addToken(ctx context.Context, env Env, store tokens, name, scope string, asJSON bool) error {
	var scopes []access.Scope
	for s := range strings.SplitSeq(scope, ",") {
		scopes = append(scopes, access.Scope(strings.TrimSpace(s)))
	}
	t, secret, err := store.AddToken(ctx, name, scopes)
	if errors.Is(err, access.ErrBad) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(env.Stdout, struct {
			access.Token
			Secret string `json:"token"`
		}{t, secret})
	}
	fmt.Fprintln(env.Stdout, secret)
	fmt.Fprintf(env.Stderr, "token %s (%s) may %s; it is shown this once\n", t.ID, t.Name, joinScopes(t.Scopes))
	return nil
}

func joinScopes(scopes []access.Scope) string {
	var names []string
	for _, s := range scopes {
		names = append(names, string(s))
	}
	return strings.Join(names, ",")
}

func printTokens(env Env, list []access.Token, asJSON bool) error {
	if asJSON {
		return printJSON(env.Stdout, list)
	}
	w := tabwriter.NewWriter(env.Stdout, 0, 0, 2, ' ', 0)
	for _, t := range list {
		used := "never used"
		if !t.Used.IsZero() {
			used = "used " + t.Used.Format(time.RFC3339)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", t.ID, joinScopes(t.Scopes), t.Created.Format(time.RFC3339), used, t.Name)
	}
	return w.Flush()
}

func openTokens(ctx context.Context, env Env, cfg *config.Config) (tokens, func(), error) {
	if d := dialDaemon(ctx, cfg.DataDir); d != nil {
		return d, func() {}, nil
	}
	b, done, err := openBus(ctx, env, cfg)
	if err != nil {
		return nil, nil, err
	}
	a, err := app.NewTokens(ctx, b.People, slog.New(slog.DiscardHandler))
	if err != nil {
		done()
		return nil, nil, err
	}
	return storedTokens{a}, done, nil
}

// storedTokens are those of a store that this process has open itself.
type storedTokens struct{ *access.Access }

// ListTokens lists what was read when the store was opened.
func (s storedTokens) ListTokens(context.Context) ([]access.Token, error) { return s.Tokens(), nil }

// AddToken has the daemon make a token.
func (d *daemon) AddToken(ctx context.Context, name string, scopes []access.Scope) (access.Token, string, error) {
	body, err := json.Marshal(map[string]any{"name": name, "scopes": scopes})
	if err != nil {
		return access.Token{}, "", fmt.Errorf("encode: %w", err)
	}
	var answer struct {
		access.Token
		Secret string `json:"token"`
	}
	said, err := d.request(ctx, http.MethodPost, "/api/v1/tokens", bytes.NewReader(body))
	if err == nil {
		err = json.Unmarshal(said, &answer)
	}
	if err != nil && strings.HasPrefix(err.Error(), access.ErrBad.Error()) {
		err = fmt.Errorf("%w%s", access.ErrBad, strings.TrimPrefix(err.Error(), access.ErrBad.Error()))
	}
	return answer.Token, answer.Secret, err
}

// ListTokens asks the daemon for its tokens.
func (d *daemon) ListTokens(ctx context.Context) ([]access.Token, error) {
	answer := struct {
		Tokens []access.Token `json:"tokens"`
	}{[]access.Token{}}
	err := d.call(ctx, http.MethodGet, "/api/v1/tokens", &answer)
	return answer.Tokens, err
}

// Revoke has the daemon end a token.
func (d *daemon) Revoke(ctx context.Context, id string) error {
	return d.call(ctx, http.MethodDelete, "/api/v1/tokens/"+url.PathEscape(id), nil)
}
