package readtest

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// TestFoundPages reads the real pages of shared/pages/found, whose index tells what
// is right. testdata/found.txt lists those that are known to be read wrongly.
func TestFoundPages(t *testing.T) {
	dir := sharedFolder(t, filepath.Join("pages", "found"))
	index, err := os.ReadFile(filepath.Join(dir, "INDEX.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	known := knownWrong(t, "found.txt")
	var wrong []string
	score := &kindScore{}
	for line := range strings.Lines(string(index)) {
		row := strings.Split(strings.TrimSpace(line), "\t")
		if len(row) < 4 || row[0] == "file" {
			continue
		}
		file, url, state, price := row[0], row[1], row[2], row[3]
		o := read(url, unzipped(t, filepath.Join(dir, file)))
		var bad []string
		if got := o.Offer.Availability.String(); !stateAllowed(o, state) {
			bad = append(bad, fmt.Sprintf("availability: %s with %d listings (search %t), want %s", got, len(o.Listings), o.IsSearch, state))
		}
		if got := factOf(o, "price"); price != "-" && !sameFact(price, got) {
			bad = append(bad, fmt.Sprintf("price: %v, want %s", got, price))
		}
		falsely := o.Offer.Availability.Group() == stock.Now && state != "InStock"
		score.add(len(bad) == 0, falsely)
		for _, b := range bad {
			fact, _, _ := strings.Cut(b, ":")
			entry := file + " " + fact
			wrong = append(wrong, entry)
			text := fmt.Sprintf("%s (%s): %s; outcome %s, reason %q, falsely in stock %t", file, url, b, o.Outcome, o.Reason, falsely)
			if *update || slices.Contains(known, entry) {
				t.Log(text)
			} else {
				t.Errorf("%s, evidence %v", text, o.Evidence)
			}
		}
	}
	t.Logf("all %s", score)
	settleKnown(t, "found.txt", known, wrong)
}

// stateAllowed reports whether an observation is what the index calls right.
func stateAllowed(o stock.Observation, state string) bool {
	a := o.Offer.Availability
	switch {
	case state == "not-instock":
		return a.Group() != stock.Now
	case state == "listing-or-unknown":
		return a == stock.Unknown
	case strings.HasPrefix(state, "listing:"):
		return o.IsSearch && o.Outcome.Good() && fmt.Sprintf("listing:%d", len(o.Listings)) == state
	case state == "InStock":
		return a.Group() == stock.Now
	case state == "OutOfStock":
		return a.Group() == stock.No
	}
	return a.String() == state
}

func unzipped(t testing.TB, file string) []byte {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return body
}
