package notify

import (
	"bytes"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// What a fact has no room for is said once, not at every review, and is no reason to write
// the fact again.
func TestLimitsWithoutRoom(t *testing.T) {
	atNoon(t, func(t *testing.T, _ time.Time) {
		var products []stock.Product
		for i := 0; len(products) < 8; i++ {
			p := stock.Product{ID: fmt.Sprint("p", i), Name: "品", MaxPrice: stock.Yen(1000), Limits: stock.Limits{SellersDeny: []string{strings.Repeat("店", 1000)}}}
			if len(products) == 0 || judgedShard(p.ID) == judgedShard(products[0].ID) {
				products = append(products, p)
			}
		}
		slices.Reverse(products)
		var log bytes.Buffer
		w := newLimitsWorld(products...)
		w.n.limits.log = slog.New(slog.NewTextHandler(&log, nil))
		w.review(t)
		before, err := w.people.Facts(t.Context(), judgedFacts)
		if err != nil || len(before) != 1 || len(before[0].Value) > maxJudged || len(before[0].Value) < maxJudged*3/4 {
			t.Fatalf("of products of one fact %d facts are written, %v, want one that is nearly full", len(before), err)
		}
		w.review(t)
		after, err := w.people.Facts(t.Context(), judgedFacts)
		if diff := cmp.Diff(before, after); err != nil || diff != "" {
			t.Errorf("a review of the same limits changes the facts, %v (-before +after):\n%s", err, diff)
		}
		if n := strings.Count(log.String(), "\n"); n != 1 || !strings.Contains(log.String(), "products=4") {
			t.Errorf("two reviews of the same limits, without room for four products, log %d lines, want one:\n%s", n, log.String())
		}
	})
}
