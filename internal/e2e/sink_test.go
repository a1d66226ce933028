package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// patience is how long a test waits for what must happen; far longer than it
// takes, so that a busy machine does not fail a test.
const patience = 90 * time.Second

// event is a CloudEvent as a receiver sees it.
type event struct {
	ID     string      `json:"id"`
	Source string      `json:"source"`
	Type   string      `json:"type"`
	Data   stock.Alert `json:"data"`
	At     time.Time   `json:"-"` // when it came
}

// sink is a real HTTP server that takes alerts as a user's own receiver would.
type sink struct {
	URL    string
	answer atomic.Int64 // status to answer with; 0: 200

	mu     sync.Mutex
	events []event
	came   chan struct{} // closed and renewed whenever an event comes
}

func newSink(t testing.TB) *sink {
	s := &sink{came: make(chan struct{})}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := time.Now()
	body, err := io.ReadAll(r.Body)
	var e event
	if err != nil || json.Unmarshal(body, &e) != nil {
		http.Error(w, "not an event", http.StatusBadRequest)
		return
	}
	if status := int(s.answer.Load()); status >= 300 {
		w.WriteHeader(status)
		return
	}
	e.At = at
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, e)
	close(s.came)
	s.came = make(chan struct{})
}

func (s *sink) all() []event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.events)
}

// of returns the events of one product.
func (s *sink) of(product string) []event {
	return slices.DeleteFunc(s.all(), func(e event) bool { return e.Data.Product.ID != product })
}

// wait returns the events of one product once there are at least n.
func (s *sink) wait(t testing.TB, product string, n int) []event {
	t.Helper()
	deadline := time.After(patience)
	for {
		s.mu.Lock()
		came := s.came
		s.mu.Unlock()
		events := s.of(product)
		if len(events) >= n {
			return events
		}
		select {
		case <-came:
		case <-deadline:
			t.Fatalf("%d alerts of %s after %s, want %d: %v", len(events), product, patience, n, describe(events))
		}
	}
}

// describe names events for a failure message.
func describe(events []event) []string {
	var out []string
	for _, e := range events {
		out = append(out, e.ID+" "+string(e.Data.Kind)+" "+e.Data.Offer.Availability.String()+" "+e.Data.Offer.Price.String())
	}
	return out
}

// eventually waits until ok holds.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("not within %s: %s", patience, what)
		}
	}
}
