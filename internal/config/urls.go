package config

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// parseURL reads an absolute URL of one of the schemes.
func parseURL(raw string, schemes ...string) (*url.URL, error) {
	u, err := url.Parse(raw)
	switch {
	case raw != strings.TrimSpace(raw):
		return nil, sayf("must be a URL without spaces around it")
	case !strings.Contains(raw, "://"):
		return nil, sayf("must be an absolute URL that begins with %s", begins(schemes))
	case err != nil:
		return nil, sayf("must be a URL: %v", cause(err))
	case !slices.Contains(schemes, u.Scheme):
		return nil, sayf("must begin with %s, not with %q", begins(schemes), u.Scheme+"://")
	case u.Hostname() == "":
		return nil, sayf("must name a host, as in %s://shop.example/", schemes[0])
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return nil, sayf("must have a port from 1 to 65535")
		}
	}
	return u, nil
}

// parseSecretURL is parseURL for a URL that may hold a password or a token: its
// errors repeat nothing of what stands behind the scheme.
func parseSecretURL(raw string, schemes ...string) (*url.URL, error) {
	if _, err := url.Parse(raw); err != nil && strings.Contains(raw, "://") {
		return nil, sayf("must be a valid URL; special characters of a password need percent-encoding")
	}
	return parseURL(raw, schemes...)
}

// cause leaves out what the errors of net/url and os repeat: the URL, the path.
func cause(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return err
}

func begins(schemes []string) choices {
	var all choices
	for _, s := range schemes {
		all = append(all, s+"://")
	}
	return all
}

// link reads a URL that is no secret, "" when there is none.
func (s *section) link(key string, schemes ...string) string {
	n := s.take(key, formText)
	if n == nil || n.text == "" {
		return ""
	}
	if _, err := parseURL(n.text, schemes...); err != nil {
		s.errorf(key, "%v", err)
		return ""
	}
	return n.text
}

// secretLink reads a URL that may hold a password or a token, so that it may
// stand where secrets may. Its mistakes are told without it.
func (s *section) secretLink(key string, schemes ...string) (*url.URL, bool) {
	raw := s.secret(key).Reveal()
	if raw == "" {
		return nil, false
	}
	u, err := parseSecretURL(raw, schemes...)
	if err != nil {
		s.errorf(s.given(key), "%v", err)
		return nil, false
	}
	return u, true
}

// given returns the key that a secret was given with: KEY or KEY_file.
func (s *section) given(key string) string {
	if !s.has(key) && s.has(key+"_file") {
		return key + "_file"
	}
	return key
}

// hostKey returns a host name as rules name it: lower case, with a port only
// when one was given. ok is false for what is no host.
func hostKey(raw string) (key string, ok bool) {
	u, err := url.Parse("//" + raw)
	if err != nil || u.Host == "" || u.Host != raw || u.Hostname() == "" || strings.HasSuffix(raw, ":") || strings.ContainsAny(raw, " *") {
		return "", false
	}
	return strings.ToLower(raw), true
}

// bareHost takes the port from a host key, and the brackets from an IPv6
// address.
func bareHost(key string) string {
	if host, _, err := net.SplitHostPort(key); err == nil {
		return host
	}
	return strings.Trim(key, "[]")
}

// CheckListen says what is wrong with an address to listen on: HOST:PORT, and
// anything but loopback only behind a password.
func CheckListen(address string, password bool) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return sayf("must be HOST:PORT such as 127.0.0.1:8480, not %q", address)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return sayf("must have a port from 0 to 65535, not %q", port)
	}
	if !password && !loopback(host) {
		return sayf("%q can be reached from other machines: set web.password or web.password_file first, or listen on 127.0.0.1", address)
	}
	return nil
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}
