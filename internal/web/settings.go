package web

import (
	"net/http"
)

// settingsData is the page of what is set here and not in the configuration.
type settingsData struct {
	Push []string // channels that this browser can subscribe to
}

func (s *Server) settingsPage(r *http.Request) (reply, error) {
	data := settingsData{Push: s.pushChannels()}
	return s.draw(r, "settings", page{Title: s.words.say("settings"), Push: data.Push, Data: data})
}
