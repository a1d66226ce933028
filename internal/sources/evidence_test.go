package sources

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// TestEvidenceForEveryField demands of every small page that each fact of its offer
// stands in the evidence too, with the method, the text and the place.
func TestEvidenceForEveryField(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no pages in testdata: %v", err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		bodies := map[string][]byte{}
		for _, f := range a.Files {
			bodies[f.Name] = f.Data
		}
		for _, f := range a.Files {
			name, ok := strings.CutSuffix(f.Name, ".want")
			if !ok {
				continue
			}
			_, rest, _ := strings.Cut(string(f.Data), "url: ")
			url, _, _ := strings.Cut(rest, "\n")
			o := New().Read(stock.Page{URL: url, Status: 200, Body: bodies[name+".html"], Outcome: stock.OK})
			for _, field := range unproven(o) {
				t.Errorf("%s/%s: %s without evidence: %v", filepath.Base(file), name, field, o.Evidence)
			}
		}
	}
}

// unproven returns the fields that an observation sets and no evidence speaks of.
func unproven(o stock.Observation) []string {
	var all []string
	for _, f := range []struct {
		fact stock.Fact
		set  bool
	}{
		{stock.FactAvailability, o.Offer.Availability != stock.Unknown},
		{stock.FactPrice, o.Offer.Price.Known()},
		{stock.FactSeller, o.Offer.Seller != ""},
		{stock.FactQuantity, o.Offer.Quantity != nil},
		{stock.FactShipping, o.Offer.Shipping != nil},
		{stock.FactPoints, o.Offer.Points != nil},
		{stock.FactCondition, o.Offer.Condition != ""},
		{stock.FactSaleMode, o.Offer.SaleMode != "" && o.Offer.SaleMode != stock.Open},
		{stock.FactJAN, o.Offer.JAN != ""},
		{stock.FactTitle, o.Offer.Title != "" && !o.IsSearch},
	} {
		if f.set && !slices.ContainsFunc(o.Evidence, func(e stock.Evidence) bool {
			return e.Fact == f.fact && e.Method != "" && e.Where != ""
		}) {
			all = append(all, string(f.fact))
		}
	}
	return all
}
