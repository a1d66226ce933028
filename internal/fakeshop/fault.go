package fakeshop

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Fault is a way in which a shop fails to answer. Make one with the functions
// below; the zero Fault is a fault that nobody notices.
type Fault struct {
	status int
	header map[string]string
	body   string // verbatim
	page   string // name of a template to show instead of the item
	size   int64  // this many bytes of nothing
	hang   bool
	cut    bool
	times  int // requests that it still spoils; 0: all
}

// Times returns the fault for the next n requests only.
func (f Fault) Times(n int) Fault { f.times = n; return f }

// Status answers with a bare HTTP status: 403, 404, 410, 500.
func Status(code int) Fault { return Fault{status: code, body: http.StatusText(code) + "\n"} }

// Reference answers 200 with the 43 bytes by which a content delivery network
// refuses a program.
func Reference() Fault {
	return Fault{body: "Reference  #18.4f0d1502.1795400000.1a2b3c4d"}
}

// Captcha answers 200 with a page that asks for the letters of a picture.
func Captcha() Fault { return Fault{page: "captcha"} }

// Maintenance answers 200 with the page of a mall that is closed for the night.
func Maintenance() Fault { return Fault{page: "maintenance"} }

// LoginWall redirects to the login form of the same host.
func LoginWall() Fault { return RedirectTo("/login") }

// RedirectTo redirects to a URL, which may be relative: another item of the
// shop, or another host.
func RedirectTo(target string) Fault {
	return Fault{status: http.StatusFound, header: map[string]string{"Location": target}}
}

// TooMany answers 429; with after > 0 it says for how long.
func TooMany(after time.Duration) Fault {
	return busy(http.StatusTooManyRequests, after, "Too Many Requests\n")
}

// Unavailable answers 503 as an overrun mall does; with after > 0 it says for
// how long.
func Unavailable(after time.Duration) Fault {
	return busy(http.StatusServiceUnavailable, after, "ただいまアクセスが集中しております。しばらくたってから再度お試しください。\n")
}

func busy(status int, after time.Duration, body string) Fault {
	f := Fault{status: status, body: body}
	if after > 0 {
		f.header = map[string]string{"Retry-After": strconv.Itoa(int(after.Seconds()))}
	}
	return f
}

// Hang takes the request and says nothing until the client leaves, Close is
// called or a minute has passed.
func Hang() Fault { return Fault{hang: true} }

// Cut breaks the connection in the middle of the item's page.
func Cut() Fault { return Fault{cut: true} }

// Shell answers with the page before its scripts have run: a filled head, an
// empty body, and words for every state in its translations.
func Shell() Fault { return Fault{page: "shell"} }

// Empty answers 200 with nothing.
func Empty() Fault { return Fault{status: http.StatusOK} }

// Huge answers as Shell does, with n blanks after it, compressed when the client
// allows it.
func Huge(n int64) Fault { return Fault{size: n} }

// Fail makes a page, or a whole host but for its robots.txt ("shop.example"),
// fail in the given way until Heal. The robots.txt of a host is a page like any
// other here. A fault of a page goes before one of its host.
func (s *Street) Fail(target string, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[pageKey(target)] = f
}

// Heal ends what Fail began.
func (s *Street) Heal(target string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.faults, pageKey(target))
}

// fault returns what is to go wrong with a request for the page, and counts it.
// The caller holds the lock.
func (s *Street) fault(key, host string) (Fault, bool) {
	keys := []string{key, host}
	if strings.HasSuffix(key, "/robots.txt") {
		keys = keys[:1]
	}
	for _, k := range keys {
		f, ok := s.faults[k]
		if !ok {
			continue
		}
		switch f.times {
		case 0:
		case 1:
			delete(s.faults, k)
		default:
			s.faults[k] = f.Times(f.times - 1)
		}
		return f, true
	}
	return Fault{}, false
}
