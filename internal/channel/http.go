package channel

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
)

// maxAnswer bounds what is read of a service's answer: ids and error codes are
// far shorter, and an endless answer must not fill the memory.
const maxAnswer = 64 << 10

// maxRetryAfter bounds a Retry-After, so that its arithmetic cannot overflow.
const maxRetryAfter = 365 * 24 * time.Hour

// Answer is what a service said to a request.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte // the first 64 KiB
}

// NewJSON returns a request with v as its body. An error is a *SendError without
// the URL.
func NewJSON(ctx context.Context, method, url string, v any) (*http.Request, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // services count what is sent, and \u003c is six times as long as <
	if err := enc.Encode(v); err != nil {
		return nil, &SendError{Class: BadMessage, Err: fmt.Errorf("encode message: %w", err)}
	}
	return NewRequest(ctx, method, url, "application/json", b.Bytes())
}

// NewRequest returns a request with a body. An error is a *SendError without the
// URL.
func NewRequest(ctx context.Context, method, url, contentType string, body []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil { // its text holds the URL
		return nil, &SendError{Class: BadRecipient, Err: errors.New("the service's url is not valid")}
	}
	req.Header.Set("Content-Type", contentType)
	return req, nil
}

// Do sends req and returns the answer whatever its status. A redirect is an
// answer, not a thing to follow: it could carry the alert and its credentials to
// another host. An error is a *SendError without the request's URL, which may be
// as good as a password.
func Do(client *http.Client, req *http.Request) (Answer, error) {
	c := *client
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", "sainyuka")
	}
	resp, err := c.Do(req)
	if err != nil {
		return Answer{}, &SendError{Class: Transient, Err: withoutURL(err)}
	}
	defer resp.Body.Close()
	// The status line has decided already. A body that breaks off costs its text.
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return Answer{Status: resp.StatusCode, Header: resp.Header, Body: body}, nil
}

// withoutURL strips the URL that net/http puts before every error.
func withoutURL(err error) error {
	if ue, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Errorf("%s: %w", strings.ToLower(ue.Op), ue.Err)
	}
	return err
}

// Err judges the answer by status and Retry-After alone: nil for 2xx, else a
// *SendError that quotes nothing of the body.
func (a Answer) Err() error {
	if e := a.Failure(); e != nil {
		return e
	}
	return nil
}

// Failure is Err for a channel that knows more than the status tells.
func (a Answer) Failure() *SendError {
	if a.Status >= 200 && a.Status < 300 {
		return nil
	}
	e := &SendError{Class: classOf(a.Status), Status: a.Status, RetryAfter: a.retryAfter()}
	switch {
	case a.Status >= 300 && a.Status < 400:
		e.Err = errors.New("answered with a redirect, which is not followed: write the final address")
	case http.StatusText(a.Status) != "":
		e.Err = errors.New(strings.ToLower(http.StatusText(a.Status)))
	}
	return e
}

// Unrecognised says that the answer has a success's status and not the service's
// sign of acceptance: a proxy's login page answers every request with 200.
func (a Answer) Unrecognised(service string) *SendError {
	return &SendError{
		Class: Unrecognised, Status: a.Status, RetryAfter: a.retryAfter(),
		Err: errors.New("answered by something that is not " + service + ": a login page?"),
	}
}

// maxQuote is how much of a service's own words stands in an error.
const maxQuote = 200

// Quote returns a service's words as an error, without the secrets that they may
// repeat; nil when it said nothing.
func Quote(said string, secrets ...string) error {
	hide := func(text string) string {
		for _, secret := range secrets {
			if secret != "" {
				text = strings.ReplaceAll(text, secret, "***")
			}
		}
		return text
	}
	// Once more at the end: what is taken out may have stood in a secret.
	text := hide(Clean(hide(said), maxQuote))
	if text == "" {
		return nil
	}
	return fmt.Errorf("%q", text)
}

func classOf(status int) Class {
	switch status {
	case http.StatusMovedPermanently, http.StatusPermanentRedirect, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone:
		return BadRecipient
	case http.StatusUnauthorized, http.StatusForbidden:
		return BadCredential
	case http.StatusTooManyRequests:
		return RateLimited
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusMisdirectedRequest:
		return Transient
	}
	if status >= 400 && status < 500 {
		return BadMessage
	}
	return Transient // 5xx, and what is no final answer: a proxy's login page redirects for a while
}

// retryAfter reads the header in both its forms. A date is set against the
// server's own clock where it tells that, since ours may differ.
func (a Answer) retryAfter() time.Duration {
	v := strings.TrimSpace(a.Header.Get("Retry-After"))
	if v == "" {
		return 0
	}
	if n, err := strconv.ParseUint(v, 10, 31); err == nil {
		return min(time.Duration(n)*time.Second, maxRetryAfter)
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(a.Header.Get("Date"))
	if err != nil {
		now = clock.Wall()
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}
