package readtest

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/fetch"
	"github.com/sainyuka/sainyuka/internal/sources"
	"github.com/sainyuka/sainyuka/internal/stock"
)

var update = flag.Bool("update", false, "write the list of the cases that are read wrongly anew")

// shared is where the cases and pages are that are not part of this repository;
// tests that need them are skipped where the folder is absent.
const shared = "../../../shared"

func sharedFolder(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join(shared, name)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the shared pages are not here: %v", err)
	}
	return dir
}

// read reads the bytes of a saved page as if a shop had just sent them with status
// 200 and no header.
func read(url string, raw []byte) stock.Observation {
	p := stock.Page{URL: url, FinalURL: url, Status: 200, Outcome: stock.OK, FetchedAt: time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)}
	p.Body, p.Charset = fetch.Decode(bytes.Clone(raw), "")
	seen := sources.New().Read(p)
	for i := range p.Body {
		p.Body[i] = '#' // its memory is used for other pages: no text that was read may be a piece of it
	}
	return seen
}

// expectation is a line of expect.jsonl: a value or a list of allowed values for
// each fact.
type expectation map[string]any

// facts are what a line can ask for, beside the file and the address.
var facts = []string{"avail", "price", "outcome", "sale_mode", "quantity", "condition", "seller", "sale_mode_if_now"}

// TestCases reads the small pages of shared/cases. testdata/cases.txt lists the
// cases that are known to be read wrongly, a line for each fact: a fact that is
// wrong and not in the list fails; -update writes the list anew.
func TestCases(t *testing.T) {
	dir := sharedFolder(t, "cases")
	raw, err := os.ReadFile(filepath.Join(dir, "expect.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	scores := map[string]*kindScore{}
	total := &kindScore{}
	known := knownWrong(t, "cases.txt")
	var wrong []string
	for line := range bytes.Lines(raw) {
		e := expectation{}
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatalf("expect.jsonl: %v in %s", err, line)
		}
		file, _ := e["file"].(string)
		body, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		url, _ := e["url"].(string)
		o := read(url, body)
		bad := e.wrongFacts(o)
		falsely := o.Offer.Availability.Group() == stock.Now && slices.ContainsFunc(bad, func(b string) bool { return strings.HasPrefix(b, "avail") })
		for _, s := range []*kindScore{total, kind(scores, kindOf(file))} {
			s.add(len(bad) == 0, falsely)
		}
		for _, b := range bad {
			fact, _, _ := strings.Cut(b, ":")
			entry := file + " " + fact
			wrong = append(wrong, entry)
			if !*update && !slices.Contains(known, entry) {
				t.Errorf("%s (%s): %s; outcome %s, reason %q, evidence %v", file, url, b, o.Outcome, o.Reason, o.Evidence)
			} else {
				t.Logf("%s: %s; falsely in stock: %t, reason %q", file, b, falsely, o.Reason)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(scores)) {
		if scores[name].wrong > 0 {
			t.Logf("%-14s %s", name, scores[name])
		}
	}
	t.Logf("%-14s %s", "all", total)
	settleKnown(t, "cases.txt", known, wrong)
}

// kindScore counts the cases of one kind.
type kindScore struct{ right, wrong, falsely int }

func (s *kindScore) add(right, falsely bool) {
	if right {
		s.right++
	} else {
		s.wrong++
	}
	if falsely {
		s.falsely++
	}
}

func (s *kindScore) String() string {
	return fmt.Sprintf("%3d right, %3d wrong, %3d falsely in stock", s.right, s.wrong, s.falsely)
}

func kind(scores map[string]*kindScore, name string) *kindScore {
	if scores[name] == nil {
		scores[name] = &kindScore{}
	}
	return scores[name]
}

// kindOf returns the kind of a case by its file's name: "cartclass" of
// "100-cartclass-en.html", "jp-ec4" of "jp-ec4_few.html".
func kindOf(file string) string {
	if strings.HasPrefix(file, "jp-") {
		name, _, _ := strings.Cut(strings.TrimSuffix(file, ".html"), "_")
		return strings.TrimRight(name, "0123456789")
	}
	return kindName.FindString(numbered.ReplaceAllString(file, ""))
}

var (
	numbered = regexp.MustCompile(`^\d+-`)
	kindName = regexp.MustCompile(`^[a-z]+`)
)

// wrongFacts returns the facts that are not as expected, as "FACT: got, want".
func (e expectation) wrongFacts(o stock.Observation) []string {
	var bad []string
	for _, fact := range facts {
		want, asked := e[fact]
		if !asked || fact == "sale_mode_if_now" && o.Offer.Availability.Group() != stock.Now {
			continue
		}
		got := factOf(o, fact)
		allowed, several := want.([]any)
		if !several {
			allowed = []any{want}
		}
		if !slices.ContainsFunc(allowed, func(a any) bool { return sameFact(a, got) }) {
			bad = append(bad, fmt.Sprintf("%s: %v, want %v", fact, got, want))
		}
	}
	return bad
}

// factOf returns one fact of an observation as the expectations write it; nil when
// the observation does not have it.
func factOf(o stock.Observation, name string) any {
	text := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	switch name {
	case "avail":
		return o.Offer.Availability.String()
	case "price":
		if !o.Offer.Price.Known() {
			return nil
		}
		return strings.TrimSpace(o.Offer.Price.Amount() + " " + o.Offer.Price.Currency)
	case "outcome":
		return string(o.Outcome)
	case "quantity":
		if o.Offer.Quantity == nil {
			return nil
		}
		return float64(*o.Offer.Quantity)
	case "condition":
		return text(o.Offer.Condition)
	case "seller":
		return text(o.Offer.Seller)
	}
	return text(string(o.Offer.SaleMode))
}

// sameFact compares an allowed value with the one read: amounts as numbers, so that
// "9900 JPY" and "9900.00 JPY" are one.
func sameFact(want, got any) bool {
	w, isText := want.(string)
	g, isText2 := got.(string)
	if !isText || !isText2 {
		return want == got
	}
	return trimAmount(w) == trimAmount(g)
}

func trimAmount(s string) string {
	amount, currency, _ := strings.Cut(s, " ")
	if strings.Contains(amount, ".") {
		amount = strings.TrimRight(strings.TrimRight(amount, "0"), ".")
	}
	return strings.TrimSpace(amount + " " + currency)
}
