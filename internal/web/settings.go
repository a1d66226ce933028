package web

import (
	"html/template"
	"net/http"
)

// settingsData is the page of what is set here and not in the configuration.
type settingsData struct {
	Push        []string // channels that this browser can subscribe to
	Access      accessData
	Languages   []chip
	Bookmarklet template.URL // "": nothing can be added here
	Export      bool
	Backup      bool
}

func (s *Server) settingsPage(r *http.Request) (reply, error) { return s.drawSettings(r, nil) }

// drawSettings draws the page of settings; made is the token that was just made.
func (s *Server) drawSettings(r *http.Request, made *tokenShown) (reply, error) {
	data := settingsData{Push: s.pushChannels(), Access: s.accessData(r), Export: s.o.Editor != nil, Backup: s.o.Backup != nil}
	data.Access.Made = made
	chosen := cookieOf(r, languageCookie)
	for _, t := range []translator{japanese, english} {
		data.Languages = append(data.Languages, chip{Key: t.lang(), Words: t.say("this_language"), On: chosen == t.lang()})
	}
	if s.o.Editor != nil {
		data.Bookmarklet = s.bookmarklet(r)
	}
	return s.draw(r, "settings", page{Title: s.words.say("settings"), Push: data.Push, Data: data})
}

// bookmarklet adds the page that a browser shows: it opens ours with its address.
func (s *Server) bookmarklet(r *http.Request) template.URL {
	origin := "http://" + r.Host
	if s.overHTTPS(r) {
		origin = "https://" + r.Host
	}
	script := "javascript:void(open('" + template.JSEscapeString(origin+s.base+addPath) + "?url='+encodeURIComponent(location.href)))"
	return template.URL(script) //nolint:gosec // our own words and the host that the browser named, escaped
}
