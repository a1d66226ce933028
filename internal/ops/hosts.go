package ops

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// privateZones are ends of names that nobody can register.
var privateZones = []string{".localhost", ".local", ".internal", ".lan", ".home.arpa", ".svc"}

// OwnNames serves next to whoever asks for it by an address, by a name that no stranger
// can have, or by public, the host that people reach this program by ("": none). The
// pages of operation ask for no password: without this a page elsewhere could read them
// whose name was made to lead here (DNS rebinding).
func OwnNames(public string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !ownName(hostOf(r), strings.ToLower(public)) {
			http.Error(w, "this name is not ours: use an address, or the host of web.public_url, or set web.metrics_listen", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func ownName(host, public string) bool {
	if _, err := netip.ParseAddr(host); err == nil || !strings.Contains(host, ".") || host == public {
		return true
	}
	for _, zone := range privateZones {
		if strings.HasSuffix(host, zone) {
			return true
		}
	}
	return false
}

// hostOf returns the name that a request is for, without port and in lower case.
func hostOf(r *http.Request) string {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
}
