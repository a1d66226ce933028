package alerttext

import (
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// The proof has one reason for each of two facts: what a person asks for first
// is why it is said to be in stock, not twice by whom.
func TestProof(t *testing.T) {
	evidence := []stock.Evidence{
		{Method: stock.MethodJSONLD, Fact: stock.FactAvailability, Value: "InStock", Text: "https://schema.org/InStock"},
		{Method: stock.MethodBuyBox, Fact: stock.FactAvailability, Value: "InStock", Text: "カートに入れる"},
		{Method: "by-hand", Fact: stock.FactPrice, Value: "1980 JPY", Text: "1980"},
		{Method: stock.MethodJSONLD, Fact: stock.FactTitle, Value: "a", Text: "a"},
	}
	for language, want := range map[string]string{
		"ja": `根拠: 構造化データ (JSON-LD): 在庫 在庫あり: "InStock" / by-hand: 価格 1980 JPY: "1980"`,
		"en": `Evidence: Structured data (JSON-LD): availability InStock: "InStock" / by-hand: price 1980 JPY: "1980"`,
	} {
		x := &text{words: wordsOf(language), alert: stock.Alert{Evidence: evidence}}
		if got := strings.Join(x.proof(), "\n"); got != want {
			t.Errorf("in %s the proof is\n%s\nwant\n%s", language, got, want)
		}
		if x.view.Type = "email"; len(x.proof()) != 1+len(evidence) {
			t.Errorf("in %s the long proof is\n%q\nwant a line and one for each of %d", language, x.proof(), len(evidence))
		}
	}
}
