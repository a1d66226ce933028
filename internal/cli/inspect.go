package cli

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/app"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/fetch"
	"github.com/sainyuka/sainyuka/internal/ops"
	"github.com/sainyuka/sainyuka/internal/sources"
	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// maxFile bounds a saved page, as fetch bounds a fetched one.
const maxFile = 8 << 20

func inspect(ctx context.Context, env Env, args []string) error {
	fs := newFlags(env, "inspect")
	url := fs.String("url", "", "the page's `URL`; without -file it is fetched")
	file := fs.String("file", "", "a saved `PAGE`: read instead of the network; - for standard input")
	configFile := fs.String("config", "", "take [fetch] and [host] from this configuration `FILE` (default config.toml, when it is there)")
	asJSON := fs.Bool("json", false, "print one JSON object")
	resetTrust := fs.Bool("reset-trust", false, "forget which evidence does not count on the page's host; needs -url and -config")
	var rules stock.Rules
	fs.StringVar(&rules.StockSelector, "stock-selector", "", "try a rule: the CSS `SELECTOR` of where the page tells the stock, or of its order button")
	fs.StringVar(&rules.PriceSelector, "price-selector", "", "try a rule: the CSS `SELECTOR` of the price")
	fs.StringVar(&rules.InStockText, "in-stock-text", "", "try a rule: the `TEXT`, or /regular expression/, that says that it is in stock")
	fs.StringVar(&rules.SoldOutText, "sold-out-text", "", "try a rule: the `TEXT`, or /regular expression/, that says that it is not")
	fs.StringVar(&rules.IgnoreSelector, "ignore-selector", "", "try a rule: the CSS `SELECTOR` of what is not read at all")
	if err := ParseFlags(fs, args); err != nil {
		return err
	}
	*configFile = optionalConfig(*configFile)
	if err := checkRules(rules); err != nil {
		return err
	}
	if *resetTrust {
		return resetTrustOf(ctx, env, *url, *configFile)
	}
	var o stock.Observation
	var learned *stock.HostTrust
	var err error
	switch {
	case *file != "":
		o, err = readFile(*url, *file, *configFile, rules)
	case *url != "":
		o, learned, err = look(ctx, env, *url, *configFile, rules)
	default:
		err = usagef("inspect needs -url, -file or both")
	}
	if err != nil {
		return err
	}
	seen := web.NewReading(o)
	seen.Trust = learned
	if *asJSON {
		return printJSON(env.Stdout, seen)
	}
	printInspection(env.Stdout, seen)
	return nil
}

// readFile reads a saved page as if a shop had just sent these bytes with status
// 200 and no header.
func readFile(url, file, configFile string, rules stock.Rules) (stock.Observation, error) {
	set := sources.New()
	if configFile != "" {
		cfg, err := loadConfig(configFile)
		if err != nil {
			return stock.Observation{}, err
		}
		rules = rules.Over(cfg.Rules(url))
	}
	f := os.Stdin
	if file != "-" {
		var err error
		if f, err = os.Open(file); err != nil {
			return stock.Observation{}, fmt.Errorf("read the saved page: %w", err)
		}
		defer f.Close()
	}
	raw, err := savedBytes(f)
	if err != nil {
		return stock.Observation{}, fmt.Errorf("read the saved page: %w", err)
	}
	page := stock.Page{URL: url, FinalURL: url, Status: 200, FetchedAt: clock.Wall(), Outcome: stock.OK}
	if len(raw) > maxFile {
		page.Outcome, page.Reason = stock.Failed, stock.Because(stock.ReasonPageTooLarge, maxFile)
	} else {
		page.Body, page.Charset = fetch.Decode(raw, "")
	}
	return set.Ruled(func(string) stock.Rules { return rules }).ReadFor(url, page), nil
}

// checkRules says which rule of the command line is wrong.
func checkRules(r stock.Rules) error {
	for _, s := range []struct{ name, text string }{
		{"stock-selector", r.StockSelector}, {"price-selector", r.PriceSelector}, {"ignore-selector", r.IgnoreSelector},
	} {
		if err := config.CheckSelector(s.text); err != nil {
			return usagef("-%s %q is no CSS selector: %v", s.name, s.text, err)
		}
	}
	for _, t := range []struct{ name, text string }{{"in-stock-text", r.InStockText}, {"sold-out-text", r.SoldOutText}} {
		if _, err := stock.TextPattern(t.text); err != nil {
			return usagef("-%s %q is no regular expression: %v", t.name, t.text, err)
		}
	}
	return nil
}

// savedBytes reads at most one byte more than a page may have. What was saved in
// gzip, as programs often do with the answer as it came, is unpacked: no page
// begins like that.
func savedBytes(f io.Reader) ([]byte, error) {
	r := bufio.NewReader(f)
	f = r
	if magic, err := r.Peek(2); err == nil && magic[0] == 0x1f && magic[1] == 0x8b {
		if f, err = gzip.NewReader(r); err != nil {
			return nil, err
		}
	}
	return io.ReadAll(io.LimitReader(f, maxFile+1))
}

// look asks the shop as politely as a watcher does, and reads the page with the trust
// in its host that a running program has.
func look(ctx context.Context, env Env, url, configFile string, rules stock.Rules) (stock.Observation, *stock.HostTrust, error) {
	cfg := &config.Config{Fetch: config.Fetch{Timeout: 15 * time.Second}}
	var learned *stock.HostTrust
	var distrusted []stock.Method
	if configFile != "" {
		var err error
		if cfg, err = loadConfig(configFile); err != nil {
			return stock.Observation{}, nil, err
		}
		learned = learnedOf(ctx, env, cfg, url)
	}
	if learned != nil {
		for _, m := range learned.NotTrusted() {
			distrusted = append(distrusted, m.Method)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	cfg.Try(url, rules)
	o, err := app.Look(ctx, cfg, env.Version, url, distrusted, ops.NewLogger(env.Stderr, slog.LevelError))
	return o, learned, err
}

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func printInspection(w io.Writer, s web.Reading) {
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(w, "%s %s\n", padded(name, 13), value)
		}
	}
	row(say("url"), s.URL)
	row(say("source"), s.Source)
	row(say("outcome"), value("outcome", s.Outcome))
	row(say("reason"), s.Reason.In(stock.Language(languageNow())))
	if s.Doubt != "" {
		row(say("unclear"), value("doubt", s.Doubt))
		row(say("leans"), cmp.Or(value("leans", s.Leans), say("neither way")))
	}
	row(say("title"), s.Title)
	row(say("availability"), value("availability", s.Availability.String()))
	if s.SaleMode != stock.Open || languageNow() != string(stock.Japanese) { // anybody may buy: the dashboard does not say that either
		row(say("sale mode"), value("mode", s.SaleMode))
	}
	if s.Price.Known() {
		row(say("price"), money(s.Price))
	}
	if s.Quantity != nil {
		row(say("quantity"), fmt.Sprint(*s.Quantity))
	}
	row(say("seller"), s.Seller)
	row(say("condition"), value("condition", s.Condition))
	if s.Shipping != nil {
		row(say("shipping"), money(*s.Shipping))
	}
	if s.Points != nil {
		row(say("points"), fmt.Sprint(*s.Points))
	}
	row(say("jan"), s.JAN)
	row(say("image"), s.Image)
	for _, o := range s.Offers {
		row(say("offer"), fmt.Sprintf("%s, %s %s %s %s", value("availability", o.Availability.String()), money(o.Price), o.Variant, o.SKU, o.Seller))
	}
	for _, l := range s.Listings {
		row(say("listing"), fmt.Sprintf("%s, %s, %s %s", l.ID, value("availability", l.Availability.String()), money(l.Price), l.Title))
	}
	if s.Trust != nil {
		for _, m := range s.Trust.NotTrusted() {
			row(say("not trusted"), say("%s on %s since %s: it kept its word through sell-outs and returns (-reset-trust trusts it again)",
				value("method", m.Method), s.Trust.Host, m.Since.Format(time.RFC3339)))
		}
	}
	for _, e := range s.Evidence {
		row(say("evidence"), fmt.Sprintf("[%s] %s (%s)", value("method", e.Method), e.In(stock.Language(languageNow())), e.Where))
	}
}

// padded fills a text with blanks up to a width on a terminal, on which a Japanese
// letter takes two places.
func padded(text string, width int) string {
	for _, r := range text {
		if width--; r >= 0x1100 {
			width--
		}
	}
	return text + strings.Repeat(" ", max(0, width))
}
