package fetch

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/net/idna"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// maxURL bounds a URL, also one that a redirect gives.
const maxURL = 8 << 10

// target is a URL that has been checked and may be asked, as far as its text
// can tell.
type target struct {
	url    *url.URL // canonical host, no user, no fragment
	host   string   // the key of the host's gate: url.Host
	text   string   // the url as text
	origin string   // what a robots.txt speaks for
}

// leads reports whether the address that an answer leads to can be read.
func (t target) leads(to string) bool {
	_, err := t.url.Parse(to)
	return err == nil
}

// maxTargets bounds the addresses that are kept as they were read.
const maxTargets = 2048

// targets are the addresses that were asked lately: a watch asks for one again and again.
type targets struct {
	mu    sync.Mutex
	known map[string]target
}

// parse is parseTarget, from memory where the address was asked lately.
func (k *targets) parse(raw string) (target, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if t, ok := k.known[raw]; ok {
		return t, nil
	}
	t, err := parseTarget(raw)
	if err != nil {
		return target{}, err
	}
	if k.known == nil || len(k.known) == maxTargets {
		k.known = map[string]target{}
	}
	k.known[raw] = t
	return t, nil
}

// parseTarget checks a URL's text. Its errors never repeat what stands before an
// "@", where a password would be.
func parseTarget(raw string) (target, error) {
	if len(raw) > maxURL {
		return target{}, stock.Because(stock.ReasonURLTooLong, maxURL).Err()
	}
	if strings.Contains(raw, `\`) {
		// Browsers read it as a slash and Go does not, so that two readers of one
		// URL would see two hosts.
		return target{}, stock.Because(stock.ReasonURLBackslash).Err()
	}
	u, err := url.Parse(raw)
	if err != nil {
		return target{}, parseProblem(raw, err)
	}
	return checkTarget(u)
}

func parseProblem(raw string, err error) error {
	var parse *url.Error
	if errors.As(err, &parse) && !strings.Contains(raw, "@") {
		return stock.Because(stock.ReasonURLUnparsed, parse.Err).Err()
	}
	return stock.Because(stock.ReasonURLBroken).Err()
}

// checkTarget checks a parsed URL and brings its host into canonical form.
func checkTarget(u *url.URL) (target, error) {
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return target{}, stock.Because(stock.ReasonURLScheme, u.Scheme).Err()
	case u.User != nil:
		return target{}, stock.Because(stock.ReasonURLUser).Err()
	case u.Host == "":
		return target{}, stock.Because(stock.ReasonURLNoHost).Err()
	}
	host, err := canonicalHost(u.Host, u.Scheme)
	if err != nil {
		return target{}, err
	}
	clean := *u
	clean.Host, clean.Fragment, clean.RawFragment = host, "", ""
	if clean.Path == "" {
		clean.Path = "/"
	}
	return target{url: &clean, host: host, text: clean.String(), origin: clean.Scheme + "://" + host}, nil
}

// HostOf returns the key of the host that a request for a URL would ask, the same
// that gaps and robots.txt go by; "" when it cannot be asked.
func HostOf(rawURL string) string {
	t, err := parseTarget(rawURL)
	if err != nil {
		return ""
	}
	return t.host
}

// hostKey is the gate's key for a host that a caller names. The callers' keys
// are canonical already, but for IDNs and such; what is no host stays as it is.
func hostKey(host string) string {
	key, err := canonicalHost(host, "")
	if err != nil {
		return host
	}
	return key
}

// canonicalHost brings host[:port] into the one form that serves as a key and on
// the wire: lower case, punycode, no trailing dot, no default port of the scheme.
func canonicalHost(hostport, scheme string) (string, error) {
	name, port := splitHost(hostport)
	if port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return "", stock.Because(stock.ReasonURLPort, port).Err()
		}
	}
	name, err := canonicalName(name)
	if err != nil {
		return "", err
	}
	if port == "" || scheme == "http" && port == "80" || scheme == "https" && port == "443" {
		if strings.Contains(name, ":") {
			return "[" + name + "]", nil
		}
		return name, nil
	}
	return net.JoinHostPort(name, port), nil
}

func splitHost(hostport string) (name, port string) {
	u := url.URL{Host: hostport}
	return u.Hostname(), u.Port()
}

func canonicalName(name string) (string, error) {
	if addr, err := netip.ParseAddr(name); err == nil {
		if addr.Zone() != "" && !plainName(strings.ToLower(addr.Zone())) {
			return "", stock.Because(stock.ReasonURLZone, name).Err()
		}
		return addr.String(), nil
	}
	plain := strings.ToLower(strings.TrimSuffix(name, "."))
	ascii, err := idna.Lookup.ToASCII(plain)
	if err != nil {
		ascii = plain // with an underscore, for example: no host name, and yet in use
	}
	ascii = strings.TrimSuffix(ascii, ".") // an ideographic one is a dot by now
	if addr, err := netip.ParseAddr(ascii); err == nil {
		return addr.String(), nil // written in full-width digits, or with a dot behind it
	}
	switch {
	case ascii == "":
		return "", stock.Because(stock.ReasonURLNoHost).Err()
	case !plainName(ascii):
		return "", stock.Because(stock.ReasonURLHost, name).Err()
	case endsInNumber(ascii):
		return "", stock.Because(stock.ReasonURLDisguised, name).Err()
	}
	return ascii, nil
}

func plainName(s string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789-_."
	return len(s) <= 253 && strings.Trim(s, letters) == "" && !strings.Contains("."+s, "..")
}

// endsInNumber reports whether some readers would take the name for an IPv4
// address: 2130706433, 0x7f.1, 0177.0.0.1. It is the test of the WHATWG's URL
// standard; no top-level domain is a number.
func endsInNumber(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return last != "" && strings.Trim(last, "0123456789") == ""
}
