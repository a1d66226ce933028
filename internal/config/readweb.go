package config

import (
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/access"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Web says where the dashboard and the API are, and who may come in.
type Web struct {
	Listen        string // HOST:PORT
	MetricsListen string // HOST:PORT of /metrics, /healthz and /readyz alone, for everybody; "": none
	PublicURL     string // how phones reach it, without a slash at its end; "": not at all
	Password      Secret // itself, or its argon2id hash
	HintsToken    Secret
	// Auth is AuthProxy when a proxy in front lets people in, "" when the password does.
	Auth           string
	AuthHeader     string         // names the person that the proxy let in; "": it tells no name
	TrustedProxies []netip.Prefix // whose X-Forwarded-For, and with AuthProxy whose word, is believed
	MaxConnections int            // of browsers and programs at one moment; 0: by the limit of files
	WatchMetrics   []string       // facts of each watch in /metrics, of stock.WatchMetrics; nil: all
	Pictures       bool           // shops are asked for the pictures of products, for the dashboard
}

// Guarded reports whether somebody asks for a password before the dashboard is shown to
// other machines: this program, or a proxy that is told from everybody else.
func (w Web) Guarded() bool {
	return w.Password != "" || w.Auth == AuthProxy && len(w.TrustedProxies) > 0
}

// AuthProxy is the value of web.auth that leaves the password to a proxy in front.
const AuthProxy = "proxy"

// mostConnections is more than any dashboard serves.
const mostConnections = 100_000

func (s *section) web() Web {
	defer s.done()
	w := Web{
		Listen:         s.text("listen", defaultListen),
		MetricsListen:  s.text("metrics_listen", ""),
		PublicURL:      strings.TrimSuffix(s.link("public_url", "http", "https"), "/"),
		Password:       s.password(),
		HintsToken:     s.secret("hints_token"),
		Auth:           s.choice("auth", "", "", AuthProxy),
		AuthHeader:     s.headerName("auth_header"),
		TrustedProxies: s.networks("trusted_proxies"),
		MaxConnections: int(s.integer("max_connections", 0, 0, mostConnections)),
		WatchMetrics:   s.watchMetrics(),
		Pictures:       s.flag("pictures") || !s.has("pictures"),
	}
	s.checkListeners(w)
	s.checkPublicURL(w)
	s.checkProxy(w)
	return w
}

// watchMetrics reads which facts of each watch are in /metrics; nil, which means all,
// without the key.
func (s *section) watchMetrics() []string {
	all := stock.WatchMetrics()
	list, ok := s.words("watch_metrics")
	if !ok {
		return nil
	}
	facts := []string{}
	for _, w := range list {
		if !slices.Contains(all, w.text) {
			s.r.list.add(w.line, w.path, "must be %s, not %q", quoted(all), w.text)
			continue
		}
		facts = append(facts, w.text)
	}
	return facts
}

// guarded reports whether somebody asks for a password: this program, or a proxy. A
// password that could not be read is a mistake already; it is not missing too.
func (s *section) guarded(w Web) bool {
	return w.Auth == AuthProxy || w.Password != "" || s.has("password") || s.has("password_file")
}

// password reads the password of the dashboard and refuses one that is guessed soon.
func (s *section) password() Secret {
	before := len(s.r.list.all)
	p := s.secret("password")
	if len(s.r.list.all) > before {
		return p // what could not be read is not too short
	}
	if p == "" {
		return ""
	}
	known, err := access.ReadPassword(p.Reveal())
	switch {
	case err != nil:
		s.errorf(s.given("password"), "%v", err)
	case !known.Hashed() && utf8.RuneCountInString(p.Reveal()) < access.LeastPassword:
		s.errorf(s.given("password"), "must have at least %d characters", access.LeastPassword)
	}
	return p
}

// headerName reads the name of a header field.
func (s *section) headerName(key string) string {
	name := s.text(key, "")
	if name == "" {
		return ""
	}
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
		s.errorf(key, `must be the name of a header field such as "X-Forwarded-User", not %q`, name)
		return ""
	}
	return http.CanonicalHeaderKey(name)
}

// networks reads a list of addresses and networks.
func (s *section) networks(key string) (list []netip.Prefix) {
	words, _ := s.words(key)
	for _, w := range words {
		if p, err := netip.ParsePrefix(w.text); err == nil {
			list = append(list, p.Masked())
			continue
		}
		addr, err := netip.ParseAddr(w.text)
		if err != nil || addr.Zone() != "" {
			s.r.list.add(w.line, w.path, `must be an address such as "192.0.2.7" or a network such as "172.16.0.0/12", not %q`, w.text)
			continue
		}
		addr = addr.Unmap()
		list = append(list, netip.PrefixFrom(addr, addr.BitLen()))
	}
	return list
}

func (s *section) checkListeners(w Web) {
	if err := CheckListen(w.Listen, s.guarded(w)); err != nil {
		s.errorf("listen", "%v", err)
	}
	if w.MetricsListen == "" {
		return
	}
	if err := CheckListen(w.MetricsListen, true); err != nil {
		s.errorf("metrics_listen", "%v", err)
	} else if w.MetricsListen == w.Listen && !strings.HasSuffix(w.Listen, ":0") {
		s.errorf("metrics_listen", "is web.listen: give it an address of its own, or leave it out")
	}
}

// checkPublicURL refuses an address for everybody that nobody guards.
func (s *section) checkPublicURL(w Web) {
	if strings.ContainsAny(w.PublicURL, "?#") {
		s.errorf("public_url", "must have no ? and no #: paths are put behind it")
	}
	if u, err := url.Parse(w.PublicURL); err == nil && w.PublicURL != "" && !loopback(u.Hostname()) && !s.guarded(w) {
		s.errorf("public_url", `leads here from elsewhere, and nobody asks for a password: set web.password_file, or web.auth = "proxy" if a proxy in front asks for one`)
	}
	s.warnAboutPublicURL(w)
}

// checkProxy refuses what makes no sense together with, or without, a proxy that lets
// people in.
func (s *section) checkProxy(w Web) {
	if w.Auth != AuthProxy {
		if w.AuthHeader != "" {
			s.errorf("auth_header", `is believed only with web.auth = "proxy"`)
		}
		return
	}
	if w.Password != "" {
		s.errorf(s.given("password"), `is of no use with web.auth = "proxy": browsers send one password by Basic, the proxy's. Leave one of the two out`)
	}
	if host := bareHost(w.Listen); !loopback(host) && len(w.TrustedProxies) == 0 && !s.has("trusted_proxies") {
		s.errorf("auth", "%q can be reached past the proxy: name the proxy's address in web.trusted_proxies, or listen on 127.0.0.1", w.Listen)
	}
}
