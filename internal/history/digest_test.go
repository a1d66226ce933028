package history

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Times in stock of several shops count once where they overlap.
func TestCovered(t *testing.T) {
	start := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		minutes := [200]bool{}
		var spans []span
		for range rapid.IntRange(0, 10).Draw(t, "spans") {
			a := rapid.IntRange(0, 199).Draw(t, "from")
			b := rapid.IntRange(a, 200).Draw(t, "to")
			for m := a; m < b; m++ {
				minutes[m] = true
			}
			spans = append(spans, span{start.Add(time.Duration(a) * time.Minute), start.Add(time.Duration(b) * time.Minute)})
		}
		want := time.Duration(0)
		for _, in := range minutes {
			if in {
				want += time.Minute
			}
		}
		if got := covered(slices.Clone(spans)); got != want {
			t.Fatalf("%v cover %v, want %v", spans, got, want)
		}
	})
}
