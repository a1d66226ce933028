package web

import (
	"bytes"
	"maps"
	"net/http"
	"strings"
)

// below serves what stands below the path of web.public_url. A proxy may pass that
// path on or take it off: both are understood, and every link has it.
func (s *Server) below(next http.Handler) http.Handler {
	if s.base == "" {
		return next
	}
	stripped := http.StripPrefix(s.base, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == s.base:
			http.Redirect(w, r, s.base+"/", http.StatusPermanentRedirect)
		case strings.HasPrefix(r.URL.Path, s.base+"/"):
			stripped.ServeHTTP(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// forVisitor makes an answer one for this visitor: its forms carry their token, and what
// begins at the root begins at the path of web.public_url.
func (s *Server) forVisitor(r *http.Request, a reply) reply {
	if strings.HasPrefix(a.contentType, "text/html") {
		if key := visitorOf(r).formKey; key != "" {
			a.body = withTokens(a.body, formToken(key))
		}
		a.body = rooted(a.body, s.base)
	}
	if to := a.header["Location"]; s.base != "" && strings.HasPrefix(to, "/") {
		a.header = maps.Clone(a.header)
		a.header["Location"] = s.base + to
	}
	return a
}

// rooted puts base before every path from the root in a page's attributes. Nothing
// else can look so: html/template escapes the quotes of all other text.
func rooted(page []byte, base string) []byte {
	if base == "" {
		return page
	}
	return bytes.ReplaceAll(page, []byte(`="/`), []byte(`="`+base+"/"))
}
