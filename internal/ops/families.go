package ops

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
)

// Family is a gauge with so many series that they are made one by one while they are
// written: a registry would make them all first.
type Family struct {
	Name, Help string
	Labels     []string // their names, in alphabetical order
	Each       func(yield func(value float64, labels ...string))
}

// answer writes what was gathered, and more families behind it, in the form that the
// scraper asks for.
func answer(w http.ResponseWriter, r *http.Request, gathered []*dto.MetricFamily, more []Family) error {
	format := expfmt.NegotiateAccept(r.Header, slices.DeleteFunc(expfmt.DefaultOpenMetricsAcceptedFormats(), func(f expfmt.Format) bool {
		return f.FormatType() != expfmt.TypeOpenMetrics && f.FormatType() != expfmt.TypeTextPlain
	})...)
	w.Header().Set("Content-Type", string(format))
	to := io.Writer(w)
	if accepts(r.Header, "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		defer z.Close()
		to = z
	}
	all := expfmt.NewEncoder(to, format)
	for _, f := range gathered {
		if err := all.Encode(f); err != nil {
			return fmt.Errorf("write metric %s: %w", f.GetName(), err)
		}
	}
	for _, f := range more {
		if err := writeFamily(to, format, f); err != nil {
			return fmt.Errorf("write metric %s: %w", f.Name, err)
		}
	}
	if end, ok := all.(expfmt.Closer); ok {
		return end.Close()
	}
	return nil
}

// accepts reports whether an encoding is among those that a request names.
func accepts(h http.Header, encoding string) bool {
	for part := range strings.SplitSeq(strings.Join(h.Values("Accept-Encoding"), ","), ",") {
		name, parameter, _ := strings.Cut(part, ";")
		if strings.TrimSpace(name) == encoding {
			return strings.ReplaceAll(parameter, " ", "") != "q=0"
		}
	}
	return false
}

// writeFamily writes a family series by series. The encoder knows none alone, so that each
// is encoded as a family, of which what stands before the series is written once.
func writeFamily(to io.Writer, format expfmt.Format, f Family) (err error) {
	var text bytes.Buffer
	value := new(float64)
	one := &dto.Metric{Gauge: &dto.Gauge{Value: value}}
	values := make([]string, len(f.Labels))
	for i := range f.Labels {
		one.Label = append(one.Label, &dto.LabelPair{Name: &f.Labels[i], Value: &values[i]})
	}
	encode := expfmt.MetricFamilyToText
	if format.FormatType() == expfmt.TypeOpenMetrics {
		encode = func(to io.Writer, f *dto.MetricFamily) (int, error) { return expfmt.MetricFamilyToOpenMetrics(to, f) }
	}
	family := &dto.MetricFamily{Name: &f.Name, Help: &f.Help, Type: dto.MetricType_GAUGE.Enum(), Metric: []*dto.Metric{one}}
	first := true
	f.Each(func(v float64, labels ...string) {
		if err != nil {
			return
		}
		*value = v
		copy(values, labels)
		text.Reset()
		if _, err = encode(&text, family); err != nil {
			return
		}
		line := text.Bytes()
		for !first && line[0] == '#' {
			line = line[bytes.IndexByte(line, '\n')+1:]
		}
		first = false
		_, err = to.Write(line)
	})
	return err
}

// scrapes serves /metrics and writes the answer while it is made: held back until it is
// whole, it would be tens of megabytes with 10,000 watches.
func scrapes(reg *prometheus.Registry, more func() []Family) http.Handler {
	gatherer := bounded{reg, make(chan struct{}, maxScrapes), scrapeTimeout}
	writing := make(chan struct{}, maxScrapes)
	failed := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "promhttp_metric_handler_errors_total", Help: "Total number of internal errors encountered by the promhttp metric handler.",
	}, []string{"cause"})
	var known prometheus.AlreadyRegisteredError // there may be several handlers
	if err := reg.Register(failed); errors.As(err, &known) {
		failed = known.ExistingCollector.(*prometheus.CounterVec)
	}
	gathering, encoding := failed.WithLabelValues("gathering"), failed.WithLabelValues("encoding")
	return promhttp.InstrumentMetricHandler(reg, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case writing <- struct{}{}:
			defer func() { <-writing }()
		default:
			http.Error(w, fmt.Sprintf("%d others are written", maxScrapes), http.StatusServiceUnavailable)
			return
		}
		gathered, err := gatherer.Gather()
		if err != nil {
			gathering.Inc()
			http.Error(w, "the metrics cannot be gathered:\n"+err.Error(), http.StatusInternalServerError)
			return
		}
		var families []Family
		if more != nil {
			families = more()
		}
		if err := answer(w, r, gathered, families); err != nil {
			encoding.Inc() // or the scraper has gone
		}
	}))
}
