package config

import (
	"net/mail"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// usualPorts are the ports of mail servers, by how the connection is kept secret.
var usualPorts = map[string]int64{"starttls": 587, "tls": 465, "none": 25}

func (s *section) email(c *Channel) {
	m := &c.Mail
	m.TLS = s.choice("tls", "starttls", "starttls", "tls", "none")
	m.Port = int(s.integer("port", usualPorts[m.TLS], 1, 65535))
	if m.TLS != "tls" && m.Port == 465 {
		s.errorf("port", `465 speaks TLS from the first byte: set tls = "tls", or use 587`)
	}
	m.Host = s.mailHost()
	m.From = s.mailAddress("from", "is missing: the address that alerts come from")
	c.To = s.mailAddress("to", "is missing: the address that is to be told")
	m.Username, m.Password = s.secret("username"), s.secret("password")
	for key, other := range map[string]string{"username": "password", "password": "username"} {
		if s.hasSecret(key) && !s.hasSecret(other) {
			s.errorf(s.given(key), "is of no use without %s", other)
		}
	}
	if m.Username != "" && m.TLS == "none" && m.Host != "" && !loopback(m.Host) {
		s.errorf("tls", `"none" would show the password to everybody on the way: use "starttls" or "tls"`)
	}
}

var hostShape = regexp.MustCompile(`^[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?$`)

func (s *section) mailHost() string {
	host := s.text("host", "")
	_, err := netip.ParseAddr(host)
	switch {
	case host == "" && !s.has("host"):
		s.r.list.missing(s.line, join(s.path, "host"), "is missing: the mail server of your provider, as in smtp.example.com")
	case err != nil && !hostShape.MatchString(host):
		s.errorf("host", "must be a host such as smtp.example.com, without a port: that has its own key")
	}
	return host
}

// mailAddress reads an address, perhaps with a name before it.
func (s *section) mailAddress(key, missing string) string {
	text := s.text(key, "")
	if text == "" && !s.has(key) {
		s.r.list.missing(s.line, join(s.path, key), "%v", saying{format: missing})
		return ""
	}
	if _, err := mail.ParseAddress(text); err != nil {
		s.errorf(key, `must be one address such as "me@example.org" or "Me <me@example.org>"`)
	}
	return text
}

func (s *section) webpush(c *Channel) {
	c.Contact = s.contact()
	services, _ := s.words("services")
	for _, w := range services {
		if key, ok := hostKey(w.text); !ok {
			s.r.list.add(w.line, join(s.path, "services"), "must be hosts such as push.example, without https:// and without a path, not %q", w.text)
		} else if !slices.Contains(c.Services, key) {
			c.Services = append(c.Services, key)
		}
	}
}

// contact reads whom a push service may write to.
func (s *section) contact() string {
	text := s.text("contact", "")
	if text == "" && !s.has("contact") {
		s.r.list.missing(s.line, join(s.path, "contact"), "is missing: a mail address or https:// URL for the browser makers' push services to reach you by")
		return ""
	}
	text = strings.TrimPrefix(text, "mailto:")
	if strings.HasPrefix(text, "https://") {
		if _, err := parseURL(text, "https"); err != nil {
			s.errorf("contact", "%v", err)
		}
		return text
	}
	a, err := mail.ParseAddress(text)
	switch {
	case err != nil || a.Address != text:
		s.errorf("contact", `must be a bare mail address such as "me@example.org", or an https:// URL`)
	case strings.HasSuffix(text, "@localhost"):
		s.errorf("contact", "must not be at localhost: Apple's push service refuses that")
	}
	return text
}
