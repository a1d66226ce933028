package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
)

// Referrer-Policy is same-origin and not no-referrer: under the latter browsers
// send "Origin: null" with our own forms, which then look like another site's.
// No other site learns where a visitor comes from either way.
var securityHeaders = map[string]string{
	"Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; manifest-src 'self'; worker-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	"X-Content-Type-Options": "nosniff",
	"Referrer-Policy":        "same-origin",
}

// ours lets in whoever means this host.
func (s *Server) ours(next http.Handler) http.Handler {
	public := s.publicURL().Hostname()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for k, v := range securityHeaders {
			w.Header().Set(k, v)
		}
		if !meansUs(r, public) {
			s.fail(w, r, failure{status: http.StatusForbidden, says: "this name is not ours: set web.public_url to the address by which you reach the dashboard"})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// publicURL is the address by which people reach the dashboard from elsewhere,
// empty when there is none.
func (s *Server) publicURL() *url.URL {
	public, err := url.Parse(s.o.PublicURL)
	if err != nil {
		s.o.Logger.Warn("web.public_url is not used: it is no http address", "err", err)
		return &url.URL{}
	}
	return public
}

// guard lets in whoever may come in: a browser that means this host, knows the
// password, and was not sent by another site to change something.
func (s *Server) guard(next http.Handler) http.Handler {
	lock := newLock(s.o.Password)
	origins := http.NewCrossOriginProtection()
	if public := s.publicURL(); public.Host != "" {
		if err := origins.AddTrustedOrigin(public.Scheme + "://" + public.Host); err != nil {
			s.o.Logger.Warn("web.public_url is not used: it is no http address", "err", err)
		}
	}
	return s.ours(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := lock.open(r, clock.Now()); err != nil {
			s.fail(w, r, err)
			return
		}
		if origins.Check(r) != nil {
			s.fail(w, r, failure{status: http.StatusForbidden, says: "sent by another site"})
			return
		}
		next.ServeHTTP(w, r)
	}))
}

// meansUs guards against DNS rebinding: a page elsewhere whose name turns into
// a loopback address to read what is only meant for this machine. Off loopback
// the password does that.
func meansUs(r *http.Request, public string) bool {
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		if at, err := netip.ParseAddrPort(local.String()); err == nil && !at.Addr().Unmap().IsLoopback() {
			return true
		}
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	switch host = strings.ToLower(strings.Trim(host, "[]")); host {
	case "localhost", "127.0.0.1", "::1":
		return true
	default:
		return public != "" && host == strings.ToLower(public)
	}
}

// lock asks for the password.
type lock struct {
	want  [sha256.Size]byte
	none  bool
	tries *tries
}

func newLock(password string) *lock {
	return &lock{want: sha256.Sum256([]byte(password)), none: password == "", tries: newTries()}
}

// open returns nil for the right password, else what to answer. From an address
// that has guessed too often even the right one is not looked at, since looking
// is what a guesser wants.
func (l *lock) open(r *http.Request, now clock.Instant) error {
	if l.none {
		return nil
	}
	ask := failure{
		status: http.StatusUnauthorized, says: "password needed",
		header: map[string]string{"WWW-Authenticate": `Basic realm="sainyuka", charset="UTF-8"`},
	}
	_, password, ok := r.BasicAuth()
	return l.try(r, password, ok, now, ask)
}

// try compares a secret that came with a request. ask is the answer to none and
// to a wrong one.
func (l *lock) try(r *http.Request, secret string, given bool, now clock.Instant, ask failure) error {
	if !given {
		return ask
	}
	from := remote(r)
	if wait := l.tries.wait(from, now); wait > 0 {
		return failure{
			status: http.StatusTooManyRequests, says: "too many wrong passwords",
			header: map[string]string{"Retry-After": strconv.Itoa(int(wait/time.Second) + 1)},
		}
	}
	got := sha256.Sum256([]byte(secret)) // equal lengths: the time of the comparison says nothing
	if subtle.ConstantTimeCompare(got[:], l.want[:]) != 1 {
		l.tries.failed(from, now)
		return ask
	}
	return nil
}

// remote returns the address that a request comes from; of IPv6 the network,
// of which one guesser has plenty of addresses.
func remote(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := at.Addr().Unmap().WithZone("")
	if addr.Is6() {
		if network, err := addr.Prefix(64); err == nil {
			return network.Addr()
		}
	}
	return addr
}
