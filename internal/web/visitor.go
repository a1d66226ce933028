package web

import (
	"context"
	"net/http"
	"net/netip"
	"strings"

	"github.com/sainyuka/sainyuka/internal/access"
)

// AccessOptions says who may come in besides those who know the password.
type AccessOptions struct {
	Auth           string         // AuthProxy when a proxy lets people in, else ""
	AuthHeader     string         // where that names who; "": nowhere
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	Access         *access.Access // sessions and tokens; nil: those of this Server, in memory
}

// AuthProxy is the value of AccessOptions.Auth that leaves the password to a proxy.
const AuthProxy = "proxy"

// visitor is who sent a request, once that is known.
type visitor struct {
	how     how
	name    string          // as the proxy gave it; "": none
	session *access.Session // of bySession
	token   *access.Token   // of byToken
	formKey string          // from which the tokens of this browser's forms are made; "": none was given
}

// how a visitor was let in.
type how int

const (
	byNobody   how = iota // no password is asked for
	byProxy               // the proxy in front let them in
	byPassword            // it came with the request
	bySession
	byToken
)

type visitorKey struct{}

func withVisitor(r *http.Request, v visitor) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), visitorKey{}, v))
}

// visitorOf returns who sent a request. On the control socket it is its owner.
func visitorOf(r *http.Request) visitor {
	v, _ := r.Context().Value(visitorKey{}).(visitor)
	return v
}

// identify says who sent a request, or what to answer when that may not come in.
func (s *Server) identify(r *http.Request, gate *gate) (visitor, error) {
	if secret, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		t, ok := s.access.Token(secret)
		if !ok {
			s.o.Logger.Warn("refused: wrong token", "address", s.client(r))
			return visitor{}, bearer
		}
		return visitor{how: byToken, token: &t}, mayToken(r, t)
	}
	switch {
	case s.o.Auth == AuthProxy:
		return s.fromTheProxy(r)
	case s.o.Password == "":
		return visitor{how: byNobody, formKey: cookieOf(r, formCookie)}, nil
	}
	if secret := s.sessionCookie(r); secret != "" {
		if session, ok := s.access.Session(secret, s.o.Password); ok {
			return visitor{how: bySession, session: &session, formKey: secret}, nil
		}
	}
	_, password, ok := r.BasicAuth()
	if !ok {
		return visitor{}, s.askPassword(r)
	}
	return visitor{how: byPassword, formKey: cookieOf(r, formCookie)}, gate.try(r, password, s.askPassword(r))
}

// fromTheProxy lets in what the proxy let in.
func (s *Server) fromTheProxy(r *http.Request) (visitor, error) {
	v := visitor{how: byProxy, formKey: cookieOf(r, formCookie)}
	if !s.fromProxy(r) {
		s.o.Logger.Warn("refused: it did not come by the proxy", "address", peer(r))
		return v, failure{status: http.StatusForbidden, says: s.words.say("past_proxy")}
	}
	if s.o.AuthHeader == "" {
		return v, nil
	}
	if v.name = r.Header.Get(s.o.AuthHeader); v.name == "" {
		s.o.Logger.Warn("refused: the proxy names nobody", "header", s.o.AuthHeader, "address", s.client(r))
		return v, failure{status: http.StatusUnauthorized, says: s.words.say("proxy_names_nobody")}
	}
	return v, nil
}

// mayToken refuses what the scopes of a token do not allow.
func mayToken(r *http.Request, t access.Token) error {
	refuse := func(scope access.Scope) error {
		return failure{status: http.StatusForbidden, says: "this token lacks the scope %s", args: []any{scope}}
	}
	path := r.URL.Path
	switch {
	case !strings.HasPrefix(path, "/api/"), strings.HasPrefix(path, tokensPath), strings.HasPrefix(path, sessionsPath):
		return failure{status: http.StatusForbidden, says: "a token opens the API, and not what makes tokens and sessions"}
	case path == hintsPath:
		if !t.May(access.Hints) && !t.May(access.Write) {
			return refuse(access.Hints)
		}
	case safe(r):
		if !t.May(access.Read) {
			return refuse(access.Read)
		}
	case !t.May(access.Write):
		return refuse(access.Write)
	}
	return nil
}

// safe reports whether a request only reads.
func safe(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions
}

var bearer = failure{status: http.StatusUnauthorized, says: "token needed", header: map[string]string{"WWW-Authenticate": `Bearer realm="sainyuka"`}}

// askPassword asks a program for the password by Basic, and a browser by the page to
// sign in on: for Basic it would open a window of its own.
func (s *Server) askPassword(r *http.Request) failure {
	f := failure{status: http.StatusUnauthorized, says: "password needed", header: map[string]string{"WWW-Authenticate": `Basic realm="sainyuka", charset="UTF-8"`}}
	if wantsPage(r) || r.Header.Get("Sec-Fetch-Mode") != "" {
		f.header = map[string]string{"WWW-Authenticate": `Cookie realm="sainyuka"`}
	}
	return f
}

func cookieOf(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}
