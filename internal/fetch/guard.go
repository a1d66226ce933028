package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	dialTimeout      = 10 * time.Second
	handshakeTimeout = 10 * time.Second
	maxHeaderBytes   = 256 << 10
)

// Guard decides which addresses may be dialled, so that no page, redirect or DNS
// answer can send us into the private network. The zero Guard allows public
// addresses only.
type Guard struct {
	// AllowPrivate allows loopback, private and link-local addresses too.
	AllowPrivate bool
	// AllowLoopback holds the host:port pairs, always with the port, that the user
	// wrote literally as loopback ("127.0.0.1:3128", "localhost:80"): these may be
	// dialled.
	AllowLoopback map[string]bool
	Roots         *x509.CertPool // authorities for the certificates of hosts; nil: those of the system
}

// refusal says which address or name was refused and what kind of address it is.
type refusal struct {
	what string
	kind string
	ever bool // no setting allows it
}

func (r *refusal) Error() string { return r.Reason().Text }

// Reason says which address it is, and what would allow it.
func (r *refusal) Reason() stock.Reason {
	why := stock.Because(stock.ReasonAddressRefused, r.what, r.kind)
	if r.ever {
		return why
	}
	return why.And(stock.Because(stock.ReasonAllowPrivate))
}

// Check reports why addr may not be dialled, nil if it may.
func (g Guard) Check(addr netip.Addr) error {
	kind, ever := addressKind(addr)
	if kind == "" || g.AllowPrivate && !ever {
		return nil
	}
	return &refusal{what: addr.String(), kind: kind, ever: ever}
}

// checkHost judges a host by its text: IP literals and localhost's names. It is
// all that can be judged when a proxy resolves the names.
func (g Guard) checkHost(host string) error {
	name, _ := splitHost(host)
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if addr, err := netip.ParseAddr(name); err == nil {
		return g.Check(addr)
	}
	if localName(name) && !g.AllowPrivate {
		return &refusal{what: name, kind: "loopback"}
	}
	return nil
}

// checkResolved judges a host that somebody else is going to dial: by its text
// and by what its name resolves to now. The other one resolves the name again, so
// that a name whose addresses change meanwhile is not caught.
func (g Guard) checkResolved(ctx context.Context, host string) error {
	if err := g.checkHost(host); err != nil {
		return err
	}
	name, _ := splitHost(host)
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", name)
	if err != nil {
		return fmt.Errorf("look up %s: %w", name, err)
	}
	for _, addr := range addrs {
		if err := g.Check(addr); err != nil {
			return fmt.Errorf("dial %s: %w", name, err)
		}
	}
	return nil
}

func localName(name string) bool {
	switch name {
	case "localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback":
		return true
	}
	return strings.HasSuffix(name, ".localhost")
}

// DialContext dials address as net.Dialer does, and checks every single address
// that its name resolved to right before that address is connected to: what is
// checked is what is dialled, whatever DNS says the next time.
func (g Guard) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	written := g.AllowLoopback[strings.ToLower(address)]
	dialer := net.Dialer{
		Timeout: dialTimeout,
		ControlContext: func(_ context.Context, _, resolved string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(resolved)
			if err != nil {
				return fmt.Errorf("check address: %w", err) // a unix socket, for example
			}
			if written && at.Addr().Unmap().IsLoopback() {
				return nil
			}
			return g.Check(at.Addr())
		},
	}
	conn, err := dialer.DialContext(ctx, network, address)
	var refused *refusal
	if errors.As(err, &refused) {
		return nil, fmt.Errorf("dial %s: %w", host, refused)
	}
	return conn, err
}

// Client returns an HTTP client for the addresses that the user configured, such
// as the channels': it dials through the guard, ends every exchange after
// timeout, follows no redirect and asks no proxy.
func (g Guard) Client(timeout time.Duration) *http.Client {
	return &http.Client{
		Timeout:       timeout,
		Transport:     g.transport(timeout),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// transport returns a transport that dials through the guard and ignores the
// environment's proxies.
func (g Guard) transport(timeout time.Duration) *http.Transport {
	return &http.Transport{
		DialContext:            g.DialContext,
		ForceAttemptHTTP2:      true, // a DialContext of one's own turns it off
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: g.Roots},
		TLSHandshakeTimeout:    handshakeTimeout,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        90 * time.Second,
		ResponseHeaderTimeout:  timeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
}
