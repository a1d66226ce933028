package sources

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// shared is where the real pages are that belong to the shops; tests that need
// them are skipped where the folder is absent.
const shared = "../../../shared/pages"

func realPages(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(shared)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the real pages are not here: %v", err)
	}
	return dir
}

// saved reads a saved page as fetch would hand it over.
func saved(t testing.TB, file, url string) stock.Page {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return stock.Page{
		URL: url, FinalURL: url, Status: 200, Body: []byte(strings.ToValidUTF8(string(body), "\uFFFD")), Outcome: stock.OK,
		FetchedAt: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC),
	}
}

func TestPagesOfJapan(t *testing.T) {
	dir := filepath.Join(realPages(t), "japan")
	raw, err := os.ReadFile(filepath.Join(dir, "expect.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(raw)), "\n")[1:] {
		row := strings.Split(line, "\t")
		name, url, state, amount := row[0], row[1], row[2], row[3]
		t.Run(name, func(t *testing.T) {
			o := New().Read(saved(t, filepath.Join(dir, name), url))
			got := stateOf(o)
			t.Logf("source %s, outcome %s, %s %v, %d listings, reason %q", o.Source, o.Outcome, o.Offer.Availability, o.Offer.Price, len(o.Listings), o.Reason)
			price := ""
			if o.Offer.Price.Known() {
				price = o.Offer.Price.Amount()
			}
			if got != state {
				t.Errorf("%s: state %q, want %q", url, got, state)
			}
			if amount != "" && price != amount {
				t.Errorf("%s: amount %q, want %q", url, price, amount)
			}
			if got == "in" && state != "in" {
				t.Errorf("%s: falsely in stock", url)
			}
			if n, _ := strconv.Atoi(row[4]); len(o.Listings) < n {
				t.Errorf("%s: %d listings, want at least %d", url, len(o.Listings), n)
			}
		})
	}
}

// What Mercari's pages are waited for stands on those that were drawn, in and out
// of stock, and on none that was not.
func TestReadinessOfRealPages(t *testing.T) {
	dir := filepath.Join(realPages(t), "japan")
	const item, search = "https://jp.mercari.com/item/m1", "https://jp.mercari.com/search?keyword=x"
	for _, c := range []struct {
		file, url string
		drawn     bool
	}{
		{"mercari__item_m38793557194_rendered_onsale.html.gz", item, true},
		{"mercari__item_m51411599843_rendered_sold.html.gz", item, true},
		{"mercari__item_m73194523815_rawssr_noavail.html.gz", item, false},
		{"mercari__shell_rendered_loading.html.gz", item, false},
		{"mercari__search_gengar_rendered.html.gz", search, true},
		{"mercari__search_soldfilter_noitems.html.gz", search, true},
		{"mercari__shell_rendered_loading.html.gz", search, false},
	} {
		r, err := New().Request(c.url)
		if err != nil {
			t.Fatal(err)
		}
		d := page.Parse(saved(t, filepath.Join(dir, c.file), c.url))
		if got := d.Has(r.Draw.Ready); got != c.drawn {
			t.Errorf("%s has %s: %t, want %t", c.file, r.Draw.Ready, got, c.drawn)
		}
	}
}

func stateOf(o stock.Observation) string {
	switch g := o.Offer.Availability.Group(); {
	case o.IsSearch:
		return "listing"
	case g == stock.No:
		return "out"
	case g == stock.GroupUnknown:
		return "unknown"
	}
	return "in"
}
