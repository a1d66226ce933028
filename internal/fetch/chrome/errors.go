package chrome

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
)

var (
	// ErrTooLarge says that the page has more bytes than we are willing to read.
	ErrTooLarge = errors.New("too large")

	// errClosed is why calls fail after the connection's end, whoever ended it.
	errClosed  = stock.Because(stock.ReasonBrowserLost).Err()
	errCrashed = stock.Because(stock.ReasonPageCrashed).Err()
	errDropped = stock.Because(stock.ReasonPageClosed).Err()
)

// NetError is a page that the browser could not fetch, in the browser's own word:
// net::ERR_CONNECTION_REFUSED.
type NetError struct{ Code string }

func (e *NetError) Error() string { return e.Reason().Text }

// Reason says it in plain words, where we have them.
func (e *NetError) Reason() stock.Reason {
	code := strings.TrimPrefix(e.Code, "net::ERR_")
	words := strings.ToLower(strings.ReplaceAll(code, "_", " "))
	switch {
	case code == "NAME_NOT_RESOLVED":
		return stock.Because(stock.ReasonNoSuchHost)
	case code == "CONNECTION_TIMED_OUT":
		return stock.Because(stock.ReasonTimeoutConnecting)
	case code == "EMPTY_RESPONSE":
		return stock.Because(stock.ReasonClosed)
	case strings.HasPrefix(code, "CERT_"), strings.HasPrefix(code, "SSL_"):
		return stock.Because(stock.ReasonTLS, words)
	}
	return stock.Said(words)
}

// MovedError says that the page's script led elsewhere. The browser was not let
// follow.
type MovedError struct{ URL string }

func (e *MovedError) Error() string { return fmt.Sprintf("the page leads to %s", e.URL) }
