package web

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// Referrer-Policy is same-origin and not no-referrer: under the latter browsers
// send "Origin: null" with our own forms, which then look like another site's.
// No other site learns where a visitor comes from either way.
var securityHeaders = map[string]string{
	"Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; manifest-src 'self'; worker-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	"X-Content-Type-Options":       "nosniff",
	"X-Frame-Options":              "DENY", // for browsers that do not know frame-ancestors
	"Referrer-Policy":              "same-origin",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

func secure(w http.ResponseWriter) {
	for k, v := range securityHeaders {
		w.Header().Set(k, v)
	}
}

// maxBody is more than any form or request of the API has.
const maxBody = 8 << 20

// ours lets in whoever means this host.
func (s *Server) ours(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure(w)
		if !meansUs(r, s.public.Hostname()) {
			s.fail(w, r, failure{status: http.StatusForbidden, says: "this name is not ours: set web.public_url to the address by which you reach the dashboard"})
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, r)
	})
}

// readPublicURL returns the address by which people reach the dashboard from
// elsewhere, empty when there is none.
func (s *Server) readPublicURL() *url.URL {
	public, err := url.Parse(s.o.PublicURL)
	if err != nil {
		s.o.Logger.Warn("web.public_url is not used: it is no http address", "err", err)
		return &url.URL{}
	}
	return public
}

// newOrigins returns what tells our own pages' requests from other sites'.
func (s *Server) newOrigins() *http.CrossOriginProtection {
	origins := http.NewCrossOriginProtection()
	if s.public.Host != "" {
		if err := origins.AddTrustedOrigin(s.public.Scheme + "://" + s.public.Host); err != nil {
			s.o.Logger.Warn("web.public_url is not used: it is no http address", "err", err)
		}
	}
	return origins
}

var otherSite = failure{status: http.StatusForbidden, says: "sent by another site"}

// guard lets in whoever may come in: a visitor that means this host, is known, and was
// not sent by another site to change something.
func (s *Server) guard(gate *gate, next http.Handler) http.Handler {
	origins := s.newOrigins()
	return s.ours(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := s.identify(r, gate)
		if err != nil {
			s.fail(w, s.withForm(w, r, visitor{}), err)
			return
		}
		if v.how != byToken {
			if origins.Check(r) != nil {
				s.fail(w, r, otherSite)
				return
			}
			if err := s.ownForm(r, v); err != nil {
				s.fail(w, r, err)
				return
			}
		}
		next.ServeHTTP(w, s.withForm(w, r, v))
	}))
}

// openedByUser refuses what a page of another site loads by itself. A GET that makes the
// dashboard ask a shop changes nothing here, so CrossOriginProtection lets it pass, but
// a picture or a frame must not choose what is asked. A page that the user opens is let in:
// the share of a phone and the bookmarklet open one. A browser that says nothing of where
// a request comes from is let in as well.
func openedByUser(h handler) handler {
	return func(r *http.Request) (reply, error) {
		site := r.Header.Get("Sec-Fetch-Site")
		elsewhere := site == "cross-site" || site == "same-site"
		if elsewhere && !opensPage(r.Header) {
			return reply{}, otherSite
		}
		return h(r)
	}
}

// opensPage reports whether a browser asks for a whole page, and not for one in a frame
// or in advance.
func opensPage(h http.Header) bool {
	dest := h.Get("Sec-Fetch-Dest")
	return h.Get("Sec-Fetch-Mode") == "navigate" && (dest == "" || dest == "document") && h.Get("Sec-Purpose") == ""
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
	switch host := nameOf(r); host {
	case "localhost", "127.0.0.1", "::1":
		return true
	default:
		return public != "" && host == strings.ToLower(public)
	}
}

// nameOf returns the name that a request is for, without port and in lower case.
func nameOf(r *http.Request) string {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
}
