package stock

import "testing"

func TestKindsAreWhole(t *testing.T) {
	seen := map[Kind]bool{}
	for _, info := range AllKinds() {
		k := info.Kind
		if seen[k] {
			t.Errorf("kind %q stands twice in the table", k)
		}
		seen[k] = true
		if info.JA == "" || info.EN == "" {
			t.Errorf("kind %q: names %q and %q, want one in each language", k, info.JA, info.EN)
		}
		if info.Life <= 0 || info.Priority < 1 || info.Priority > 5 {
			t.Errorf("kind %q: life %s and priority %d, want a life and a priority of 1 to 5", k, info.Life, info.Priority)
		}
		if o := info.Opposite; o != "" && (o.Info().Opposite != "" || o.Info().Audience != info.Audience) {
			t.Errorf("kind %q: opposite %q is of another audience or has an opposite itself", k, o)
		}
		if info.Rings && !info.Opens {
			t.Errorf("kind %q rings by default although nothing opens", k)
		}
	}
}

// The order is that of the contracts: which kind a record has does not change by
// an edit of the table.
func TestStrengthOfKinds(t *testing.T) {
	want := []Kind{
		"restocked", "lottery_open", "orderable", "maybe_restocked", "new_listing", "price_drop", "low_stock", "sold_out", "price_rise",
		"gone", "stale_out", "offer_changed", "unreadable", "readable", "unclear", "cleared", "baseline",
	}
	got := Kinds()
	if len(got) != len(want) {
		t.Fatalf("%d kinds of records, want %d: %v", len(got), len(want), got)
	}
	for i, k := range want {
		if got[i] != k || k.Strength() != i {
			t.Errorf("kind %d of records is %q with strength %d, want %q", i, got[i], k.Strength(), k)
		}
	}
	if k := Kind("of_a_later_version"); k.Strength() <= Weekly.Strength() || k.Info().EN != string(k) {
		t.Errorf("an unknown kind: strength %d, words %q; want the weakest, by its own name", k.Strength(), k.Info().EN)
	}
}
