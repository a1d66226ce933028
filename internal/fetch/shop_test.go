package fetch

import (
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const testAgent = "sainyuka/0.0 (+https://sainyuka.example)"

// visit is one request as a shop saw it.
type visit struct {
	at     time.Time
	path   string
	header http.Header
}

// shop is a server on loopback that writes down its visitors. What it serves is
// in pages, by path; anything else is a 404, robots.txt included.
type shop struct {
	*httptest.Server
	pages map[string]http.HandlerFunc

	mu     sync.Mutex
	visits []visit
}

func openShop(t testing.TB, pages map[string]http.HandlerFunc) *shop {
	t.Helper()
	s := newShop(pages)
	s.Start()
	t.Cleanup(s.Close)
	return s
}

func newShop(pages map[string]http.HandlerFunc) *shop {
	s := &shop{pages: pages}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(s.serve))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	return s
}

func (s *shop) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.visits = append(s.visits, visit{time.Now(), r.URL.RequestURI(), r.Header.Clone()})
	s.mu.Unlock()
	if page, ok := s.pages[r.URL.Path]; ok {
		page(w, r)
		return
	}
	http.NotFound(w, r)
}

// seen returns the visits up to now.
func (s *shop) seen() []visit {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]visit(nil), s.visits...)
}

// paths returns what was asked, in order, without robots.txt.
func (s *shop) paths() (paths []string) {
	for _, v := range s.seen() {
		if v.path != "/robots.txt" {
			paths = append(paths, v.path)
		}
	}
	return paths
}

func (s *shop) host(t testing.TB) string {
	t.Helper()
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

// trust makes c believe in the certificate of a shop that speaks TLS. It must be
// called before c is used.
func trust(c *Client, s *shop) {
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	c.transport.base.TLSClientConfig.RootCAs = roots
}

// says serves a body.
func says(contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write([]byte(body))
	}
}

// answers serves a status with a body.
func answers(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// sends serves a redirect whose Location is written as it is.
func sends(location string) http.HandlerFunc {
	return answers(http.StatusFound, "", "Location", location)
}

// newClient returns a client that may ask loopback and keeps a gap of a
// millisecond, changed by set.
func newClient(t testing.TB, set ...func(*Options)) *Client {
	t.Helper()
	o := Options{
		UserAgent:    testAgent,
		AllowPrivate: true,
		Timeout:      30 * time.Second,
		Every:        func(string) time.Duration { return time.Millisecond },
	}
	for _, f := range set {
		f(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatalf("New(%+v): %v", o, err)
	}
	t.Cleanup(c.Close)
	return c
}

func get(t testing.TB, c *Client, url string) stock.Page {
	t.Helper()
	return c.Fetch(t.Context(), stock.Request{URL: url})
}

// wantOutcome checks how a look ended.
func wantOutcome(t testing.TB, p stock.Page, outcome stock.Outcome, reason string) {
	t.Helper()
	if p.Outcome != outcome || p.Reason.Text != reason {
		t.Errorf("Fetch(%s) = %s, reason %q; want %s, %q", p.URL, p.Outcome, p.Reason, outcome, reason)
	}
}

// countNew counts the connections that a server gets.
func countNew(n *atomic.Int64) func(net.Conn, http.ConnState) {
	return func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			n.Add(1)
		}
	}
}
