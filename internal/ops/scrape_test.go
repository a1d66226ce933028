package ops

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// A collector that hangs costs a scrape its time and no more, and only so many scrapes
// ever hang at once.
func TestAScrapeThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reg, ended := prometheus.NewRegistry(), make(chan struct{})
		reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "slow", Help: "."}, func() float64 {
			<-ended
			return 1
		}))
		h := scrapes(reg, nil)
		ask := func() *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
			return w
		}
		for n := range maxScrapes {
			began := time.Now()
			if w := ask(); w.Code != http.StatusInternalServerError || time.Since(began) != scrapeTimeout {
				t.Errorf("scrape %d of metrics that hang: status %d after %v, want %d after %v", n, w.Code, time.Since(began), http.StatusInternalServerError, scrapeTimeout)
			}
		}
		began := time.Now()
		if w := ask(); w.Code != http.StatusInternalServerError || time.Since(began) != 0 {
			t.Errorf("one scrape more: status %d after %v, want %d at once", w.Code, time.Since(began), http.StatusInternalServerError)
		}
		close(ended)
		synctest.Wait()
		if w := ask(); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "slow 1") {
			t.Errorf("a scrape after the hanging ones ended: status %d, %q; want 200 with slow 1", w.Code, w.Body)
		}
	})
}
