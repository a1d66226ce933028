package config

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/sainyuka/sainyuka/internal/shop"
)

// placeholders are addresses that the documentation shows in the place of the
// user's own.
var placeholders = []string{
	"item.rakuten.co.jp/shop/item", "ntfy.sh/my-topic", "ntfy.example/my-topic", "ntfy.example/topic",
}

// placeholder reports whether an address was copied from the documentation.
func placeholder(u *url.URL) bool {
	host := u.Hostname()
	for _, reserved := range []string{"example", "example.com", "example.org", "example.net"} { // RFC 2606
		if host == reserved || strings.HasSuffix(host, "."+reserved) {
			return true
		}
	}
	return slices.Contains(placeholders, host+strings.TrimSuffix(u.Path, "/"))
}

// local reports whether a host is one that only this machine or this network has,
// as far as its name tells.
func local(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && (a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsUnspecified())
}

// warnAboutPage warns of a page that is well written and will not be watched. What a
// host is called behind a proxy is the proxy's business.
func (s *section) warnAboutPage(u *url.URL, f Fetch) {
	if u == nil {
		return
	}
	known, _ := shop.OfHost(u.Hostname())
	switch {
	case placeholder(u) && f.Proxy == "":
		s.warn("url", "is an example of the documentation: put the address of the page that you want watched")
	case known.Restricted && !restricted(u, f.TermsAccepted):
		s.warn("url", "is not asked: the terms of %s restrict automation. To take that upon yourself: fetch.terms_accepted = [%q] (docs/shops.md)",
			known.EN, u.Hostname())
	case local(u.Hostname()) && !f.AllowPrivateAddresses && f.Proxy == "":
		s.warn("url", "is an address of this machine or network, which is never asked without fetch.allow_private_addresses = true")
	}
}

// warnAboutChannel warns of a channel that still sends to the documentation's example.
func (s *section) warnAboutChannel(c Channel) {
	u, err := url.Parse(c.URL)
	if err == nil && u.Host != "" && placeholder(u) {
		s.warn("url", "is an example of the documentation: anybody may read what is sent there, so choose an address of your own")
	}
}

// warnAboutPublicURL warns of a public_url that lacks what it is for.
func (s *section) warnAboutPublicURL(w Web) {
	u, err := url.Parse(w.PublicURL)
	if w.PublicURL == "" || err != nil || local(u.Hostname()) {
		return
	}
	if u.Scheme == "http" {
		s.warn("public_url", "begins with http://: browsers take push messages, and apps their buttons, over https:// only")
	}
	if placeholder(u) {
		s.warn("public_url", "is an example of the documentation: buttons in alerts would lead nowhere")
	}
}
