package fetch

import (
	"errors"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// parseProxy checks a proxy's URL, nil for none. Its errors do not repeat the
// URL, which may hold a password.
func parseProxy(raw string) (*url.URL, error) {
	if raw == "" {
		return nil, nil
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "":
		return nil, errors.New("proxy: not a URL like http://127.0.0.1:3128")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("proxy: only http:// and https:// proxies can be used")
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("proxy: the URL holds more than a host and a port")
	}
	return u, nil
}

// dialGuard returns the guard of what is really dialled: with a proxy that is the
// proxy, which may be on this machine if the user wrote so literally.
func dialGuard(g Guard, proxy *url.URL) Guard {
	if proxy == nil {
		return g
	}
	port := proxy.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[proxy.Scheme]
	}
	return g.allowing(proxy.Hostname(), port)
}

// allowing returns a guard that allows one more address that the user wrote, if
// he wrote it literally as loopback.
func (g Guard) allowing(name, port string) Guard {
	if !literalLoopback(name) {
		return g
	}
	g.AllowLoopback = maps.Clone(g.AllowLoopback)
	if g.AllowLoopback == nil {
		g.AllowLoopback = make(map[string]bool)
	}
	g.AllowLoopback[strings.ToLower(net.JoinHostPort(name, port))] = true
	return g
}

func literalLoopback(name string) bool {
	if addr, err := netip.ParseAddr(name); err == nil {
		return addr.Unmap().IsLoopback()
	}
	return localName(strings.ToLower(name))
}
