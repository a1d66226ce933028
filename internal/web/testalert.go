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
	t, err := s.test(r, false)
	if err != nil {
		return reply{}, err
	}
	v := &testView{Channel: r.PathValue("id"), Says: s.words.say("push_sent")}
	if t.Failure != nil {
		v.Says, v.Bad = s.words.say("push_failed")+": "+t.Failure.Error(), true
	}
	return s.drawHealth(r, v)
}

// test sends a test alert through the channel that a request names.
func (s *Server) test(r *http.Request, longest bool) (Tested, error) {
	if s.o.Test == nil {
		return Tested{}, notFound("channel")
	}
	id := r.PathValue("id")
	t, err := s.o.Test(r.Context(), id, longest)
	switch {
	case errors.Is(err, ErrNoChannel):
		return t, notFound("channel")
	case err != nil:
		return t, fmt.Errorf("test channel %s: %w", id, err)
	}
	return t, nil
}

// apiTest sends a test alert through a channel. That the service refuses it is an
// answer, not an error of ours.
func (s *Server) apiTest(r *http.Request) (reply, error) {
	t, err := s.test(r, r.URL.Query().Get("longest") == "true")
	if err != nil {
		return reply{}, err
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
