package web

import (
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/access"
	"github.com/sainyuka/sainyuka/internal/board"
	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/stock"
)

func TestEveryWordIsThereInBothLanguages(t *testing.T) {
	need := map[string]string{} // key to who needs it
	for _, a := range stock.Availabilities() {
		need["availability."+a.String()] = "stock.Availabilities"
	}
	for _, o := range stock.Outcomes() {
		need["outcome."+string(o)] = "stock.Outcomes"
	}
	for _, m := range []stock.SaleMode{stock.Lottery, stock.Invitation, stock.MembersOnly} {
		need["mode."+string(m)] = "stock.SaleMode"
	}
	for _, m := range []stock.Method{stock.MethodRule, stock.MethodAPI, stock.MethodPageData, stock.MethodJSONLD, stock.MethodMicrodata, stock.MethodOpenGraph, stock.MethodBuyBox, stock.MethodStatus} {
		need["method."+string(m)] = "stock.Method"
	}
	for _, l := range []stock.StepLabel{stock.StepPrice, stock.StepShipping, stock.StepShippingUnknown, stock.StepCoupon, stock.StepPoints, stock.StepBonus} {
		need["step."+string(l)] = "stock.StepLabel"
	}
	for _, r := range guard.Reasons() {
		need["held."+string(r)] = "guard.Reasons"
	}
	for _, d := range []stock.Doubt{stock.Silent, stock.Contradiction} {
		need["doubt."+string(d)] = "stock.Doubt"
	}
	for _, l := range []stock.Lean{stock.LeansNo, stock.LeansYes} {
		need["leans."+string(l)] = "stock.Lean"
	}
	for _, c := range board.Classes() {
		need["count_"+string(c)] = "board.Classes"
	}
	for _, o := range board.Orders() {
		need["order."+string(o)] = "board.Orders"
	}
	need["this_language"] = "settings"
	need["outcome.terms"], need["outcome.server"] = "outcome", "outcome"
	for _, direction := range []string{"ago", "in"} {
		for _, unit := range []string{"now", "seconds", "minutes", "hours", "days"} {
			need[direction+"."+unit] = "clock"
		}
	}
	for _, kind := range []string{"mute", "stop", "ack", "unmute"} {
		for _, when := range []string{"do", "done", "press"} {
			need[when+"."+kind] = "Press"
		}
	}
	for _, day := range []string{"0", "1", "2", "3", "4", "5", "6"} {
		need["day."+day] = "heat"
	}
	for _, unit := range []string{"s", "min", "h", "d"} {
		need["length."+unit] = "length"
	}
	for _, name := range []string{"price_now", "price_lowest", "price_typical", "usually_gone", "max_price", "max_effective", "list_price", "jan"} {
		need[name] = "facts and limits"
	}
	for _, scope := range access.Scopes() {
		need["scope."+string(scope)] = "access.Scopes"
	}
	for _, unit := range []string{"ms", "s", "min", "h"} {
		need["span."+unit] = "span"
	}
	for _, stage := range []string{"published", "made", "tried", "sent"} {
		need["stage."+stage] = "stages"
	}
	maps.Copy(need, usedKeys(t))
	for key, where := range need {
		if w := words[key]; w[japanese] == "" || w[english] == "" {
			t.Errorf("%s needs %q, which is %q", where, key, w)
		}
	}
	for key := range words {
		if _, ok := need[key]; !ok {
			t.Errorf("the words for %q are not used", key)
		}
	}
}

// usedKeys finds the keys that templates and code ask for by name.
func usedKeys(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	collect := func(fsys fs.FS, glob string, re *regexp.Regexp) {
		files, err := fs.Glob(fsys, glob)
		if err != nil || len(files) == 0 {
			t.Fatalf("no files for %s: %v", glob, err)
		}
		for _, f := range files {
			b, err := fs.ReadFile(fsys, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range re.FindAllStringSubmatch(string(b), -1) {
				found[m[1]] = f
			}
		}
	}
	collect(templateFiles, "tmpl/*.html", regexp.MustCompile(`\bt "(\w+)"`))
	collect(os.DirFS("."), "*.go", regexp.MustCompile(`words\.say\("(\w+)"\)`))
	return found
}

func TestWordsThatNobodyKnowsAreShownAsTheyAre(t *testing.T) {
	for _, language := range []string{"ja", "en", ""} {
		if got := newTranslator(language).name("kind", "from_the_future"); got != "from_the_future" {
			t.Errorf("in %q an unknown kind is %q, want it as it is", language, got)
		}
	}
}

func TestClock(t *testing.T) {
	now := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	c := timeText{english, time.FixedZone("JST", 9*60*60)}
	for _, tt := range []struct {
		offset       time.Duration
		exact, rough string
	}{
		{0, "11/23 12:00:00", "just now"},
		{-time.Second, "11/23 11:59:59", "just now"},
		{-89 * time.Second, "11/23 11:58:31", "89 s ago"},
		{-90 * time.Second, "11/23 11:58:30", "1 min ago"},
		{-5 * time.Hour, "11/23 07:00:00", "5 h ago"},
		{-72 * time.Hour, "11/20 12:00:00", "3 days ago"},
		{-400 * 24 * time.Hour, "2025/10/19 12:00", "400 days ago"},
		{45 * time.Second, "11/23 12:00:45", "in 45 s"},
		{time.Hour, "11/23 13:00:00", "in 60 min"},
	} {
		got := c.show(now.Add(tt.offset), now)
		if got.Exact != tt.exact || got.Rough != tt.rough {
			t.Errorf("show(%v from now) = %q, %q, want %q, %q", tt.offset, got.Exact, got.Rough, tt.exact, tt.rough)
		}
	}
	if got := c.show(time.Time{}, now); got != nil {
		t.Errorf("show(no time) = %v, want nil", got)
	}
	if got := c.due(now.Add(-time.Minute), now); got.Rough != "any moment" {
		t.Errorf("a look that was due a minute ago is due %q, want any moment", got.Rough)
	}
}

// A Japanese dashboard tells why in Japanese; what programs read stays as it is.
func TestReasonsInTheReadersLanguage(t *testing.T) {
	why := stock.Because(stock.ReasonHTTPStatus, "403 Forbidden").And(stock.Because(stock.ReasonGuard))
	for language, want := range map[string]string{"en": "403 Forbidden; the shop's guard refuses programs", "ja": "403 Forbidden／お店の防御機構がプログラムを拒んでいます"} {
		s := New(Options{Language: language, Location: time.UTC, Logger: slog.New(slog.DiscardHandler)})
		known := board.Known{Look: &stock.Look{Outcome: stock.Blocked, Reason: why}}
		if got := s.trouble(known, time.Now()); got == nil || got.Reason != want {
			t.Errorf("in %q the trouble is %+v, want the reason %q", language, got, want)
		}
	}
}

// What package stock names for all readers has no second name here.
func TestNoWordIsDefinedTwice(t *testing.T) {
	shared := sharedWords()
	for _, table := range []map[string][2]string{generalWords, pageWords} {
		for key := range table {
			if _, twice := shared[key]; twice {
				t.Errorf("the word %q stands in web and in package stock, want it in stock alone", key)
			}
		}
	}
	for key := range generalWords {
		if _, twice := pageWords[key]; twice {
			t.Errorf("the word %q is defined twice", key)
		}
	}
}
