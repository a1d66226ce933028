package web

import (
	"net/http"
	"net/netip"
	"strings"
)

// peer returns the address at the other end of the connection.
func peer(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap().WithZone("")
}

// caller returns the address that a request comes from, behind the proxies that are
// trusted; of IPv6 the network, of which one guesser has plenty of addresses.
func (s *Server) caller(r *http.Request) netip.Addr {
	addr := s.client(r)
	if addr.Is6() {
		if network, err := addr.Prefix(64); err == nil {
			return network.Addr()
		}
	}
	return addr
}

// client walks the addresses that proxies noted, from the nearest one, as long as the
// one that noted it is trusted: what stands further left anybody may have written.
func (s *Server) client(r *http.Request) netip.Addr {
	addr := peer(r)
	noted := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(noted) - 1; i >= 0 && s.trusted(addr); i-- {
		next, ok := parseNoted(noted[i])
		if !ok {
			break
		}
		addr = next
	}
	return addr
}

// parseNoted reads an address that a proxy noted, with or without a port.
func parseNoted(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	if at, err := netip.ParseAddrPort(text); err == nil {
		return at.Addr().Unmap().WithZone(""), true
	}
	addr, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return addr.Unmap().WithZone(""), err == nil
}

// trusted reports whether the address is that of a proxy that the user trusts.
func (s *Server) trusted(addr netip.Addr) bool {
	for _, p := range s.o.TrustedProxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// fromProxy reports whether a request comes by the proxy that lets people in: one of
// those that are trusted or, when none is named, one on this machine.
func (s *Server) fromProxy(r *http.Request) bool {
	addr := peer(r)
	if len(s.o.TrustedProxies) == 0 {
		return addr.IsLoopback()
	}
	return s.trusted(addr)
}

// overHTTPS reports whether the browser reached us by https: it, or the proxy that it
// came by, says so, or it means the public address and that is one of https.
func (s *Server) overHTTPS(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	if s.trusted(peer(r)) && r.Header.Get("X-Forwarded-Proto") == "https" {
		return true
	}
	return s.public.Scheme == "https" && strings.EqualFold(r.Host, s.public.Host)
}
