package alerttext

import (
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Every kind of loss has words in both languages.
func TestLossesHaveWords(t *testing.T) {
	for _, language := range []string{"ja", "en"} {
		for _, kind := range stock.LossKinds() {
			lines := Losses(language, []stock.Loss{{Kind: kind, Count: 3, Names: []string{"p", "p"}}})
			if len(lines) != 2 || !strings.Contains(lines[0], "3") || strings.Count(lines[0], "(p)") != 1 {
				t.Errorf("Losses(%s, 3 %s of p) = %q, want a line that counts them and names p once, and what to do", language, kind, lines)
			}
		}
	}
	if lines := Losses("en", []stock.Loss{{Kind: "of a later version", Count: 1}}); len(lines) != 1 {
		t.Errorf("Losses of an unknown kind = %q, want what to do alone", lines)
	}
}
