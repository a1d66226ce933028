package crashlab

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/fakeshop"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// shopServer answers for all shops, and notes every request and what it was shown.
// Each process comes in by a proxy of its own, so that its requests can
// be told from those of the others.
type shopServer struct {
	fake *fakeshop.Street

	pages []*page
	byURL map[string]*page

	mu      sync.Mutex
	rng     *rand.Rand
	looks   []look
	waiting map[int]*stampedConn // the looks whose clients wait, by number

	unstamped atomic.Int64 // requests whose time is that of this process
}

// page is the page of one item, which is sold out, then in stock, and so on.
type page struct {
	product, host, url string
	still              bool // it stays as it is: always in stock, and held at times by a limit
	scenario           bool // it goes through the phases of the scenario instead

	mu   sync.Mutex // held while the page is shown or changed, so that one page never waits for another
	flip int
	by   string // who was shown this flip last
	row  int    // and how often in a row
}

// done reports whether a page may go on to its next flip: one with a scenario once the
// looks that make its record were seen through.
func (p *page) done() bool { return !p.scenario || p.row > phaseOf(p.flip).looks }

func (p *page) in() bool { return p.flip%2 == 1 }

// mostDelay is the longest that a shop takes to answer, so that kills meet
// requests on their way.
const mostDelay = 40 * time.Millisecond

// newShopServer opens shops, every other one with two items instead of one: a host
// with one page is asked in turns, one with several where it is worth most.
func newShopServer(t testing.TB, seed uint64, hosts int) *shopServer {
	s := &shopServer{fake: fakeshop.New(), rng: rand.New(rand.NewPCG(seed, 1)), byURL: map[string]*page{}, waiting: map[int]*stampedConn{}}
	t.Cleanup(s.fake.Close)
	for i := range hosts {
		for j := range 1 + i%2 {
			p := &page{product: fmt.Sprintf("item-%02d-%d", i, j), host: fmt.Sprintf("shop-%02d.example", i)}
			s.open(p)
		}
	}
	return s
}

// setItem shows a page as it is. The flip stands in the title, which every record
// and alert repeats.
func (s *shopServer) setItem(p *page) {
	it := fakeshop.Item{Availability: stock.OutOfStock}
	switch {
	case p.scenario:
		it = phaseOf(p.flip).item
	case p.in(), p.still:
		it.Availability = stock.InStock
	}
	it.Title, it.Price = fmt.Sprintf("風見鶏 %06d", p.flip), stock.Yen(1980)
	s.fake.Set(p.url, it)
}

// open opens one more shop with one page.
func (s *shopServer) open(p *page) {
	p.url = "http://" + p.host + "/item/" + p.product
	s.pages, s.byURL[p.url] = append(s.pages, p), p
	s.setItem(p)
}

// flipOf reads what setItem wrote.
func flipOf(title string) int {
	n := -1
	_, _ = fmt.Sscanf(title, "風見鶏 %d", &n) // a title of anything else is of no flip
	return n
}

// flip changes pages at random moments, rate per second over all, until ctx ends.
func (s *shopServer) flip(ctx context.Context, rate float64) {
	for {
		s.mu.Lock()
		wait := time.Duration(s.rng.ExpFloat64() / rate * float64(time.Second))
		p := s.pages[s.rng.IntN(len(s.pages))]
		s.mu.Unlock()
		if !clock.Sleep(ctx, wait) {
			return
		}
		p.mu.Lock()
		if p.done() && !p.still {
			p.flip, p.by, p.row = p.flip+1, "", 0
			s.setItem(p)
		}
		p.mu.Unlock()
	}
}

// proxyFor opens a proxy for one process and returns its address.
func (s *shopServer) proxyFor(t testing.TB, by string) (proxy string, shut func()) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(by, w, r) }))
	listener, err := newStampedListener(server.Listener)
	if err != nil {
		t.Fatalf("note the times of requests: %v", err)
	}
	server.Listener = listener
	server.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, c)
	}
	server.Start()
	shut = sync.OnceFunc(func() {
		server.CloseClientConnections()
		server.Close()
	})
	t.Cleanup(shut)
	return server.URL, shut
}

type connKey struct{}

func (s *shopServer) serve(by string, w http.ResponseWriter, r *http.Request) {
	n, delay := s.requestCame(by, r)
	defer s.requestDone(n)
	if !clock.Sleep(r.Context(), delay) {
		return
	}
	answer := httptest.NewRecorder()
	s.show(n, answer, r)
	maps.Copy(w.Header(), answer.Header())
	s.requestDone(n) // not after the write: this goroutine may rest then, while its client has the answer and asks on
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes()) // a client that has left is what this is about
}

// requestCame notes a request and returns its number. A client that waited at the host and
// has closed its connection by now has left.
func (s *shopServer) requestCame(by string, r *http.Request) (n int, delay time.Duration) {
	conn := r.Context().Value(connKey{}).(*stampedConn)
	l := look{by: by, host: r.URL.Host}
	at, known := conn.arrival()
	l.at = at
	if !known {
		s.unstamped.Add(1)
	}
	if p := s.byURL[r.URL.String()]; p != nil {
		l.page = p.url
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for other, c := range s.waiting {
		if s.looks[other].host == l.host && c.gone() {
			s.looks[other].end = earlier(s.looks[other].end, l.at)
			delete(s.waiting, other)
		}
	}
	n = len(s.looks)
	s.looks, s.waiting[n] = append(s.looks, l), conn
	return n, time.Duration(s.rng.Int64N(int64(mostDelay)))
}

// show answers with the page as it is at this moment.
func (s *shopServer) show(n int, w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	l := s.looks[n]
	s.mu.Unlock()
	if p := s.byURL[l.page]; p != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		s.mu.Lock()
		s.looks[n].shown, s.looks[n].flip, s.looks[n].in = true, p.flip, p.in() || p.still
		s.mu.Unlock()
		if l.by != p.by {
			p.by, p.row = l.by, 0
		}
		p.row++
	}
	s.fake.ServeHTTP(w, r)
}

// requestDone notes the first time that it is told that a client waits no more.
func (s *shopServer) requestDone(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, waits := s.waiting[n]; waits {
		s.looks[n].end = time.Now()
		delete(s.waiting, n)
	}
}

// seen returns all requests so far, in the order in which they came.
func (s *shopServer) seen() []look {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.looks)
}

// asked counts the answers of each page from the nth request on that satisfy who.
func (s *shopServer) asked(n int, who func(look) bool) map[string]int {
	count := map[string]int{}
	for _, l := range s.seen()[n:] {
		if l.shown && who(l) {
			count[l.page]++
		}
	}
	return count
}

// count is the number of requests so far.
func (s *shopServer) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.looks)
}
