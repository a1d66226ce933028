package app

import (
	"encoding/json"
	"net/http"

	"github.com/sainyuka/sainyuka/internal/clock"
)

// BackupPath is where the control socket gives a copy of everything, and
// BackupError the trailer that says why a copy is not whole.
const (
	BackupPath  = "/api/v1/backup"
	BackupError = "Sainyuka-Error"
)

// DoctorPath is where the control socket examines the store, and with POST mends it.
const DoctorPath = "/api/v1/doctor"

// doctor examines the store while all goes on.
func (l *live) doctor(w http.ResponseWriter, r *http.Request, repair bool) {
	w.Header().Set("Content-Type", "application/json")
	found, err := Doctor(r.Context(), l.bus, l.app.config.Load(), repair)
	if err != nil {
		l.app.log.Error("examine the store", "err", err)
		w.WriteHeader(http.StatusInternalServerError)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": err.Error()})
		return
	}
	_ = json.NewEncoder(w).Encode(map[string][]Diagnosis{"findings": found})
}

// backup writes a copy of everything: more than the dashboard shows.
func (l *live) backup(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Trailer", BackupError) // what is written first cannot be taken back
	began := clock.Now()
	m, err := l.bus.Backup(r.Context(), w)
	if err != nil {
		h.Set(BackupError, err.Error())
		l.app.log.Error("back up", "err", err)
		return
	}
	l.app.log.Info("backed up", "epoch", m.Epoch, "took", clock.Since(began))
}
