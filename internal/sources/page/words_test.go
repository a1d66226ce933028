package page

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/sainyuka/sainyuka/internal/stock"
)

func TestStockWordsOfJapan(t *testing.T) {
	want := map[string]stock.Availability{"out": stock.OutOfStock, "discontinued": stock.Discontinued, "in": stock.InStock, "low": stock.LimitedAvailability, "backorder": stock.BackOrder, "preorder": stock.PreOrder}
	for _, row := range table(t, "stock-words-japan.tsv") {
		got, _ := StockPhrase(row[1])
		if got == stock.Unknown && Buys(row[1]) {
			got = stock.InStock
		}
		w := want[row[0]] // Unknown for the traps, and for removed pages, which the classifier reads
		if got != w && got.Group() != w.Group() || got.Group() == stock.Now && got != w {
			t.Errorf("%q: %s, want %s (%s, %s)", row[1], got, w, row[0], row[2])
		}
	}
}

func TestStockWordsOfTheWorld(t *testing.T) {
	for _, row := range table(t, "stock-words-english.tsv") {
		if a, _ := StockPhrase(row[0]); a.Group() == stock.Now || Buys(row[0]) && a.Group() != stock.Later {
			t.Errorf("%q: %s, want anything but in stock", row[0], a)
		}
	}
}

// What Fold takes for plain is what it would make of it the long way.
func TestPlainTextsAreNormal(t *testing.T) {
	for r := rune(1); r < 0x20000; r++ {
		for _, s := range []string{string(r), "a" + string(r) + "b", string(r) + "が"} {
			if ok, _ := plain(s); !ok {
				continue
			}
			if got := strings.Join(strings.Fields(norm.NFKC.String(s)), " "); got != s {
				t.Errorf("%U in %q is taken for plain; the long way gives %q", r, s, got)
			}
		}
	}
}

// The quick look at a button's names finds what the words in them give.
func TestNamedOrder(t *testing.T) {
	for _, name := range orderNames {
		for _, s := range []string{name, strings.ToUpper(name), "x " + strings.Join(strings.Split(name, ""), "-") + " y", name[:3] + "_ " + name[3:], "é" + name} {
			if !namedOrder(s) {
				t.Errorf("%q is not taken for the name of an order button", s)
			}
		}
	}
	for _, s := range []string{"", "cart", "add to wishlist", "bag-icon", "価格"} {
		if namedOrder(s) {
			t.Errorf("%q is taken for the name of an order button", s)
		}
	}
}

// A lexicon finds each of its wordings wherever it stands, of whatever characters.
func TestLexicon(t *testing.T) {
	words := []string{"a", "é", "é!", "é猫", "在庫あり", "在庫", "カ", "ไม่", "😀x", "zz top"}
	l := newLexicon(words...)
	for _, w := range words {
		for _, s := range []string{w, "。" + w, "。、" + w + "。", "- " + w} {
			if got, want := l.index(s), strings.Index(s, w); got != want {
				t.Errorf("%q stands at %d in %q, want %d", w, got, s, want)
			}
		}
	}
	for _, s := range []string{"", "在", "車庫あり", "bcd", "😁", "\xe5\x9c", "\xe5", "カ"[:2]} {
		if got := l.index(s); got != -1 {
			t.Errorf("something stands at %d in %q, want nothing", got, s)
		}
	}
}
