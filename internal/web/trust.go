package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// ErrNoHost is what Trust answers for a host that no watch asks.
var ErrNoHost = errors.New("no such host")

// Trust is what was learned of the evidence that hosts give of the availability.
type Trust interface {
	// AskedHost is the host that is really asked for a watch.
	AskedHost(watchURL string) string
	HostTrust(ctx context.Context, host string) (stock.HostTrust, error)
	// ResetTrust lets all methods of a host be evidence again.
	ResetTrust(ctx context.Context, host string) error
}

func (s *Server) trustRoutes() []route {
	if s.o.Trust == nil {
		return nil
	}
	return []route{
		{"GET", "/api/v1/hosts/{host}/trust", s.apiTrust},
		{"DELETE", "/api/v1/hosts/{host}/trust", s.apiResetTrust},
	}
}

func (s *Server) trustForms() []route {
	if s.o.Trust == nil {
		return nil
	}
	return []route{{"POST", "/watches/{id}/trust", s.resetTrustForm}}
}

func (s *Server) apiTrust(r *http.Request) (reply, error) {
	learned, err := s.o.Trust.HostTrust(r.Context(), hostOf(r))
	if err != nil {
		return reply{}, trustError(err)
	}
	return jsonReply(http.StatusOK, learned)
}

func (s *Server) apiResetTrust(r *http.Request) (reply, error) {
	if err := s.o.Trust.ResetTrust(r.Context(), hostOf(r)); err != nil {
		return reply{}, trustError(err)
	}
	return reply{status: http.StatusNoContent}, nil
}

// hostOf returns the host that a path names: names of hosts have no case.
func hostOf(r *http.Request) string { return strings.ToLower(r.PathValue("host")) }

// resetTrustForm answers the button on the page of a watch.
func (s *Server) resetTrustForm(r *http.Request) (reply, error) {
	_, w, ok := s.find(r.PathValue("id"))
	if !ok {
		return reply{}, notFound("watch")
	}
	if err := s.o.Trust.ResetTrust(r.Context(), s.o.Trust.AskedHost(w.URL)); err != nil {
		return reply{}, trustError(err)
	}
	return seeOther("../" + url.PathEscape(w.ID)), nil
}

func trustError(err error) error {
	if errors.Is(err, ErrNoHost) {
		return notFound("host")
	}
	return err
}

// distrustView is the methods that are no evidence of availability on a watch's host.
type distrustView struct {
	Host    string
	Methods []distrustedMethod
}

type distrustedMethod struct {
	Name  string
	Since *moment
}

// distrust returns what is no evidence on the host of a watch, nil when all is, or that
// is not known.
func (s *Server) distrust(ctx context.Context, watchURL string, now time.Time) *distrustView {
	if s.o.Trust == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	host := s.o.Trust.AskedHost(watchURL)
	learned, err := s.o.Trust.HostTrust(ctx, host)
	if err != nil {
		s.o.Logger.Warn("read what was learned of a host", "host", host, "err", err)
		return nil
	}
	v := &distrustView{Host: host}
	for _, m := range learned.NotTrusted() {
		v.Methods = append(v.Methods, distrustedMethod{s.words.name("method", string(m.Method)), s.clock.show(m.Since, now)})
	}
	if len(v.Methods) == 0 {
		return nil
	}
	return v
}
