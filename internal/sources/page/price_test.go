package page

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// table reads a TSV file of ../shared/tables; nil when the folder is absent.
func table(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "..", "..", "shared", "tables", name))
	if err != nil {
		t.Skipf("the tables are not here: %v", err)
	}
	defer f.Close()
	var rows [][]string
	for sc := bufio.NewScanner(f); sc.Scan(); {
		rows = append(rows, strings.Split(sc.Text(), "\t"))
	}
	return rows[1:]
}

func TestPricesOfJapan(t *testing.T) {
	for _, row := range table(t, "prices-japan.tsv") {
		in, currency := strings.ReplaceAll(row[1], `\\`, `\`), strings.Trim(row[3], `\N`)
		in, _, _ = strings.Cut(in, " (JSON")
		var got []string
		for _, p := range parsePrices(in, "") {
			if p.Currency != currency && row[2] != `\N` {
				t.Errorf("row %s: parsePrices(%q) has currency %q, want %q", row[0], in, p.Currency, currency)
			}
			got = append(got, p.Amount())
		}
		want := row[2]
		if want == `\N` {
			want = ""
		}
		if s := strings.Join(got, ";"); s != want {
			t.Errorf("row %s: parsePrices(%q) = %q, want %q", row[0], in, s, want)
		}
		if strings.Contains(want, ";") {
			continue
		}
		p, ok := ParsePrice(in, "")
		if ok != (want != "") || ok && p.Amount() != want {
			t.Errorf("row %s: ParsePrice(%q) = %v, %v, want %q", row[0], in, p, ok, want)
		}
	}
}

func TestPricesOfTheWorld(t *testing.T) {
	right, all := 0, 0
	for i, row := range table(t, "prices-world.tsv") {
		if len(row) < 6 || strings.Contains(row[0], "XFAIL") {
			continue
		}
		all++
		_, hint := hintOf(row[1])
		got, ok := ParsePrice(strings.Trim(row[2], `\N`), hint)
		want := ""
		if row[5] != `\N` {
			w, err := stock.NewPrice(row[5], got.Currency)
			if err != nil {
				t.Fatal(err)
			}
			want = w.Amount()
		}
		s := ""
		if ok {
			s = got.Amount()
		}
		if s == want {
			right++
			continue
		}
		t.Logf("line %d: ParsePrice(%q, %q) = %q, want %q", i+2, row[2], row[1], s, want)
		if far(s, want) {
			t.Errorf("line %d: ParsePrice(%q, %q) = %q is off by a power of ten from %q", i+2, row[2], row[1], s, want)
		}
	}
	t.Logf("%d of %d prices right (%.1f %%)", right, all, 100*float64(right)/float64(all))
	if float64(right) < 0.97*float64(all) {
		t.Errorf("%d of %d prices right, want at least 97 %%", right, all)
	}
}

// hintOf reads the currency that the hint column names, a text of any kind.
func hintOf(s string) (stock.Price, string) {
	if c := Currency(s); c != "" {
		return stock.Price{}, c
	}
	p, _ := ParsePrice(s, "")
	return p, p.Currency
}

// far reports whether two amounts have the same digits and differ in magnitude.
func far(a, b string) bool {
	strip := func(s string) string { return strings.Trim(strings.ReplaceAll(s, ".", ""), "0") }
	return a != "" && b != "" && strip(a) == strip(b)
}

// A word on shipping behind an amount makes it free or not; it does not make the
// amount that of the shipping.
func TestPriceBesideShipping(t *testing.T) {
	for text, want := range map[string]string{
		"¥2,980 送料込み": "2980", "6,000円 送料無料": "6000", "1,200円(送料別)": "1200", "送料 550円": "",
	} {
		p, ok := ParsePrice(text, "JPY")
		if ok != (want != "") || ok && p.Amount() != want {
			t.Errorf("ParsePrice(%q) = %v, %v, want %q", text, p, ok, want)
		}
	}
}

// parsePrices reads all the prices of a text in their order; shipping, points
// and list prices are left out.
func parsePrices(text, hint string) []stock.Price {
	all := slices.DeleteFunc(amounts(text, hint), func(a amount) bool { return !a.rank.asPrice() })
	if slices.ContainsFunc(all, func(a amount) bool { return a.rank > bare }) {
		all = slices.DeleteFunc(all, func(a amount) bool { return a.rank == bare })
	}
	prices := make([]stock.Price, len(all))
	for i, a := range all {
		prices[i] = a.price
	}
	return prices
}
