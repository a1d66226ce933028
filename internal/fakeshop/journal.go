package fakeshop

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Request is one request to a shop.
type Request struct {
	At        time.Time // when it came
	Method    string
	Host      string
	Path      string // with the query
	Status    int    // of the answer; 0: none, it was left hanging
	UserAgent string
	Validated bool // it carried If-None-Match
}

// Stats says how a host was treated.
type Stats struct {
	Requests    int
	MinGap      time.Duration // shortest time from the coming of one request to that of the next; 0 with fewer than two
	MaxInFlight int
}

// What the journal keeps at most; beyond it requests are still answered.
const (
	keptRequests = 8192
	keptHosts    = 1024
)

// journal keeps the newest requests and the tallies of every host.
type journal struct {
	ring  []Request
	next  int // where the ring goes on once it is full
	hosts map[string]*tally
}

type tally struct {
	Stats
	last     time.Time
	inFlight int
}

// begin notes that a request has come.
func (j *journal) begin(r Request) {
	if len(j.ring) < keptRequests {
		j.ring = append(j.ring, r)
	} else {
		j.ring[j.next] = r
		j.next = (j.next + 1) % keptRequests
	}
	t := j.hosts[r.Host]
	if t == nil {
		if len(j.hosts) >= keptHosts {
			return
		}
		t = &tally{}
		j.hosts[r.Host] = t
	}
	if gap := r.At.Sub(t.last); t.Requests == 1 || t.Requests > 1 && gap < t.MinGap {
		t.MinGap = gap
	}
	t.Requests++
	t.last = r.At
	t.inFlight++
	t.MaxInFlight = max(t.MaxInFlight, t.inFlight)
}

// end notes that a request was answered, or that its client has left.
func (j *journal) end(host string) {
	if t := j.hosts[host]; t != nil {
		t.inFlight--
	}
}

// Requests returns the newest requests to a host, or with "" to all of them, in
// the order in which they came.
func (s *Street) Requests(host string) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	host = strings.ToLower(host)
	var out []Request
	for _, r := range slices.Concat(s.log.ring[s.log.next:], s.log.ring[:s.log.next]) {
		if host == "" || r.Host == host {
			out = append(out, r)
		}
	}
	return out
}

// Stats says how a host was treated so far, requests that are still waiting for
// an answer included.
func (s *Street) Stats(host string) Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.log.hosts[strings.ToLower(host)]; t != nil {
		return t.Stats
	}
	return Stats{}
}

// Hosts returns the hosts that were asked for anything, sorted.
func (s *Street) Hosts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.log.hosts))
}
