package ops

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

func fine(context.Context) error { return nil }

func TestProbes(t *testing.T) {
	broken := func(context.Context) error { return errors.New("NATS: no route to host") }
	for _, tt := range []struct {
		name           string
		healthy, ready Check
		path           string
		status         int
		body           string
	}{
		{"healthy", fine, broken, "/healthz", 200, "ok\n"},
		{"not ready", fine, broken, "/readyz", 503, "NATS: no route to host\n"},
		{"ready", broken, fine, "/readyz", 200, "ok\n"},
		{"not healthy", broken, fine, "/healthz", 503, "NATS: no route to host\n"},
		{"other page", fine, fine, "/", 404, ""},
		{"below a page", fine, fine, "/healthz/x", 404, ""},
	} {
		w := httptest.NewRecorder()
		Handler(NewRegistry("v1"), nil, tt.healthy, tt.ready, nil).ServeHTTP(w, httptest.NewRequest("GET", tt.path, nil))
		if w.Code != tt.status || tt.body != "" && w.Body.String() != tt.body {
			t.Errorf("%s: GET %s = %d %q, want %d %q", tt.name, tt.path, w.Code, w.Body, tt.status, tt.body)
		}
	}
}

func TestOnlyReading(t *testing.T) {
	h := Handler(NewRegistry("v1"), nil, fine, fine, nil)
	for _, path := range []string{"/metrics", "/healthz", "/readyz"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("POST", path, nil))
		if w.Code != http.StatusMethodNotAllowed {
			t.Errorf("POST %s = %d, want %d", path, w.Code, http.StatusMethodNotAllowed)
		}
	}
}

func TestProbeDoesNotHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		never := make(chan struct{})
		deaf := func(context.Context) error { <-never; return nil }
		defer close(never)
		begin := time.Now()
		w := httptest.NewRecorder()
		Handler(NewRegistry("v1"), nil, deaf, fine, nil).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/healthz", nil))
		if took := time.Since(begin); took != checkTimeout {
			t.Errorf("a check that never answers: response after %v, want %v", took, checkTimeout)
		}
		if w.Code != 503 || !strings.Contains(w.Body.String(), "no answer within 3s") {
			t.Errorf("a check that never answers: %d %q, want 503 and why", w.Code, w.Body)
		}
	})
}

func TestHangingChecksDoNotPileUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		never := make(chan struct{})
		var begun atomic.Int64
		h := probe(func(context.Context) error { begun.Add(1); <-never; return nil }, nil)
		var last *httptest.ResponseRecorder
		for range maxChecks + 5 {
			last = httptest.NewRecorder()
			h(last, httptest.NewRequestWithContext(t.Context(), "GET", "/healthz", nil))
		}
		if begun.Load() != maxChecks {
			t.Errorf("%d probes of a check that hangs began %d checks, want %d", maxChecks+5, begun.Load(), maxChecks)
		}
		if want := "8 earlier checks have not answered yet\n"; last.Code != 503 || last.Body.String() != want {
			t.Errorf("probe while all checks hang: %d %q, want 503 %q", last.Code, last.Body, want)
		}
		close(never)
		synctest.Wait()
		last = httptest.NewRecorder()
		h(last, httptest.NewRequestWithContext(t.Context(), "GET", "/healthz", nil))
		if last.Code != 200 {
			t.Errorf("probe after they have answered: %d %q, want 200", last.Code, last.Body)
		}
	})
}

func TestCheckGetsTheDeadline(t *testing.T) {
	var deadline bool
	probe(func(ctx context.Context) error {
		_, deadline = ctx.Deadline()
		return nil
	}, nil)(httptest.NewRecorder(), httptest.NewRequest("GET", "/readyz", nil))
	if !deadline {
		t.Error("the check's context has no deadline, want one")
	}
}

func TestMetrics(t *testing.T) {
	reg := NewRegistry("v1.2.3")
	server := httptest.NewServer(Handler(reg, nil, fine, fine, nil))
	defer server.Close()
	resp, err := http.Get(server.URL + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`sainyuka_build_info{goversion="` + runtime.Version() + `",revision="`,
		`version="v1.2.3"} 1`,
		"go_goroutines ",
		"process_start_time_seconds ",
		"promhttp_metric_handler_errors_total",
	} {
		if !strings.Contains(string(body), want) {
			t.Errorf("GET /metrics lacks %s", want)
		}
	}
}

func TestMetricsAreWellNamed(t *testing.T) {
	reg := NewRegistry("v1")
	Handler(reg, nil, fine, fine, nil)
	problems, err := testutil.GatherAndLint(reg)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("metric %s: %s", p.Metric, p.Text)
	}
}

func TestLogger(t *testing.T) {
	var out bytes.Buffer
	log := NewLogger(&out, slog.LevelInfo)
	log.Debug("hidden")
	log.Info("shown", "watch", "abc")
	if got := out.String(); strings.Contains(got, "hidden") || !strings.Contains(got, "level=INFO msg=shown watch=abc\n") {
		t.Errorf("log at level info wrote %q, want the record of level info alone", got)
	}
}

// What is wrong beside readiness stands below the "ok", and makes nothing unready.
func TestReadyzHasNotes(t *testing.T) {
	fine := func(context.Context) error { return nil }
	h := Handler(NewRegistry("v1"), nil, fine, fine, func() []string { return []string{"channel phone: refused"} })
	for path, want := range map[string]string{"/readyz": "ok\nchannel phone: refused\n", "/healthz": "ok\n"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != http.StatusOK || w.Body.String() != want {
			t.Errorf("%s = %d %q, want 200 %q", path, w.Code, w.Body, want)
		}
	}
}
