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

// testForms has the button on the page of health.
func (s *Server) testForms() []route {
	if s.o.Test == nil {
		return nil
	}
	return []route{{"POST", "/channels/{id}/test", s.testForm}}
}

// testView is what became of a test alert, for people.
type testView struct {
	Channel, Says string
	Bad           bool
}

// testForm sends a test alert through a channel and says below which one what became of it.
func (s *Server) testForm(r *http.Request) (reply, error) {
	id := r.PathValue("id")
	t, err := s.o.Test(r.Context(), id, false)
	if errors.Is(err, ErrNoChannel) {
		return reply{}, notFound("channel")
	}
	if err != nil {
		return reply{}, fmt.Errorf("test channel %s: %w", id, err)
	}
	v := &testView{Channel: id, Says: s.words.say("push_sent")}
	if t.Failure != nil {
		v.Says, v.Bad = s.words.say("push_failed")+": "+t.Failure.Error(), true
	}
	return s.drawHealth(r, v)
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
