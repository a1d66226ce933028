package group

import (
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// A group is one fact of limited size, however many shops follow within the
// minute.
func TestAGroupStaysSmall(t *testing.T) {
	var g State
	for i := range 5000 {
		at := time.Unix(1e9, 0)
		g.Enter(stock.Entry{Seq: uint64(i + 1), Change: stock.Change{Watch: stock.WatchRef{ID: string(rune('a' + i%26))}, State: stock.State{ObservedAt: at}}}, Line{Seq: uint64(i + 1), Watch: string(rune('a' + i%26))}, func(Line) bool { return false }, false)
		if len(g.Waiting) > maxTogether || len(g.Own) > maxOwn {
			t.Fatalf("%d records wait and %d were told alone, want at most %d and %d", len(g.Waiting), len(g.Own), maxTogether, maxOwn)
		}
	}
}
