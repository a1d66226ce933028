package watch_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// dump returns all series, one per line: name{labels} value.
func dump(t *testing.T, reg *prometheus.Registry) string {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range families {
		for _, m := range f.Metric {
			var labels []string
			for _, l := range m.Label {
				labels = append(labels, fmt.Sprintf("%s=%q", l.GetName(), l.GetValue()))
			}
			value := m.GetGauge().GetValue() + m.GetCounter().GetValue()
			fmt.Fprintf(&b, "%s{%s} %g\n", f.GetName(), strings.Join(labels, ","), value)
		}
	}
	return b.String()
}

func mustHave(t *testing.T, all string, lines ...string) {
	t.Helper()
	for _, l := range lines {
		if !strings.Contains("\n"+all, "\n"+l+"\n") {
			name, _, _ := strings.Cut(l, "{")
			t.Errorf("the metrics lack %q; of that name they have:\n%s", l, named(all, name))
		}
	}
}

func TestMetrics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		reg := prometheus.NewPedanticRegistry()
		o := w.options("one")
		o.Registerer = reg
		o.Every = func(string) time.Duration { return 5 * time.Second }
		o.Effective = func(_ stock.Watch, _ string, s stock.State) stock.Price {
			if !s.Price.Known() {
				return stock.Price{}
			}
			return stock.Yen(s.Price.Minor - 80)
		}
		p, q := product("p", time.Minute, shopA), product("q", 10*time.Minute, shopB)
		id := p.Watches[0].ID
		w.street.answer = func(u string, _ time.Time) stock.Observation {
			if u == shopB {
				return stock.Observation{Outcome: stock.RateLimited, RetryAfter: 5 * time.Minute}
			}
			seen := says(stock.InStock)
			seen.Offer.Price = stock.Yen(1980)
			return seen
		}

		w.journal.away = errors.New("not yet")
		r := w.start(o, []stock.Product{p, q})
		mustHave(
			t, dump(t, reg),
			`sainyuka_checks_total{outcome="blocked",source="page"} 0`,
			`sainyuka_changes_total{kind="restocked",source="page"} 0`,
			`sainyuka_watch_availability{availability="Unknown",product="p",watch="`+id+`"} 1`,
			`sainyuka_watch_info{host="a.example",product="p",source="page",watch="`+id+`"} 1`,
			`sainyuka_watch_interval_seconds{product="p",watch="`+id+`"} 60`,
			`sainyuka_last_good_check_timestamp_seconds{product="p",watch="`+id+`"} 0`,
			`sainyuka_host_backoff_seconds{host="a.example"} 0`,
			`sainyuka_host_gap_seconds{host="a.example"} 5`,
			`sainyuka_host_next_look_timestamp_seconds{host="a.example"} 0`,
			`sainyuka_host_looks_total{host="b.example",result="refused"} 0`,
			`sainyuka_check_duration_seconds{source="page"} 0`,
		)
		w.journal.set(func(j *journal) { j.away = nil })
		after(10 * time.Second)
		all := dump(t, reg)
		mustHave(
			t, all,
			`sainyuka_checks_total{outcome="ok",source="page"} 1`,
			`sainyuka_changes_total{kind="baseline",source="page"} 1`,
			`sainyuka_watch_availability{availability="InStock",product="p",watch="`+id+`"} 1`,
			`sainyuka_host_backoff_seconds{host="b.example"} 300`,
			`sainyuka_leases{} 64`,
			`sainyuka_watch_price{currency="JPY",product="p",watch="`+id+`"} 1980`,
			`sainyuka_watch_effective_price{currency="JPY",product="p",watch="`+id+`"} 1900`,
			`sainyuka_host_looks_total{host="a.example",result="read"} 1`,
			`sainyuka_host_looks_total{host="b.example",result="refused"} 1`,
		)
		if want := fmt.Sprintf(`sainyuka_host_next_look_timestamp_seconds{host="a.example"} %g`, 0.0); strings.Contains(all, want+"\n") {
			t.Errorf("%s after the first look, want when the next one is planned", want)
		}
		if strings.Contains(all, `availability="Unknown",product="p"`) {
			t.Error("the availability of a watch has two series, want one")
		}
		problems, err := testutil.GatherAndLint(reg)
		if err != nil || len(problems) > 0 {
			t.Errorf("lint of the metrics: %v, %v; want none", problems, err)
		}
		if strings.Contains(all, "http:") {
			t.Error("a label holds a URL")
		}
		after(5 * time.Minute)

		r.Set([]stock.Product{p}, "other")
		after(time.Minute)
		if all := dump(t, reg); strings.Contains(all, q.Watches[0].ID) || strings.Contains(all, "b.example") {
			t.Errorf("after a reload the metrics still know the watch that went:\n%s", all)
		}
		r.stop()
	})
}

func TestABackOffThatIsOverIsNotShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		reg := prometheus.NewPedanticRegistry()
		o := w.options("one")
		o.Registerer = reg
		w.street.answer = func(string, time.Time) stock.Observation {
			return stock.Observation{Outcome: stock.RateLimited, RetryAfter: time.Minute}
		}
		r := w.start(o, []stock.Product{product("p", time.Hour, shopA)})
		after(2 * time.Minute)
		mustHave(t, dump(t, reg), `sainyuka_host_backoff_seconds{host="a.example"} 0`)
		r.stop()
	})
}

func TestInAClusterOnlyTheOwnerShowsAWatchsState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, products := cluster(t, 30, time.Minute)
		one, two := prometheus.NewPedanticRegistry(), prometheus.NewPedanticRegistry()
		o := w.options("one")
		o.Registerer = one
		a := w.start(o, products)
		o = w.options("two")
		o.Registerer = two
		o.ConfigHash = "an older one"
		b := w.start(o, products)
		b.Set(products, "an older one")
		after(10 * time.Minute)
		both := dump(t, one) + dump(t, two)
		for _, watch := range products[0].Watches {
			var shown, infos int
			for line := range strings.Lines(both) {
				if strings.Contains(line, watch.ID) && strings.HasPrefix(line, "sainyuka_watch_availability") {
					shown++
				}
				if strings.Contains(line, watch.ID) && strings.HasPrefix(line, "sainyuka_watch_info") {
					infos++
				}
			}
			if shown != 1 || infos != 2 {
				t.Errorf("of two watchers %d show the availability of a watch and %d its facts, want 1 and 2", shown, infos)
			}
		}
		mustHave(t, dump(t, one), "sainyuka_config_differences_total{} 1")
		a.stop()
		b.stop()
	})
}

// named returns the lines of one metric.
func named(all, name string) string {
	var b strings.Builder
	for line := range strings.Lines(all) {
		if strings.HasPrefix(line, name+"{") {
			b.WriteString(line)
		}
	}
	return b.String()
}
