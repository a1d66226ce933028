package web

import "net/http"

// sessionName is the name of the session's cookie. Over https it begins with the words
// that forbid other sites of the same domain to set it.
func (s *Server) sessionName(r *http.Request) string {
	switch {
	case !s.overHTTPS(r):
		return "sainyuka"
	case s.base == "":
		return "__Host-sainyuka"
	}
	return "__Secure-sainyuka"
}

func (s *Server) sessionCookie(r *http.Request) string { return cookieOf(r, s.sessionName(r)) }

// cookie is one for seconds, 0: until the browser is closed; less than 0 takes it away.
func (s *Server) cookie(r *http.Request, name, value string, seconds int) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: s.base + "/", MaxAge: seconds,
		Secure: s.overHTTPS(r), HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

func (s *Server) setCookie(w http.ResponseWriter, r *http.Request, name, value string, seconds int) {
	http.SetCookie(w, s.cookie(r, name, value, seconds))
}
