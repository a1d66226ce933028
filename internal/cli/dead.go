package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// deadLetters is where letters that were given up are kept: a running daemon, or
// the bus itself.
type deadLetters interface {
	Dead(ctx context.Context) ([]stock.DeadLetter, error)
	Redrive(ctx context.Context, id string) error
	Discard(ctx context.Context, id string) error
}

// deadRow is one dead letter as `dead list -json` prints it.
type deadRow struct {
	ID         string     `json:"id"`
	Channel    string     `json:"channel"`
	Product    string     `json:"product"`
	Kind       stock.Kind `json:"kind"`
	At         time.Time  `json:"at"`
	AgeSeconds int64      `json:"age_seconds"`
	Tries      int        `json:"tries"`
	stock.Reason
}

func dead(ctx context.Context, env Env, args []string) error {
	fs := newFlags(env, "dead")
	path := fs.String("config", "", "the configuration `FILE` (default config.toml)")
	asJSON := fs.Bool("json", false, "print a JSON array")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return usagef("dead needs a verb: list, redrive ID.., discard ID..")
	}
	verb, ids := rest[0], rest[1:]
	switch {
	case verb != "list" && verb != "redrive" && verb != "discard":
		return usagef("dead has no verb %q: use list, redrive or discard", verb)
	case verb == "list" && len(ids) > 0:
		return usagef("dead list takes no argument %q", ids[0])
	case verb != "list" && len(ids) == 0:
		return usagef("dead %s needs the ID of a letter: see `%s dead list`", verb, env.Program)
	}
	cfg, err := loadConfig(*path)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	store, done, err := openDeadLetters(ctx, env, cfg)
	if err != nil {
		return err
	}
	defer done()
	switch verb {
	case "redrive":
		return eachID(env, ids, "redriven", func(id string) error { return store.Redrive(ctx, id) })
	case "discard":
		return eachID(env, ids, "discarded", func(id string) error { return store.Discard(ctx, id) })
	}
	letters, err := store.Dead(ctx)
	if err != nil {
		return err
	}
	return printDead(env, letters, clock.Wall(), *asJSON)
}

// eachID goes on after a failure, so that one wrong id does not keep the others.
func eachID(env Env, ids []string, done string, do func(id string) error) error {
	var errs []error
	for _, id := range ids {
		if err := do(id); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", id, err))
			continue
		}
		fmt.Fprintf(env.Stdout, "%s %s\n", id, done)
	}
	return errors.Join(errs...)
}

func printDead(env Env, letters []stock.DeadLetter, now time.Time, asJSON bool) error {
	rows := make([]deadRow, len(letters))
	for i, d := range letters {
		rows[i] = deadRow{
			ID: d.Letter.ID(), Channel: d.Letter.Channel, Product: d.Letter.Alert.Product.ID, Kind: d.Letter.Alert.Kind,
			At: d.At, AgeSeconds: int64(now.Sub(d.At).Seconds()), Tries: d.Tries, Reason: d.Reason.Clip(oneLine),
		}
	}
	if asJSON {
		return printJSON(env.Stdout, rows)
	}
	for _, r := range rows { // ID CHANNEL PRODUCT KIND AGE TRIES REASON
		age := now.Sub(r.At).Round(time.Second)
		fmt.Fprintln(env.Stdout, r.ID, orDash(r.Channel), orDash(r.Product), orDash(string(r.Kind)), age, r.Tries, r.Text)
	}
	return nil
}

func orDash(s string) string { return cmp.Or(s, "-") }
