package app

import (
	"net/http"
	"testing"
)

// web.metrics_listen serves the pages of operation to everybody, under whichever name, and
// nothing else; web.listen goes on to serve them under our own names alone.
func TestMetricsListen(t *testing.T) {
	t.Parallel()
	b := newBox(t, Watch|Notify, "[web]\n", "[web]\nmetrics_listen = \"127.0.0.1:0\"\n")
	b.run(t)
	b.ready(t)
	open, own := "http://"+b.metrics.Addr().String(), "http://"+b.Addr()
	for _, c := range []struct {
		base, path, host string
		want             int
	}{
		{open, "/metrics", "", http.StatusOK},
		{open, "/readyz", "monitor.example", http.StatusOK},
		{open, "/healthz", "monitor.example", http.StatusOK},
		{open, "/", "", http.StatusNotFound},
		{open, "/api/v1/products", "", http.StatusNotFound},
		{own, "/metrics", "", http.StatusOK},
		{own, "/metrics", "monitor.example", http.StatusForbidden},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.base+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = c.host
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatalf("GET %s%s: %v", c.base, c.path, err)
		}
		resp.Body.Close()
		if resp.StatusCode != c.want {
			t.Errorf("GET %s%s as %q: %s, want %d", c.base, c.path, c.host, resp.Status, c.want)
		}
	}
}
