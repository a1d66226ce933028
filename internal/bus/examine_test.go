package bus

import (
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// What does not belong into a stream is found, and goes when somebody wants that.
func TestExamineFindsNonsense(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	mustAppend(t, b, change("w", stock.Baseline), 0)
	for _, subject := range []string{"obs.w", "out.phone.1.me.epoch", "dead.phone.1.me.epoch"} {
		if _, err := mustJetStream(t, b.nc).Publish(ctx, subject, []byte("{")); err != nil {
			t.Fatal(err)
		}
	}
	nonsense := func() (found map[string]int) {
		x, err := b.Examiner.Examine(ctx)
		if err != nil {
			t.Fatalf("Examine: %v", err)
		}
		found = map[string]int{}
		for _, s := range x.Streams {
			if s.Unreadable != 0 {
				t.Errorf("stream %s has %d messages that cannot be read, want none", s.Name, s.Unreadable)
			}
			if found[s.Name] = len(s.Nonsense); found[s.Name] == 0 {
				delete(found, s.Name)
				continue
			}
			if n, err := b.Examiner.DiscardNonsense(ctx, s); n != 1 || err != nil {
				t.Errorf("DiscardNonsense(%s) = %d, %v, want 1", s.Name, n, err)
			}
		}
		return found
	}
	if found := nonsense(); found[streamOBS] != 1 || found[streamOUT] != 1 || found[streamDEAD] != 1 || len(found) != 3 {
		t.Errorf("nonsense in %v, want one message in each of OBS, OUT and DEAD", found)
	}
	if found := nonsense(); len(found) != 0 {
		t.Errorf("after it was removed there is nonsense in %v, want none", found)
	}
	if c, _, err := b.Last(ctx, "w"); err != nil || c.Kind != stock.Baseline {
		t.Errorf("the last record is %v (%v), want the baseline that was before the nonsense", c.Kind, err)
	}
}
