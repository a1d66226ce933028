package fetch

import (
	"net/http"
	"sync"
)

// maxUpgrades bounds the addresses that are remembered.
const maxUpgrades = 32 << 10

// upgrades remembers which http addresses a shop has moved for good to https under the
// same name, so that a look there is one request and not two with a gap between them.
type upgrades struct {
	mu sync.Mutex
	to map[string]target // by the address that is asked
}

// of returns what is to be asked in the place of t, t itself where nothing is known.
func (u *upgrades) of(asked string, t target) target {
	u.mu.Lock()
	defer u.mu.Unlock()
	if to, ok := u.to[asked]; ok {
		return to
	}
	return t
}

// see notes an answer that leads from one address to another. It reports whether that
// is a move that was not known.
func (u *upgrades) see(asked string, status int, from, to target) bool {
	permanent := status == http.StatusMovedPermanently || status == http.StatusPermanentRedirect
	if !permanent || from.url.Scheme != "http" || to.url.Scheme != "https" || from.url.Hostname() != to.url.Hostname() {
		return false
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if _, known := u.to[asked]; known || len(u.to) >= maxUpgrades {
		return false
	}
	if u.to == nil {
		u.to = map[string]target{}
	}
	u.to[asked] = to
	return true
}

// forget has an address asked as it is written: what it had moved to does not answer.
func (u *upgrades) forget(asked string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.to, asked)
}

// Moved returns the https address to which a shop has moved an address for good, under
// the same name; "" when none is known.
func (c *Client) Moved(asked string) string {
	c.upgrades.mu.Lock()
	defer c.upgrades.mu.Unlock()
	return c.upgrades.to[asked].text
}
