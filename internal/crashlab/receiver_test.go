package crashlab

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// receiver takes the alerts of all channels, each on a path of its own, and
// notes every one of them.
type receiver struct {
	URL string

	mu     sync.Mutex
	rng    *rand.Rand
	alerts []alert
	down   map[string]bool // channels that refuse everything for now
}

func newReceiver(t testing.TB, seed uint64) *receiver {
	r := &receiver{rng: rand.New(rand.NewPCG(seed, 2)), down: map[string]bool{}}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	r.URL = server.URL
	return r
}

// mostAnswerTime is the longest that it takes to answer, so that kills meet alerts
// on their way.
const mostAnswerTime = 15 * time.Millisecond

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	at := time.Now()
	var e struct {
		ID   string      `json:"id"`
		Data stock.Alert `json:"data"`
	}
	if err := json.NewDecoder(req.Body).Decode(&e); err != nil {
		http.Error(w, "not an event", http.StatusBadRequest)
		return
	}
	channel := strings.Trim(req.URL.Path, "/")
	if !r.take(alert{e.ID, channel, e.Data.Watch.URL, e.Data.Kind, flipOf(e.Data.Offer.Title), at}) {
		http.Error(w, "closed", http.StatusServiceUnavailable)
		return
	}
	clock.Sleep(req.Context(), r.answerTime())
}

// take notes an alert, unless its channel is down.
func (r *receiver) take(a alert) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.down[a.channel] {
		return false
	}
	r.alerts = append(r.alerts, a)
	return true
}

func (r *receiver) answerTime() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Duration(r.rng.Int64N(int64(mostAnswerTime)))
}

func (r *receiver) heard() []alert {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.alerts)
}
