package web

import (
	"net/http"
)

// settingsData is the page of what is set here and not in the configuration.
type settingsData struct {
	Push   []string // channels that this browser can subscribe to
	Access accessData
}

func (s *Server) settingsPage(r *http.Request) (reply, error) { return s.drawSettings(r, nil) }

// drawSettings draws the page of settings; made is the token that was just made.
func (s *Server) drawSettings(r *http.Request, made *tokenShown) (reply, error) {
	data := settingsData{Push: s.pushChannels(), Access: s.accessData(r)}
	data.Access.Made = made
	return s.draw(r, "settings", page{Title: s.words.say("settings"), Push: data.Push, Data: data})
}
