package sources

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// What has been reached, so that no change loses it unseen. The rules were made
// looking at the first half of the pages, the second half only measured them
// until docs/reading.md says otherwise.
var floors = map[string]struct{ availability, price float64 }{
	"whole page":            {0.963, 0.92},
	"buy box alone":         {0.91, 0.87},
	"whole page, half A":    {0.95, 0.965},
	"whole page, half B":    {0.97, 0.875},
	"buy box alone, half A": {0.91, 0.885},
	"buy box alone, half B": {0.91, 0.86},
}

// TestBenchmark reads product pages of shops all over the world, as a whole and
// by its buy box alone: most of the world's pages have no structured data, and
// what reads those is the same there.
func TestBenchmark(t *testing.T) {
	dir := filepath.Join(realPages(t), "benchmark")
	readers := []struct {
		name string
		read func(stock.Page) stock.Observation
	}{
		{"whole page", func(p stock.Page) stock.Observation { return New().Read(p) }},
		{"buy box alone", func(p stock.Page) stock.Observation {
			d := page.Parse(p)
			return page.Merge(d, d.BuyBox())
		}},
	}
	scores := map[string]*scored{}
	for _, c := range benchmark(t, dir) {
		p := saved(t, filepath.Join(dir, c.id+".html.gz"), c.URL)
		for _, r := range readers {
			o := r.read(p)
			for _, name := range []string{r.name, r.name + ", half " + c.half()} {
				if scores[name] == nil {
					scores[name] = &scored{}
				}
				scores[name].add(c, o)
			}
			c.check(t, r.name, o)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(scores)) {
		scores[name].report(t, name)
	}
}

// truth is a page of the benchmark with what a person says of it.
type truth struct {
	id           string
	URL          string
	Availability []string
	Price        []string
}

func benchmark(t *testing.T, dir string) []truth {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	var byID map[string]truth
	if err := json.Unmarshal(raw, &byID); err != nil {
		t.Fatal(err)
	}
	var all []truth
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		c := byID[id]
		c.id = id
		all = append(all, c)
	}
	return all
}

// half returns the half of the benchmark that a page is in, by its id, a hash.
func (c truth) half() string {
	if strings.ContainsRune("02468ace", rune(c.id[len(c.id)-1])) {
		return "A"
	}
	return "B"
}

// check demands what no page may do, and logs what is missed.
func (c truth) check(t *testing.T, reader string, o stock.Observation) {
	t.Helper()
	said, amount := verdictOf(o)
	if o.Outcome == stock.WrongProduct || o.Outcome == stock.Blocked || o.Outcome == stock.NotFound {
		t.Errorf("%s %s: outcome %s (%s), want the page to be read", c.id, c.URL, o.Outcome, o.Reason)
	}
	if said == "InStock" && slices.Equal(c.Availability, []string{"OutOfStock"}) {
		t.Errorf("%s %s, %s: falsely in stock: %v", c.id, c.URL, reader, o.Evidence)
	}
	if !slices.Contains(c.Availability, said) || amount == "" && len(c.Price) > 0 || amount != "" && !accepts(c.Price, amount) {
		t.Logf("%s, %s %.60s: %q want %q; price %q want %q; %s %s", reader, c.id, c.URL, said, c.Availability, amount, c.Price, o.Outcome, o.Reason)
	}
}

// verdictOf returns an observation in the words of the benchmark.
func verdictOf(o stock.Observation) (said, amount string) {
	said = map[stock.Group]string{stock.Now: "InStock", stock.Later: "InStock", stock.No: "OutOfStock"}[o.Offer.Availability.Group()]
	if o.Offer.Price.Known() {
		amount = o.Offer.Price.Amount()
	}
	return said, amount
}

// scored are the two scores of one way to read.
type scored struct{ availability, price score }

func (s *scored) add(c truth, o stock.Observation) {
	said, amount := verdictOf(o)
	s.availability.add(said, c.Availability)
	s.price.add(amount, c.Price)
}

func (s *scored) report(t *testing.T, name string) {
	t.Helper()
	ap, ar, af := s.availability.f1()
	pp, pr, pf := s.price.f1()
	t.Logf("%-22s availability P %.3f R %.3f F1 %.3f, price P %.3f R %.3f F1 %.3f", name, ap, ar, af, pp, pr, pf)
	floor, known := floors[name]
	if !known {
		t.Errorf("%s: no floor", name)
	}
	if af < floor.availability || pf < floor.price {
		t.Errorf("%s: F1 %.3f and %.3f, want at least %.3f and %.3f", name, af, pf, floor.availability, floor.price)
	}
}

// score counts predictions against the accepted sets of the benchmark.
type score struct{ tp, fp, fn int }

func (s *score) add(predicted string, accepted []string) {
	right := accepts(accepted, predicted)
	switch {
	case predicted != "" && right:
		s.tp++
	case predicted != "":
		s.fp++
	}
	if len(accepted) > 0 && !right {
		s.fn++
	}
}

func accepts(accepted []string, predicted string) bool {
	return slices.ContainsFunc(accepted, func(a string) bool { return equalAmount(a, predicted) })
}

func equalAmount(a, b string) bool {
	if strings.EqualFold(strings.TrimSpace(a), b) {
		return true
	}
	x, err := strconv.ParseFloat(strings.TrimSpace(a), 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return err == nil && err2 == nil && x == y
}

func (s score) f1() (p, r, f float64) {
	p = float64(s.tp) / float64(max(1, s.tp+s.fp))
	r = float64(s.tp) / float64(max(1, s.tp+s.fn))
	return p, r, 2 * p * r / max(1e-9, p+r)
}
