package notify

import (
	"context"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// The owner hears once of what a start found missing, also when it is told again.
func TestLossNews(t *testing.T) {
	atNoon(t, func(t *testing.T, noon time.Time) {
		s, r := newStore(), rulesFor(switch2())
		r.Owner = []string{"mail"}
		n := New(Options{Store: s, People: newPeople(), Rules: r})
		end := minding(t, n)
		defer end()
		told := 0
		losses := []stock.Loss{{Kind: stock.LostLetters, Count: 22, Rebuilt: 20, Buried: 2}}
		for range 2 {
			if err := n.TellLosses(t.Context(), losses, noon, func(context.Context) { told++ }); err != nil {
				t.Fatalf("TellLosses = %v, want nil", err)
			}
		}
		events := map[string]bool{}
		for _, l := range s.letters() {
			events[l.Event] = true
			if l.Alert.Kind != stock.DataLost || len(l.Alert.News.Losses) != 1 || l.Alert.News.Losses[0].Count != 22 {
				t.Errorf("the owner hears %s with %+v, want data_lost with the 22 letters", l.Alert.Kind, l.Alert.News)
			}
		}
		if told != 2 || len(events) != 1 {
			t.Errorf("told twice, %d were done and there are %d events, want 2 and the same event", told, len(events))
		}
	})
}
