package web

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// ErrNoChannel is what Options.Test answers when there is no such channel.
var ErrNoChannel = errors.New("no such channel")

// Tested is what became of a test alert.
type Tested struct {
	Took       time.Duration
	ProviderID string // the service's own id of the message, "" when it gives none
	Failure    error  // why it did not get through, without secrets; nil when it did
}

// apiTest sends a test alert through a channel. That the service refuses it is an
// answer, not an error of ours.
func (s *Server) apiTest(r *http.Request) (reply, error) {
	id := r.PathValue("id")
	if s.o.Test == nil {
		return reply{}, notFound("channel")
	}
	longest := r.URL.Query().Get("longest") == "true"
	t, err := s.o.Test(r.Context(), id, longest)
	if errors.Is(err, ErrNoChannel) {
		return reply{}, notFound("channel")
	}
	if err != nil {
		return reply{}, fmt.Errorf("test channel %s: %w", id, err)
	}
	said := struct {
		TookSeconds float64 `json:"took_seconds"`
		ProviderID  string  `json:"provider_id,omitempty"`
		Error       string  `json:"error,omitempty"`
	}{TookSeconds: t.Took.Seconds(), ProviderID: t.ProviderID}
	if t.Failure != nil {
		said.Error = t.Failure.Error()
	}
	return jsonReply(http.StatusOK, said)
}
