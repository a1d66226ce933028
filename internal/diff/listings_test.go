package diff_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/diff"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// TestListingsAgreeWithModel replays searches: after the first look a listing
// rings when, and only when, it can be bought within the limit and was never
// remembered before.
func TestListingsAgreeWithModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := stock.Product{ID: "p", MaxPrice: stock.Yen(rapid.Int64Range(1, 3).Draw(t, "limit"))}
		remembered := map[string]bool{}
		var track diff.Track
		for i := range rapid.IntRange(1, 30).Draw(t, "looks") {
			o := stock.Observation{Outcome: stock.OK, IsSearch: true, At: midnight.Add(time.Duration(i) * time.Minute)}
			o.Listings = rapid.SliceOfN(listing(), 0, 8).Draw(t, "listings")
			var fresh []string
			for _, l := range o.Listings {
				if !remembered[l.ID] && l.Availability != stock.SoldOut && l.Price.Known() && l.Price.Minor <= p.MaxPrice.Minor {
					remembered[l.ID] = true
					fresh = append(fresh, l.ID)
				}
			}
			next, c := track.Fold(p, stock.Watch{ID: "tid"}, o)
			track = next
			switch {
			case i == 0:
				if c == nil || c.Kind != stock.Baseline {
					t.Fatalf("first look: got %+v, want a baseline", c)
				}
			case (c != nil) != (len(fresh) > 0):
				t.Fatalf("look %d with the new listings %v: got %+v", i, fresh, c)
			case c != nil && (c.Kind != stock.NewListing || !slices.Contains(fresh, c.Offer.SKU)):
				t.Fatalf("look %d with the new listings %v: got %s of %s", i, fresh, c.Kind, c.Offer.SKU)
			}
		}
	})
}

func listing() *rapid.Generator[stock.Listing] {
	return rapid.Custom(func(t *rapid.T) stock.Listing {
		return stock.Listing{
			ID:           strconv.Itoa(rapid.IntRange(0, 9).Draw(t, "id")),
			Price:        rapid.SampledFrom([]stock.Price{{}, stock.Yen(1), stock.Yen(2), stock.Yen(4)}).Draw(t, "price"),
			Availability: rapid.SampledFrom([]stock.Availability{stock.Unknown, stock.InStock, stock.SoldOut}).Draw(t, "availability"),
		}
	})
}

// Where the newest stand first, a listing below all that are known is none: it slid
// up from the next page when one above it was sold.
func TestListingsThatSlideUp(t *testing.T) {
	const limit = 2000
	shelf := func(rows ...stock.Listing) []stock.Listing { return rows }
	at := func(id string, yen int64) stock.Listing { return stock.Listing{ID: id, Price: stock.Yen(yen)} }
	steps := []struct {
		name string
		page []stock.Listing
		ring string // id of the new listing that is told; "" for none
	}{
		{"the first look", shelf(at("c", 900), at("b", 1000), at("a", 2500)), ""},
		{"a new one", shelf(at("d", 1100), at("c", 900), at("b", 1000)), "d"},
		{"one sold, one slid up", shelf(at("d", 1100), at("b", 1000), at("a", 2500), at("z", 500)), ""},
		{"and one more", shelf(at("b", 1000), at("a", 2500), at("z", 500), at("y", 400)), ""},
		{"one that was too dear has become cheap", shelf(at("b", 1000), at("a", 1900), at("z", 500)), "a"},
		{"an old one is put back to the top", shelf(at("z", 500), at("b", 1000), at("a", 1900)), ""},
		{"a new one and one slid up", shelf(at("e", 700), at("b", 1000), at("x", 100)), "e"},
		{"all are new", shelf(at("h", 1500), at("g", 1400)), "g"},
	}
	var track diff.Track
	for i, step := range steps {
		o := stock.Observation{Outcome: stock.OK, IsSearch: true, NewestFirst: true, Listings: step.page, At: midnight.Add(time.Duration(i) * time.Minute)}
		next, c := track.Fold(stock.Product{MaxPrice: stock.Yen(limit)}, stock.Watch{}, o)
		track = next
		switch {
		case i == 0:
		case step.ring == "" && c != nil:
			t.Errorf("%s: got %s of %s, want nothing", step.name, c.Kind, c.Offer.SKU)
		case step.ring != "" && (c == nil || c.Kind != stock.NewListing || c.Offer.SKU != step.ring):
			t.Errorf("%s: got %+v, want a new listing %s", step.name, c, step.ring)
		}
	}
}

// A search that starts empty, or becomes empty, rings for its first hit, however
// its shop says that there is nothing.
func TestFirstHitOfAnEmptySearch(t *testing.T) {
	hit := stock.Listing{ID: "a", Title: "a", Price: stock.Yen(1000)}
	search := func(rows ...stock.Listing) stock.Observation {
		return stock.Observation{Outcome: stock.OK, IsSearch: true, Listings: rows}
	}
	missing := stock.Observation{Outcome: stock.NotFound, IsSearch: true}
	unknown := stock.Observation{Outcome: stock.NotFound} // by a source that does not know that it is a search
	for _, c := range []struct {
		name  string
		looks []stock.Observation
		want  []stock.Kind // of each look; "" for no record
	}{
		{"starts empty", []stock.Observation{search(), search(hit)}, []stock.Kind{stock.Baseline, stock.NewListing}},
		{"becomes empty", []stock.Observation{search(stock.Listing{ID: "b", Price: stock.Yen(5)}), search(), search(hit)}, []stock.Kind{stock.Baseline, "", stock.NewListing}},
		{"is not found for a time", []stock.Observation{search(), missing, missing, search(hit)}, []stock.Kind{stock.Baseline, "", "", stock.NewListing}},
		{"was taken for a page that is gone", []stock.Observation{unknown, unknown, search(hit)}, []stock.Kind{"", stock.Baseline, stock.NewListing}},
	} {
		var track diff.Track
		for i, o := range c.looks {
			o.At = midnight.Add(time.Duration(i) * time.Minute)
			next, change := track.Fold(stock.Product{}, stock.Watch{}, o)
			track = next
			got := stock.Kind("")
			if change != nil {
				got = change.Kind
			}
			if got != c.want[i] {
				t.Errorf("a search that %s, look %d: got %q, want %q", c.name, i+1, got, c.want[i])
			}
		}
	}
}

// TestListingsAreBounded shows more listings than a state remembers.
func TestListingsAreBounded(t *testing.T) {
	var track diff.Track
	for page := range 20 {
		o := stock.Observation{Outcome: stock.OK, IsSearch: true, At: midnight.Add(time.Duration(page) * time.Minute)}
		for i := range 100 {
			o.Listings = append(o.Listings, stock.Listing{ID: strconv.Itoa(page*100 + i)})
		}
		track, _ = track.Fold(stock.Product{}, stock.Watch{}, o)
	}
	if n := len(track.State.Seen); n != 500 {
		t.Fatalf("after 2000 listings the state remembers %d, want 500", n)
	}
	if last := track.State.Seen[499]; last != stock.ShortHash("1999") {
		t.Errorf("the last one remembered is %s, want that of the newest listing", last)
	}
}
