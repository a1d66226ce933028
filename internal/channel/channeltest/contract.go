package channeltest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
)

func (c Contract) success(t *testing.T) {
	statuses := []int{c.accepted()}
	if c.AcceptStatus == 0 {
		statuses = append(statuses, http.StatusAccepted)
	}
	for _, status := range statuses {
		s := c.serve(t, status, nil)
		if _, err := c.New(s.URL, s.Client()).Send(t.Context(), Messages(t)["usual"]); err != nil {
			t.Errorf("Send to a service that answers %d = %v, want nil", status, err)
		}
		if got := len(s.bodies()); got != 1 {
			t.Errorf("one Send made %d requests, want 1: retries are the notifier's", got)
		}
	}
}

func (c Contract) status(t *testing.T) {
	classes := map[int]channel.Class{
		400: channel.BadMessage, 401: channel.BadCredential, 403: channel.BadCredential, 404: channel.BadRecipient, 410: channel.BadRecipient,
		408: channel.Transient, 413: channel.BadMessage, 429: channel.RateLimited, 500: channel.Transient, 502: channel.Transient,
		503: channel.Transient, 504: channel.Transient, 507: channel.Transient,
	}
	maps.Copy(classes, c.Classes)
	for status, want := range classes {
		s := c.serve(t, status, nil)
		e := c.sendError(t, s)
		if e.Class != want || e.Status != status {
			t.Errorf("Send to a service that answers %d = %v, want class %q and the status", status, e, want)
		}
		if got := len(s.bodies()); got != 1 {
			t.Errorf("one Send answered with %d made %d requests, want 1", status, got)
		}
	}
}

// unrecognised tests that a success without the service's sign of acceptance is
// none: a login page, another service, nothing at all.
func (c Contract) unrecognised(t *testing.T) {
	answers := []string{
		"<!DOCTYPE html><html><title>Log in</title><form action=/login></form></html>",
		"", "{}", "[]", "null", `"ok"`, `{"status":"ok"}`, `{"ok":false}`, `{"id":null}`, "ok: no", "Bad gateway", "{\"id\":",
	}
	for _, status := range []int{200, 202, 204} {
		for _, body := range answers {
			s := newService(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(status)
				if status != http.StatusNoContent {
					_, _ = w.Write([]byte(body))
				}
			})
			e := c.sendError(t, s)
			if e.Class != channel.Unrecognised || e.Status != status || !strings.Contains(e.Error(), "login page") {
				t.Errorf("Send to what answers %d with %q = %v, want class %q and a hint at a login page", status, body, e, channel.Unrecognised)
			}
		}
	}
}

func (c Contract) retryAfter(t *testing.T) {
	date := time.Date(2026, 10, 3, 3, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{"7": 7 * time.Second, date.Add(time.Minute).Format(http.TimeFormat): time.Minute} {
		for _, status := range []int{429, 502, 503, 504} {
			if c.Classes[status] == channel.QuotaExhausted {
				continue // it renews when it renews
			}
			h := http.Header{"Retry-After": {value}, "Date": {date.Format(http.TimeFormat)}}
			if e := c.sendError(t, c.serve(t, status, h)); e.RetryAfter != want {
				t.Errorf("%d with Retry-After %q: RetryAfter = %v, want %v", status, value, e.RetryAfter, want)
			}
		}
	}
}

func (c Contract) redirects(t *testing.T) {
	elsewhere := c.serve(t, http.StatusOK, nil)
	for _, status := range []int{301, 302, 303, 307, 308} {
		s := c.serve(t, status, http.Header{"Location": {elsewhere.URL + "/"}})
		if e := c.sendError(t, s); e.Status != status {
			t.Errorf("Send to a service that answers %d = %v, want an error with the status", status, e)
		}
	}
	if got := len(elsewhere.bodies()); got != 0 {
		t.Errorf("%d redirects were followed, want none", got)
	}
}

// cancel ends the context while the service has the request and says nothing.
func (c Contract) cancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := newService(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	_, err := c.New(s.URL, s.Client()).Send(ctx, Messages(t)["usual"])
	e, ok := errors.AsType[*channel.SendError](err)
	if !ok || e.Class != channel.Transient || !errors.Is(err, context.Canceled) {
		t.Errorf("Send, cancelled = %v, want a passing trouble that is context.Canceled", err)
	}
	c.clean(t, err)
}

// timeout has the service say nothing until the caller's patience ends.
func (c Contract) timeout(t *testing.T) {
	s := newService(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	client := s.Client()
	client.Timeout = 50 * time.Millisecond
	for name, ctx := range map[string]context.Context{"the context's": ctx, "the client's": t.Context()} {
		_, err := c.New(s.URL, client).Send(ctx, Messages(t)["usual"])
		e, ok := errors.AsType[*channel.SendError](err)
		if !ok || e.Class != channel.Transient || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Send past %s time-out = %v, want a passing trouble that is context.DeadlineExceeded", name, err)
		}
		c.clean(t, err)
	}
}

func (c Contract) noService(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	client := s.Client()
	s.Close()
	_, err := c.New(s.URL, client).Send(t.Context(), Messages(t)["usual"])
	if e, ok := errors.AsType[*channel.SendError](err); !ok || e.Class != channel.Transient || e.Status != 0 {
		t.Errorf("Send where nobody listens = %v, want a passing trouble without a status", err)
	}
	c.clean(t, err)
}

// endless answers without an end: only a bounded read comes back.
func (c Contract) endless(t *testing.T) {
	s := newService(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		chunk := []byte(strings.Repeat("x", 16<<10))
		for r.Context().Err() == nil {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	if e := c.sendError(t, s); e.Class != channel.Transient {
		t.Errorf("Send to a service that answers 500 without an end = %v, want a passing trouble", e)
	}
}

// secrets has the service say everything it knows in its refusal.
func (c Contract) secrets(t *testing.T) {
	for _, status := range []int{302, 400, 401, 404, 429, 500} {
		s := newService(t, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(status)
			words := strings.Join(append(slices.Clone(c.Secrets), r.URL.String(), r.Header.Get("Authorization")), " ")
			if c.Refusal != "" {
				words = strings.ReplaceAll(c.Refusal, "%s", words)
			}
			_, _ = w.Write([]byte(words))
		})
		c.clean(t, c.sendError(t, s))
	}
	_, err := c.New("http://127.0.0.1:1:1/%zz", http.DefaultClient).Send(t.Context(), Messages(t)["usual"])
	if err == nil {
		t.Error("Send to an address that does not parse = nil, want an error")
	}
	c.clean(t, err)
}

// sendError sends and returns the typed error, which must come.
func (c Contract) sendError(t *testing.T, s *service) *channel.SendError {
	t.Helper()
	_, err := c.New(s.URL, s.Client()).Send(t.Context(), Messages(t)["usual"])
	e, ok := errors.AsType[*channel.SendError](err)
	if !ok {
		t.Fatalf("Send = %v, want a *channel.SendError", err)
	}
	c.clean(t, err)
	return e
}

// clean tests that an error holds no secret.
func (c Contract) clean(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Warn("send", "err", err)
	for _, text := range []string{err.Error(), fmt.Sprintf("%+v", err), log.String()} {
		for _, s := range c.Secrets {
			if strings.Contains(text, s) {
				t.Errorf("error %q holds the secret %q", text, s)
			}
		}
	}
}
