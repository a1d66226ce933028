package notify

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/sainyuka/sainyuka/internal/stock"
)

func TestMetricsArePresentFromTheStart(t *testing.T) {
	reg := prometheus.NewPedanticRegistry()
	s := newStore()
	n := New(Options{Store: s, Rules: rulesFor(switch2()), Registerer: reg})
	problems, err := testutil.GatherAndLint(reg)
	if err != nil || len(problems) != 0 {
		t.Errorf("lint: %v %v", problems, err)
	}
	for name, want := range map[string]int{
		"sainyuka_alerts_total": 2 * 5, "sainyuka_dead_letters_total": 2, "sainyuka_alert_latency_seconds": 2,
		"sainyuka_outbox_depth": 2, "sainyuka_outbox_oldest_seconds": 2,
	} {
		if got, err := testutil.GatherAndCount(reg, name); got != want || err != nil {
			t.Errorf("%s has %d series (%v), want %d", name, got, err, want)
		}
	}
	r := rulesFor(switch2())
	r.Targets = append(r.Targets, Target{ID: "pager", Recipient: "x"}, Target{ID: "pager", Recipient: "y"})
	n.Set(r)
	if got, err := testutil.GatherAndCount(reg, "sainyuka_outbox_depth", "sainyuka_alerts_total"); got != 3+15 || err != nil {
		t.Errorf("after a reload with a third channel: %d series (%v), want 18", got, err)
	}
}

// A store that does not answer must not make the series go away.
func TestOutboxMetricsOutliveTheStore(t *testing.T) {
	s := newStore()
	s.out["x"] = stock.Letter{}
	c := &outboxCollector{store: s, channels: func() []string { return []string{"phone"} }, last: map[string]outboxState{}}
	const want = "# HELP sainyuka_outbox_depth Letters waiting or in hand.\n# TYPE sainyuka_outbox_depth gauge\nsainyuka_outbox_depth{channel=\"phone\"} 1\n"
	for _, state := range []string{"up", "down"} {
		if err := testutil.CollectAndCompare(c, strings.NewReader(want), "sainyuka_outbox_depth"); err != nil {
			t.Errorf("store %s: %v", state, err)
		}
		s.fail["Outbox"] = 99
	}
	if got := c.ask(t.Context(), "phone"); time.Since(got.oldest) < time.Minute {
		t.Errorf("oldest letter = %v, want what was known last", got.oldest)
	}
}
