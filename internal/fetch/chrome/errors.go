package chrome

import (
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrTooLarge says that the page has more bytes than we are willing to read.
	ErrTooLarge = errors.New("too large")

	// errClosed is why calls fail after the connection's end, whoever ended it.
	errClosed  = errors.New("the connection to the browser was lost")
	errCrashed = errors.New("the page crashed in the browser")
	errDropped = errors.New("the browser has closed the page")
)

// NetError is a page that the browser could not fetch, in the browser's own word:
// net::ERR_CONNECTION_REFUSED.
type NetError struct{ Code string }

func (e *NetError) Error() string {
	code := strings.TrimPrefix(e.Code, "net::ERR_")
	words := strings.ToLower(strings.ReplaceAll(code, "_", " "))
	switch {
	case code == "NAME_NOT_RESOLVED":
		return "DNS: no such host"
	case code == "CONNECTION_TIMED_OUT":
		return "timeout while connecting"
	case code == "EMPTY_RESPONSE":
		return "the connection was closed without an answer"
	case strings.HasPrefix(code, "CERT_"), strings.HasPrefix(code, "SSL_"):
		return "TLS: " + words
	}
	return words
}

// MovedError says that the page's script led elsewhere. The browser was not let
// follow.
type MovedError struct{ URL string }

func (e *MovedError) Error() string { return fmt.Sprintf("the page leads to %s", e.URL) }
