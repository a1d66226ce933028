package app

import (
	"encoding/json"
	"net/http"
)

// ReloadPath is where the control socket is told to read the configuration again,
// ReadyPath where it says whether this process does its work, and MovedPath where it names
// the pages of the configuration that their shops have moved to https for good.
const (
	ReloadPath = "/api/v1/reload"
	ReadyPath  = "/api/v1/ready"
	MovedPath  = "/api/v1/moved"
)

// controlOnly adds to the API of the control socket what only the owner of the data
// directory may do: neither is on the dashboard's address.
func (l *live) controlOnly(api http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", api)
	mux.HandleFunc("GET "+BackupPath, l.backup)
	mux.HandleFunc("GET "+DoctorPath, func(w http.ResponseWriter, r *http.Request) { l.doctor(w, r, false) })
	mux.HandleFunc("POST "+DoctorPath, func(w http.ResponseWriter, r *http.Request) { l.doctor(w, r, true) })
	mux.HandleFunc("POST "+ReloadPath, func(w http.ResponseWriter, _ *http.Request) {
		err := l.app.Reload()
		if err != nil {
			l.app.log.Error("the configuration was not reloaded: the old one goes on", "err", err)
		} else {
			l.app.log.Info("configuration reloaded")
		}
		answer(w, err)
	})
	mux.HandleFunc("GET "+ReadyPath, func(w http.ResponseWriter, r *http.Request) {
		answer(w, l.app.Ready(r.Context()))
	})
	mux.HandleFunc("GET "+MovedPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_ = json.NewEncoder(w).Encode(map[string]any{"moved": l.moved()})
	})
	return mux
}

// moved returns where the shops have moved pages of the configuration to, by the
// addresses that stand in it.
func (l *live) moved() map[string]string {
	to := map[string]string{}
	if l.app.observer == nil {
		return to
	}
	for url := range watchedURLs(l.app.config.Load().Products) {
		if at := l.app.observer.movedTo(url); at != "" {
			to[url] = at
		}
	}
	return to
}

// answer says how something went: {} or {"error": ...}.
func answer(w http.ResponseWriter, err error) {
	said := map[string]string{}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if err != nil {
		said["error"] = err.Error()
		w.WriteHeader(http.StatusConflict)
	}
	_ = json.NewEncoder(w).Encode(said) // the caller may be gone
}
