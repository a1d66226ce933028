package fakeshop

import (
	"cmp"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Street is a street of shops. It may be asked and changed at the same time.
type Street struct {
	closed chan struct{} // ends what hangs
	close  func()

	mu     sync.Mutex // guards all below
	items  map[string]Item
	faults map[string]Fault
	robots map[string]string
	log    journal
}

// New returns a street on which nothing is on sale yet.
func New() *Street {
	closed := make(chan struct{})
	return &Street{
		closed: closed, close: sync.OnceFunc(func() { close(closed) }),
		items: map[string]Item{}, faults: map[string]Fault{}, robots: map[string]string{},
		log: journal{hosts: map[string]*tally{}},
	}
}

// Close lets go of the clients that Hang holds.
func (s *Street) Close() { s.close() }

const allowAll = "User-agent: *\nDisallow: /cart/\n"

// hangLimit bounds the wait of a client that does not leave by itself.
const hangLimit = time.Minute

// ServeHTTP answers for the shop that the request's URL or Host names.
func (s *Street) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key := requestKey(r)
	host, _ := splitKey(key)
	validator := r.Header.Get("If-None-Match")

	s.mu.Lock()
	a := s.answer(r.Method, key, host).unlessMatching(validator)
	s.log.begin(Request{
		At: time.Now(), Method: r.Method, Host: host, Path: strings.TrimPrefix(key, host),
		Status: a.status, UserAgent: r.UserAgent(), Validated: validator != "",
	})
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.log.end(host)
	}()

	if a.status == 0 {
		s.hang(r)
		return
	}
	send(w, r, a)
}

// hang waits until the client leaves, or for long enough.
func (s *Street) hang(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-s.closed:
	case <-time.After(hangLimit):
	}
}

// requestKey names the page that a request wants: by its absolute URI when it
// comes as to a proxy, else by its Host.
func requestKey(r *http.Request) string {
	return pageKey("http://" + cmp.Or(r.URL.Host, r.Host) + r.URL.RequestURI())
}

// answer decides what to say. The caller holds the lock.
func (s *Street) answer(method, key, host string) answer {
	if method == http.MethodConnect {
		return text(http.StatusNotImplemented, "this street has no TLS: ask for http URLs\n")
	}
	if method != http.MethodGet && method != http.MethodHead {
		return text(http.StatusMethodNotAllowed, "nothing can be bought here\n")
	}
	it, found := s.items[key]
	if f, ok := s.fault(key, host); ok {
		return f.answer(key, it)
	}
	_, path := splitKey(key)
	switch {
	case found:
		return itemPage(key, it)
	case path == "/robots.txt":
		if text, ok := s.robots[host]; ok {
			return plain(text)
		}
		return plain(allowAll)
	case path == "/login":
		return htmlPage(http.StatusOK, "login", view{})
	case strings.HasPrefix(path, pictures):
		return picture(path)
	case path == "/":
		return htmlPage(http.StatusOK, "index", view{Links: s.links(host)})
	default:
		return htmlPage(http.StatusNotFound, "notfound", view{})
	}
}
