package webpush

import (
	"crypto/ecdh"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Subscription is what a browser gives to whom it will hear.
type Subscription struct {
	Endpoint string    `json:"endpoint"` // of its push service
	Keys     Secrets   `json:"keys"`
	Browser  string    `json:"browser,omitempty"` // for people who have several
	Since    time.Time `json:"since"`
}

// Secrets are what messages for one browser are encrypted with, in base64url.
type Secrets struct {
	P256dh string `json:"p256dh"` // its public key
	Auth   string `json:"auth"`
}

// Recipient is the name of the subscription within its channel.
func (s Subscription) Recipient() string { return stock.ShortHash(s.Endpoint) }

// Services are the hosts of push services that a channel sends to, as HOST or
// HOST:PORT. One written literally as loopback may be without TLS.
type Services []string

// makers are the push services of the browsers that people have: whoever may
// subscribe would otherwise choose where we send requests to.
var makers = []string{
	"fcm.googleapis.com", "jmt17.google.com", // Chrome and its kin
	"updates.push.services.mozilla.com",
	".push.apple.com",
	".notify.windows.com", // Edge
}

// maxEndpoint is several times what services use.
const maxEndpoint = 2000

// Check says why a subscription cannot be used, nil when it can.
func (services Services) Check(s Subscription) error {
	if len(s.Endpoint) > maxEndpoint {
		return errors.New("endpoint is too long")
	}
	u, err := url.Parse(s.Endpoint)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return errors.New("endpoint is not a URL of a push service")
	}
	if err := services.allow(u); err != nil {
		return err
	}
	if raw, err := decode(s.Keys.P256dh); err != nil {
		return errors.New("keys.p256dh is not base64url")
	} else if _, err := ecdh.P256().NewPublicKey(raw); err != nil {
		return errors.New("keys.p256dh is not a public key")
	}
	if raw, err := decode(s.Keys.Auth); err != nil || len(raw) != 16 {
		return errors.New("keys.auth is not 16 bytes in base64url")
	}
	return nil
}

// allow checks where a push would go to.
func (services Services) allow(u *url.URL) error {
	host := strings.ToLower(u.Host)
	own := slices.ContainsFunc(services, func(s string) bool { return strings.ToLower(s) == host })
	switch {
	case own && u.Scheme == "http" && loopback(u.Hostname()):
		return nil
	case u.Scheme != "https":
		return errors.New("endpoint is not an https URL")
	case own:
		return nil
	case slices.ContainsFunc(makers, func(m string) bool { return host == m || m[0] == '.' && strings.HasSuffix(host, m) }):
		return nil
	}
	return fmt.Errorf("the push service %s is not known: add it to the channel's services to use it", u.Hostname())
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// decode reads what browsers write without padding and some libraries with it.
func decode(s string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
}
