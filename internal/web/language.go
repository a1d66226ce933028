package web

import (
	"net/http"
)

const (
	languagePath   = "/settings/language"
	languageCookie = "sainyuka_lang"
	languageLife   = 365 * 24 * 60 * 60 // seconds
	backupPath     = "/backup.zip"
)

// speaking returns the server as it is in another language, for a browser that chose
// one. It shares all that is known.
func (s *Server) speaking(t translator) *Server {
	other := *s
	other.o.Language, other.words, other.clock.words = t.lang(), t, t
	other.ago, other.drawn = t.agoJSON(), &fragments{drawn: map[string]drawnRow{}}
	other.tmpl, other.style = other.parse()
	return &other
}

// inBrowsersLanguage serves each browser in the language that it chose, else in that of
// the configuration.
func (s *Server) inBrowsersLanguage(serve func(*Server) http.Handler) http.Handler {
	by := map[string]http.Handler{}
	for _, t := range []translator{japanese, english} {
		if t == s.words {
			by[t.lang()] = serve(s)
		} else {
			by[t.lang()] = serve(s.speaking(t))
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h, ok := by[cookieOf(r, languageCookie)]; ok {
			h.ServeHTTP(w, r)
			return
		}
		by[s.words.lang()].ServeHTTP(w, r)
	})
}

// chooseLanguage keeps a browser's choice in a cookie of its own; anything but a
// language takes it back.
func (s *Server) chooseLanguage(r *http.Request) (reply, error) {
	c := s.cookie(r, languageCookie, "", -1)
	if lang := r.PostFormValue("language"); lang == "ja" || lang == "en" {
		c = s.cookie(r, languageCookie, lang, languageLife)
	}
	a := seeOther("../settings")
	a.header["Set-Cookie"] = c.String()
	return a, nil
}
