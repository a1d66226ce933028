package stock

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestShareOf(t *testing.T) {
	for _, tt := range []struct {
		share        Share
		amount, want int64
	}{
		{250, 1999, 49}, {Whole, 1999, 1999}, {0, 1999, 0}, {-1, 1999, 0}, {250, 0, 0}, {250, -1999, 0}, {3 * Whole, 7, 21}, {1, 9999, 0}, {1, 10000, 1},
	} {
		if got := tt.share.Of(tt.amount); got != tt.want {
			t.Errorf("Share(%d).Of(%d) = %d, want %d", tt.share, tt.amount, got, tt.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s, n := rapid.Int64Range(0, 100*int64(Whole)).Draw(t, "share"), rapid.Int64Range(0, maxMinor).Draw(t, "amount")
		want := new(big.Int).Mul(big.NewInt(s), big.NewInt(n))
		want.Div(want, big.NewInt(int64(Whole)))
		if got := Share(s).Of(n); want.Cmp(big.NewInt(got)) != 0 {
			t.Fatalf("Share(%d).Of(%d) = %d, want %d", s, n, got, want)
		}
	})
}
