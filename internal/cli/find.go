package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/app"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/ops"
	"github.com/sainyuka/sainyuka/internal/pricing"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// findTime bounds the whole of a search: two requests to each API, with the gap
// between them.
const findTime = 45 * time.Second

// found is the JSON form of a search.
type found struct {
	JAN     string       `json:"jan,omitempty"`
	Words   string       `json:"q,omitempty"`
	Sources []askedAPI   `json:"sources"`
	Offers  []foundOffer `json:"offers"`
	Pages   []searchPage `json:"search_pages"`
}

// askedAPI says how a source answered.
type askedAPI struct {
	Source  string        `json:"source"`
	Watch   string        `json:"watch"` // the URL by which a [[product.watch]] asks the same
	Outcome stock.Outcome `json:"outcome"`
	stock.Reason
	Evidence []stock.Evidence `json:"evidence"`
}

type foundOffer struct {
	Source string `json:"source"`
	stock.Offer
	Reckoning []stock.Step `json:"reckoning,omitempty"` // how its effective price came about
}

// find asks all sources that can be asked who has a thing now.
func find(ctx context.Context, env Env, args []string) error {
	fs := newFlags(env, "find")
	jan := fs.String("jan", "", "the 13 digits below the bar code (`CODE`), or an ISBN")
	words := fs.String("q", "", "`WORDS` that all stand in the title")
	configFile := fs.String("config", "", "take the keys of the APIs from this configuration `FILE`")
	asJSON := fs.Bool("json", false, "print one JSON object")
	if err := ParseFlags(fs, args); err != nil {
		return err
	}
	queries, err := queriesFor(*jan, *words)
	if err != nil {
		return err
	}
	cfg := &config.Config{}
	if *configFile != "" {
		if cfg, err = loadConfig(*configFile); err != nil {
			return err
		}
	}
	result := found{JAN: *jan, Words: *words, Pages: searchPages(cmp.Or(*jan, *words))}
	asked := slices.DeleteFunc(slices.Clone(queries), func(q stock.Query) bool { return !cfg.API.Has(q.API) })
	if len(asked) > 0 {
		ctx, cancel := context.WithTimeout(ctx, findTime)
		defer cancel()
		seen, err := app.Find(ctx, cfg, env.Version, asked, ops.NewLogger(env.Stderr, slog.LevelError))
		if err != nil {
			return err
		}
		result.add(asked, seen)
		result.price(cfg.Rates(), clock.Wall())
	}
	return result.show(env, queries, *asJSON)
}

// queriesFor returns the question as each API takes it.
func queriesFor(jan, words string) ([]stock.Query, error) {
	switch {
	case (jan == "") == (words == ""):
		return nil, usagef("find needs -jan CODE or -q WORDS, one of them")
	case jan != "":
		if err := stock.CheckCode(jan); err != nil {
			return nil, usagef("-jan: %w", err)
		}
	}
	var queries []stock.Query
	for _, api := range stock.APIs() {
		if api == stock.RakutenBooksAPI && jan == "" {
			continue // knows codes only
		}
		q := stock.Query{API: api, JAN: jan, Words: words, Condition: stock.ConditionAny}
		if api == stock.RakutenBooksAPI {
			q.Condition = stock.ConditionNew // it sells nothing else
		}
		if _, err := stock.ParseQuery(q.URL()); err != nil {
			return nil, usagef("-q %w", err)
		}
		queries = append(queries, q)
	}
	return queries, nil
}

// add takes what was seen, all offers together.
func (f *found) add(queries []stock.Query, seen []stock.Observation) {
	for i, o := range seen {
		f.Sources = append(f.Sources, askedAPI{
			Source: o.Source, Watch: queries[i].URL(), Outcome: o.Outcome, Reason: o.Reason, Evidence: orEmpty(o.Evidence),
		})
		for _, offer := range o.Offers {
			f.Offers = append(f.Offers, foundOffer{Source: o.Source, Offer: offer})
		}
	}
}

// price reckons what the offers cost in the end, where the user wrote down rates
// for their shop, and puts what can be bought first, the cheap before the dear.
func (f *found) price(rates pricing.Rates, at time.Time) {
	for i, o := range f.Offers {
		r, _ := rates.Reckon(o.Source, stock.HostOf(o.URL), o.Offer, at)
		f.Offers[i].Effective, f.Offers[i].Reckoning = r.Price, r.Steps
	}
	slices.SortStableFunc(f.Offers, func(a, b foundOffer) int {
		return cmp.Or(
			cmp.Compare(place(a.Availability), place(b.Availability)),
			cmp.Compare(costs(a.Offer), costs(b.Offer)),
		)
	})
}

func place(a stock.Availability) int {
	return slices.Index([]stock.Group{stock.Now, stock.Later, stock.No, stock.GroupUnknown}, a.Group())
}

// costs orders offers by what they really cost where the user's rates say so; one
// without a price comes last.
func costs(o stock.Offer) int64 {
	switch {
	case o.Effective.Known():
		return o.Effective.Minor
	case o.Price.Known():
		return o.Price.Minor
	}
	return 1 << 62
}

// show prints the result. It fails when nobody answered.
func (f *found) show(env Env, queries []stock.Query, asJSON bool) error {
	answered := slices.ContainsFunc(f.Sources, func(a askedAPI) bool { return a.Outcome.Good() })
	f.Sources, f.Offers = orEmpty(f.Sources), orEmpty(f.Offers)
	if asJSON {
		if err := printJSON(env.Stdout, f); err != nil {
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

// searchPage is where a person can look without any key.
type searchPage struct {
	Shop string `json:"shop"`
	URL  string `json:"url"`
}

// searchPages are for a person's browser: this program does not ask them.
func searchPages(words string) []searchPage {
	var pages []searchPage
	for _, p := range []searchPage{
		{"Rakuten Ichiba", "https://search.rakuten.co.jp/search/mall/%s/"},
		{"Yahoo! Shopping", "https://shopping.yahoo.co.jp/search?p=%s"},
		{"Amazon.co.jp", "https://www.amazon.co.jp/s?k=%s"},
		{"Mercari", "https://jp.mercari.com/search?keyword=%s"},
	} {
		pages = append(pages, searchPage{p.Shop, fmt.Sprintf(p.URL, escaped(words))})
	}
	return pages
}
