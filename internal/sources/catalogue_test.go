package sources

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/shop"
	"github.com/sainyuka/sainyuka/internal/sources/amazon"
)

// The catalogue holds the hosts of every country that Amazon's reader reads: a host
// that only one of the two knows would be asked without the user's leave, or read
// without knowing how.
func TestAmazonsHostsAreThoseOfTheCatalogue(t *testing.T) {
	known, _ := shop.ByID("amazon")
	want, got := slices.Sorted(slices.Values(known.Hosts)), slices.Sorted(slices.Values(amazon.Hosts()))
	if !slices.Equal(got, want) {
		t.Errorf("hosts that the reader reads: %q, want those of the catalogue %q", got, want)
	}
	for _, host := range got {
		url := "https://www" + host + "/dp/B0EXAMPLE1"
		if !strings.HasPrefix(host, ".") {
			url = "https://" + host + "/d/0aBcDeF"
		}
		if s := New(); s.Name(url) != "amazon" || !s.Restricted(url) {
			t.Errorf("%s: read by %s, restricted %t, want amazon, and asked only with fetch.terms_accepted", url, s.Name(url), s.Restricted(url))
		}
	}
}

// docs/shops.md tells of every shop of the catalogue when its reader last read a real
// page right.
func TestDocsTellWhatIsProven(t *testing.T) {
	const file = "../../docs/shops.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]string{}
	column := -1
	sourceID := regexp.MustCompile("\\(`([a-z-]+)`\\)")
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i, cell := range cells {
			cells[i] = strings.TrimSpace(cell)
		}
		if cells[0] == "shop (source)" {
			column = slices.Index(cells, "last proven on")
		}
		if m := sourceID.FindStringSubmatch(cells[0]); m != nil && column >= 0 && column < len(cells) {
			rows[m[1]] = append(rows[m[1]], cells[column])
		}
	}
	if column < 0 {
		t.Fatalf("%s: the table of shops has no column %q", file, "last proven on")
	}
	for _, s := range shop.All() {
		want := s.Proven
		if want == "" {
			want = "never"
		}
		if !slices.Contains(rows[s.ID], want) {
			t.Errorf("%s: %s is last proven on %q, want %q as in the catalogue", file, s.ID, rows[s.ID], want)
		}
	}
}
