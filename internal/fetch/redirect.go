package fetch

import (
	"errors"
	"net/http"
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// maxHops is how many redirects of one fetch are followed.
const maxHops = 5

// elsewhereError says that a redirect leads to another host, which is not asked:
// it has a gate, a robots.txt and a watch of its own.
type elsewhereError struct{ host string }

func (e *elsewhereError) Error() string { return e.Reason().Text }

// Reason names the host.
func (e *elsewhereError) Reason() stock.Reason {
	return stock.Because(stock.ReasonRedirectedToHost, e.host)
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// redirectTarget returns where a Location that t gave leads, or why that is not
// followed.
func redirectTarget(t target, location string) (target, error) {
	u, err := t.url.Parse(location)
	if err != nil || location == "" || len(location) > maxURL || strings.Contains(location, `\`) {
		return target{}, stock.Because(stock.ReasonRedirectWithoutLocation).Err()
	}
	next, err := checkTarget(u)
	switch {
	case err != nil:
		return target{}, stock.Because(stock.ReasonRedirectBadURL, err).Err()
	case t.url.Scheme == "https" && next.url.Scheme == "http" && t.url.Hostname() == next.url.Hostname():
		return target{}, stock.Because(stock.ReasonRedirectToPlain).Err()
	case !sameHost(t, next):
		return target{}, &elsewhereError{next.host}
	}
	return next, nil
}

// sameHost reports whether a redirect stays with its host. The step from http to
// https does, whatever the ports.
func sameHost(from, to target) bool {
	upgrade := from.url.Scheme == "http" && to.url.Scheme == "https" && from.url.Hostname() == to.url.Hostname()
	return from.host == to.host || upgrade
}

// redirectOutcome returns the outcome of a redirect that is not followed.
func redirectOutcome(err error) stock.Outcome {
	var elsewhere *elsewhereError
	if errors.As(err, &elsewhere) {
		return stock.WrongProduct
	}
	return stock.Failed
}
