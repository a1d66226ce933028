package cli

import (
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// A wish list that cannot be read is named with the reason, one that can is not.
func TestStatusNamesWishListsThatCannotBeRead(t *testing.T) {
	body := []byte(`{"version":"1","wishlists":[{"id":"gifts","url":"https://shop.example/a","read_at":"2026-11-30T00:00:00Z"},` +
		`{"id":"wishes","url":"https://shop.example/b","since":"2026-11-30T00:00:00Z","outcome":"disallowed","reason":"robots.txt forbids it","reason_code":"` + string(stock.ReasonRobotsForbids) + `"}]}`)
	for lang, want := range map[string]string{
		"C":           "the wish list wishes cannot be read: " + stock.Because(stock.ReasonRobotsForbids).In(stock.English) + "\n",
		"ja_JP.UTF-8": "ほしい物リスト wishes が読めません: " + stock.Because(stock.ReasonRobotsForbids).In(stock.Japanese) + "\n",
	} {
		t.Setenv("LC_ALL", lang)
		var out strings.Builder
		if err := printStatus(&out, body, nil); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); !strings.Contains(got, want) || strings.Contains(got, "gifts") {
			t.Errorf("with %s status prints %q, want %q and nothing of the other list", lang, got, want)
		}
	}
}
