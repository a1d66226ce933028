package cli

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// maxShown is how many offers are printed for people; -json has all.
const maxShown = 20

// print writes the offers, how each source answered, and the lines of a
// configuration that would watch them.
func (f *found) print(w io.Writer) {
	for _, o := range f.Offers[:min(len(f.Offers), maxShown)] {
		fmt.Fprintf(w, "%s %12s  %s\n", padded(value("availability", o.Availability.String()), 13), money(o.Price), facts(o))
		if o.Effective.Known() {
			fmt.Fprintf(w, "%28s%s\n", "", say("effective %s: %s", money(o.Effective), reckoning(o.Reckoning)))
		}
		fmt.Fprintf(w, "%28s%s\n", "", oneLine(o.Title))
		if o.URL != "" {
			fmt.Fprintf(w, "%28s%s\n", "", o.URL)
		}
	}
	if more := len(f.Offers) - maxShown; more > 0 {
		fmt.Fprintln(w, say("... and %d more; -json shows all", more))
	}
	if len(f.Offers) == 0 {
		fmt.Fprintln(w, say("no offer was found"))
	}
	fmt.Fprintln(w)
	for _, s := range f.Sources {
		fmt.Fprintf(w, "%s: %s", s.Source, value("outcome", s.Outcome))
		if !s.Reason.None() {
			fmt.Fprintf(w, ", %s", oneLine(s.Reason.In(stock.Language(languageNow()))))
		}
		fmt.Fprintln(w)
		for _, e := range s.Evidence {
			fmt.Fprintf(w, "  %s\n", oneLine(e.In(stock.Language(languageNow()))))
		}
	}
	f.printWatches(w)
}

// facts is what is known of an offer beside its title, in one line.
func facts(o web.FoundOffer) string {
	parts := []string{oneLine(strings.TrimSpace(o.Seller + " (" + o.Source + ")"))}
	if o.Shipping != nil {
		if o.Shipping.Minor == 0 {
			parts = append(parts, say("free shipping"))
		} else {
			parts = append(parts, say("shipping %s", money(*o.Shipping)))
		}
	}
	if o.Points != nil {
		parts = append(parts, say("%d points", *o.Points))
	}
	if o.Condition != "" {
		parts = append(parts, oneLine(value("condition", o.Condition)))
	}
	if o.SaleMode != "" {
		parts = append(parts, value("mode", o.SaleMode))
	}
	return strings.Join(parts, ", ")
}

// reckoning says how an effective price came about.
func reckoning(steps []stock.Step) string {
	var parts []string
	for _, s := range steps {
		switch s.Label {
		case stock.StepPrice:
			parts = append(parts, s.Amount.Amount())
			continue
		case stock.StepShippingUnknown:
			parts = append(parts, say("shipping unknown"))
			continue
		}
		what := value("step", s.Label)
		if s.Points > 0 {
			what = say("%d points", s.Points)
		}
		if s.Name != "" {
			what += " (" + oneLine(s.Name) + ")"
		}
		parts = append(parts, what+" "+s.Amount.Amount())
	}
	return strings.Join(parts, ", ")
}

// printWatches writes TOML that can be copied into a configuration as it is.
func (f *found) printWatches(w io.Writer) {
	fmt.Fprint(w, say("\n# To watch it, copy what you like of this below a [[product]].\n# A whole mall, new goods only unless you add &condition=any:\n"))
	for _, s := range f.Sources {
		if s.Outcome.Good() {
			fmt.Fprintf(w, "\n[[product.watch]]\nurl = %q\n", strings.Replace(s.Watch, "&condition=any", "", 1))
		}
	}
	listed := false
	for _, o := range f.Offers[:min(len(f.Offers), maxShown)] {
		if o.URL == "" {
			continue
		}
		if !listed {
			fmt.Fprint(w, say("\n# The page of one offer:\n"))
			listed = true
		}
		fmt.Fprintf(w, "\n[[product.watch]]   # %s\nurl = %q\n", oneLine(o.Seller), o.URL)
	}
}

// printKeys says what would let the APIs be asked, and where a person can look
// meanwhile.
func printKeys(w io.Writer, queries []stock.Query, pages []web.SearchPage) {
	fmt.Fprintln(w, say("no official API can be asked: the configuration (-config FILE) has no key for one"))
	fmt.Fprintln(w, say("\nKeys are free. Set one or both, see config.example.toml:"))
	fmt.Fprintln(w, say("  [api.rakuten]  application_id and access_key, from https://webservice.rakuten.co.jp/"))
	fmt.Fprintln(w, say("  [api.yahoo]    app_id, from https://e.developer.yahoo.co.jp/"))
	fmt.Fprintln(w, say("\nIt will then ask, and a watch can ask the same:"))
	for _, q := range queries {
		fmt.Fprintf(w, "  %s\n", q.URL())
	}
	fmt.Fprintln(w, say("\nMeanwhile these pages show it in a browser:"))
	for _, p := range pages {
		fmt.Fprintf(w, "  %-16s %s\n", p.Shop, p.URL)
	}
}

// oneLine keeps a shop's text from writing anything but itself to a terminal.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
