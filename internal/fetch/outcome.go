package fetch

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// maxRetryAfter bounds what a server may ask for: a mistyped date must not
// silence a watch for years.
const maxRetryAfter = 24 * time.Hour

// maxReason bounds the part of a reason that somebody else wrote.
const maxReason = 200

// verdict is what the status of an answer says by itself.
type verdict struct {
	outcome    stock.Outcome
	reason     stock.Reason
	retryAfter time.Duration
}

// judge classifies an answer that is neither a redirect nor a 304.
func judge(status int, header http.Header, body []byte, now time.Time) verdict {
	line := stock.Because(stock.ReasonHTTPStatus, statusLine(status))
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		now = date // of the clock that a date in Retry-After is of; ours may be wrong
	}
	wait, asked := parseRetryAfter(header.Get("Retry-After"), now)
	switch status {
	case http.StatusOK, http.StatusNonAuthoritativeInfo:
		return verdict{outcome: stock.OK}
	case http.StatusNotFound, http.StatusGone:
		return verdict{outcome: stock.NotFound, reason: line}
	case http.StatusTooManyRequests:
		return verdict{stock.RateLimited, line, wait}
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired, http.StatusUnavailableForLegalReasons:
		return verdict{outcome: stock.Blocked, reason: line}
	case http.StatusServiceUnavailable:
		switch {
		case asked:
			return verdict{stock.RateLimited, line, wait}
		case saysClosed(body):
			return verdict{outcome: stock.Blocked, reason: line}
		}
	}
	return verdict{outcome: stock.Failed, reason: line}
}

func statusLine(status int) string {
	if text := http.StatusText(status); text != "" {
		return strconv.Itoa(status) + " " + text
	}
	return "status " + strconv.Itoa(status)
}

// closedWords are how the page of a 503 says that it is no accident: maintenance,
// too many visitors, or no programs, please.
var closedWords = [...]string{
	"maintenance", "captcha", "robot", "automated",
	"メンテナンス", "アクセスが集中", "混み合", "混雑", "ご迷惑",
}

func saysClosed(body []byte) bool {
	body = bytes.ToLower(body)
	for _, word := range closedWords {
		if bytes.Contains(body, []byte(word)) {
			return true
		}
	}
	return false
}

// parseRetryAfter reads a Retry-After header, in seconds or as a date. ok is false
// for what is neither. What lies in the past is 0, what is absurd is a day.
func parseRetryAfter(value string, now time.Time) (wait time.Duration, ok bool) {
	value = strings.TrimSpace(value)
	if value == "" {
		return 0, false
	}
	if digits := strings.TrimPrefix(value, "-"); strings.Trim(digits, "0123456789") == "" && digits != "" {
		seconds, err := strconv.ParseInt(value, 10, 64)
		switch {
		case strings.HasPrefix(value, "-"):
			return 0, true
		case err != nil || seconds > int64(maxRetryAfter/time.Second):
			return maxRetryAfter, true
		}
		return time.Duration(seconds) * time.Second, true
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	return min(max(at.Sub(now), 0), maxRetryAfter), true
}

// reasonOf says in a few plain words why there is no answer. It names no URL: the
// reader knows which one was asked, and URLs hold secrets now and then.
func (c *Client) reasonOf(err error) stock.Reason {
	if r, ok := stock.ReasonOf(err); ok {
		return r
	}
	var (
		dns     *net.DNSError
		timeout interface{ Timeout() bool }
	)
	switch {
	case errors.Is(err, errTooLarge):
		return stock.Because(stock.ReasonTooLarge, c.maxBody)
	case errors.Is(err, errTimeout):
		return stock.Because(stock.ReasonTimeout, c.timeout)
	case errors.Is(err, context.Canceled):
		return stock.Because(stock.ReasonCancelled)
	case errors.Is(err, context.DeadlineExceeded):
		return stock.Because(stock.ReasonLookOver)
	case errors.As(err, &dns) && dns.IsNotFound:
		return stock.Because(stock.ReasonNoSuchHost)
	case errors.As(err, &dns):
		return stock.Because(stock.ReasonDNS, cut(dns.Err))
	case isTLS(err):
		return stock.Because(stock.ReasonTLS, cut(innermost(err).Error()))
	case errors.As(err, &timeout) && timeout.Timeout():
		return stock.Because(stock.ReasonTimeoutConnecting)
	default:
		return plainReason(err)
	}
}

// plainReason handles the errors that have a sentinel.
func plainReason(err error) stock.Reason {
	known := []struct {
		is   error
		says stock.Reason
	}{
		{syscall.ECONNREFUSED, stock.Because(stock.ReasonRefused)},
		{syscall.ECONNRESET, stock.Because(stock.ReasonReset)},
		{syscall.EPIPE, stock.Because(stock.ReasonReset)},
		{syscall.EHOSTUNREACH, stock.Because(stock.ReasonHostUnreachable)},
		{syscall.ENETUNREACH, stock.Because(stock.ReasonNetworkUnreachable)},
	}
	for _, k := range known {
		if errors.Is(err, k.is) {
			return k.says
		}
	}
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return stock.Because(stock.ReasonCutOff)
	case errors.Is(err, io.EOF):
		return stock.Because(stock.ReasonClosed)
	}
	var request *url.Error
	if errors.As(err, &request) {
		err = request.Err // without the URL
	}
	return stock.Said(cut(err.Error()))
}

func isTLS(err error) bool {
	var (
		verify *tls.CertificateVerificationError
		record tls.RecordHeaderError
		alert  tls.AlertError
		host   x509.HostnameError
		issuer x509.UnknownAuthorityError
	)
	return errors.As(err, &verify) || errors.As(err, &record) || errors.As(err, &alert) ||
		errors.As(err, &host) || errors.As(err, &issuer)
}

func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

// cut bounds a text that came from elsewhere and keeps it on one line.
func cut(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > maxReason {
		s = stock.Clip(s, maxReason) + "…"
	}
	return s
}
