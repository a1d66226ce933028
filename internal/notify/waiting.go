package notify

import (
	"context"
	"encoding/json"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Waiting returns the letters that quiet hours keep back, those that can be read.
func (n *Notifier) Waiting(ctx context.Context) ([]stock.Letter, error) {
	if !n.facts.kept() {
		return nil, nil
	}
	facts, err := n.facts.Facts(ctx, heldFacts)
	if err != nil {
		return nil, err
	}
	var letters []stock.Letter
	for _, f := range facts {
		var l stock.Letter
		if json.Unmarshal(f.Value, &l) == nil {
			letters = append(letters, l)
		}
	}
	return letters, nil
}
