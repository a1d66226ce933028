package ops

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Families are written as a registry's metrics are, in each form.
func TestFamiliesAreWrittenAsARegistryDoes(t *testing.T) {
	const name, help = "sainyuka_shelf", "What is \"on\" it,\nand \\ behind."
	labels := []string{"product", "watch"}
	values := map[string]float64{"a": 1, "b": 1796019.5, "c": 0.25, "風見鶏 \"d\"\n\\": -3}
	order := []string{"a", "b", "c", "風見鶏 \"d\"\n\\"}
	reg, bare := prometheus.NewRegistry(), prometheus.NewRegistry()
	gauges := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
	for _, product := range order {
		gauges.WithLabelValues(product, "w").Set(values[product])
	}
	reg.MustRegister(gauges)
	families := func() []Family {
		return []Family{
			{Name: name, Help: help, Labels: labels, Each: func(yield func(float64, ...string)) {
				for _, product := range order {
					yield(values[product], product, "w")
				}
			}},
			{Name: "sainyuka_empty", Help: "Nothing.", Labels: labels, Each: func(func(float64, ...string)) {}},
		}
	}
	ask := func(h http.Handler, header http.Header) (string, http.Header) {
		t.Helper()
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.Header = header
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		body := io.Reader(w.Body)
		if w.Header().Get("Content-Encoding") == "gzip" {
			z, err := gzip.NewReader(body)
			if err != nil {
				t.Fatal(err)
			}
			body = z
		}
		text, err := io.ReadAll(body)
		if err != nil || w.Code != http.StatusOK {
			t.Fatalf("status %d, %v", w.Code, err)
		}
		return string(text), w.Header()
	}
	mine := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		gathered, _ := bare.Gather()
		if err := answer(w, r, gathered, families()); err != nil {
			t.Error(err)
		}
	})
	for _, header := range []http.Header{
		{},
		{"Accept": {"application/openmetrics-text;version=1.0.0"}},
		{"Accept-Encoding": {"br, gzip;q=0.5"}},
	} {
		want, wantHeader := ask(promhttp.HandlerFor(reg, promhttp.HandlerOpts{EnableOpenMetrics: true}), header)
		got, gotHeader := ask(mine, header)
		if got != want {
			t.Errorf("asked with %v:\n%s\nwant\n%s", header, got, want)
		}
		for _, field := range []string{"Content-Type", "Content-Encoding"} {
			if gotHeader.Get(field) != wantHeader.Get(field) {
				t.Errorf("asked with %v: %s %q, want %q", header, field, gotHeader.Get(field), wantHeader.Get(field))
			}
		}
	}
}

// Writing many series allocates nothing for each.
func TestFamiliesAllocateLittle(t *testing.T) {
	const series = 1000
	var watches [series]string
	for i := range watches {
		watches[i] = fmt.Sprint("w", i)
	}
	labels := make([]string, 2)
	families := []Family{{Name: "sainyuka_shelf", Help: "What is on it.", Labels: []string{"product", "watch"}, Each: func(yield func(float64, ...string)) {
		for _, w := range watches {
			labels[0], labels[1] = "p", w
			yield(1796019.5, labels...)
		}
	}}}
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	allocations := testing.AllocsPerRun(5, func() {
		if err := answer(discarding{http.Header{}}, r, nil, families); err != nil {
			t.Error(err)
		}
	})
	// One for each series would be a thousand. With the race detector a sync.Pool drops a quarter of what it is given,
	// the encoder's buffers for numbers too, which makes about 600.
	if allocations > series*8/10 {
		t.Errorf("%d series took %v allocations, want none for each", series, allocations)
	}
}

// discarding is an answer that nobody reads.
type discarding struct{ header http.Header }

func (d discarding) Header() http.Header         { return d.header }
func (d discarding) Write(b []byte) (int, error) { return len(b), nil }
func (d discarding) WriteHeader(int)             {}
