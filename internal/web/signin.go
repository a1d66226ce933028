package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/access"
)

const (
	signInPath  = "/signin"
	signOutPath = "/signout"
)

// signInData is the page on which the password is asked for.
type signInData struct {
	Says string // what was wrong; "": nothing
	Next string // where to go then
	Base string
	Form bool // the password is asked for here
}

// signInDoor answers at signInPath, which is open to everybody.
func (s *Server) signInDoor(gate *gate) http.Handler {
	origins := s.newOrigins()
	return s.ours(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.o.Password == "" || s.o.Auth == AuthProxy {
			s.adapt(func(*http.Request) (reply, error) { return seeOther("/"), nil }).ServeHTTP(w, r)
			return
		}
		v := visitor{formKey: cookieOf(r, formCookie)}
		if origins.Check(r) != nil {
			s.fail(w, r, otherSite)
			return
		}
		r = s.withForm(w, r, v)
		switch r.Method {
		case http.MethodGet, http.MethodHead:
			s.adapt(func(r *http.Request) (reply, error) {
				return s.signInPage(r, http.StatusOK, "", r.URL.Query().Get("next"))
			}).ServeHTTP(w, r)
		case http.MethodPost:
			s.signIn(w, r, gate, v)
		default:
			s.fail(w, r, failure{status: http.StatusMethodNotAllowed, says: "method not allowed", header: map[string]string{"Allow": "GET, HEAD, POST"}})
		}
	}))
}

// signIn takes the password of a form and gives the browser a session.
func (s *Server) signIn(w http.ResponseWriter, r *http.Request, gate *gate, v visitor) {
	if err := s.ownForm(r, v); err != nil {
		s.showSignIn(w, r, http.StatusForbidden, s.words.say("form_old"))
		return
	}
	wrong := failure{status: http.StatusUnauthorized, says: s.words.say("signin_wrong")}
	if err := gate.try(r, r.PostFormValue("password"), wrong); err != nil {
		var f failure
		if !errors.As(err, &f) {
			f = failure{status: http.StatusInternalServerError}
		}
		for k, v := range f.header {
			w.Header().Set(k, v)
		}
		says := f.in(s.words)
		if f.status != http.StatusUnauthorized {
			says = s.words.say("signin_many")
		}
		s.showSignIn(w, r, f.status, says)
		return
	}
	_, secret, err := s.access.SignIn(r.Context(), s.o.Password, browserName(r.UserAgent()), s.client(r).String())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.endSession(r) // the one that this browser had
	s.setCookie(w, r, s.sessionName(r), secret, int(access.SessionLife/time.Second))
	next := localPath(s.asked(r))
	s.adapt(func(*http.Request) (reply, error) { return seeOther(next), nil }).ServeHTTP(w, r)
}

// showSignIn draws the page again.
func (s *Server) showSignIn(w http.ResponseWriter, r *http.Request, status int, says string) {
	s.adapt(func(r *http.Request) (reply, error) {
		return s.signInPage(r, status, says, s.asked(r))
	}).ServeHTTP(w, r)
}

func (s *Server) signInPage(r *http.Request, status int, says, next string) (reply, error) {
	a, err := s.draw(r, "signin", page{Title: s.words.say("signin"), Data: signInData{Says: says, Next: localPath(next), Form: true}})
	a.status = status
	return a, err
}

// signInInstead is what somebody sees who opens a page without being signed in.
func (s *Server) signInInstead(r *http.Request) (reply, error) {
	next := "/"
	if safe(r) {
		next = r.URL.RequestURI()
	}
	return s.signInPage(r, http.StatusUnauthorized, "", next)
}

// signOutRoutes end sessions of browsers, from a form.
func (s *Server) signOutRoutes() []route {
	return []route{{"POST", signOutPath, s.signOut}}
}

func (s *Server) signOut(r *http.Request) (reply, error) {
	s.endSession(r)
	a := seeOther("/")
	a.header["Set-Cookie"] = s.cookie(r, s.sessionName(r), "", -1).String()
	a.header["Clear-Site-Data"] = `"cache"` // what the browser kept of pages that only the password shows
	return a, nil
}

// endSession ends the session whose cookie came with a request.
func (s *Server) endSession(r *http.Request) {
	session, ok := s.access.Session(s.sessionCookie(r), s.o.Password)
	if !ok {
		return
	}
	if err := s.access.SignOut(r.Context(), session.ID); err != nil {
		s.o.Logger.Warn("a session is ended here, but not in the store", "err", err)
	}
}

// asked returns the page that a form is to lead on to. On its way through the browser
// it got the path of web.public_url, as every link has it.
func (s *Server) asked(r *http.Request) string {
	return strings.TrimPrefix(r.PostFormValue("next"), s.base)
}

// localPath returns where a form may lead on to: a page of ours and nothing else.
func localPath(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") || strings.HasPrefix(to, signInPath) {
		return "/"
	}
	return to
}
