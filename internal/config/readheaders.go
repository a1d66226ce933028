package config

import (
	"net/http"
	"net/textproto"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// ownHeaders are the header fields that are not the user's to set: who asks, what
// is understood, and how an answer is sent.
var ownHeaders = []string{"User-Agent", "Host", "Connection", "Content-Length", "Transfer-Encoding", "Accept-Encoding", "Range", "Cookie"}

// headers reads what is sent to a host beside what is always sent: [host."NAME".headers].
func (s *section) headers() map[string]Secret {
	table := s.table("headers")
	if table.node == nil {
		return nil
	}
	all := map[string]Secret{}
	for _, name := range table.node.keys.names() {
		field := textproto.CanonicalMIMEHeaderKey(name)
		value := table.secret(name)
		switch {
		case !httpguts.ValidHeaderFieldName(name):
			table.errorf(name, "is no name of a header field")
		case field == "Cookie":
			table.errorf(name, "belongs into a file: set cookie_file")
		case slices.Contains(ownHeaders, field) || strings.HasPrefix(field, "If-"):
			table.errorf(name, "is not yours to set: shops are told honestly who asks, and how")
		case !httpguts.ValidHeaderFieldValue(value.Reveal()):
			table.errorf(name, "must be one line without control characters")
		default:
			all[field] = value
		}
	}
	return all
}

// cookies reads cookie_file: "NAME=VALUE; NAME=VALUE", or the lines that browsers
// export (seven fields with tabs between them).
func (s *section) cookies() Secret {
	n := s.take("cookie_file", formText)
	if n == nil || n.text == "" {
		return ""
	}
	var pairs []string
	for line := range strings.Lines(s.readSecret("cookie_file", n.text).Reveal()) {
		line = strings.TrimSpace(line)
		line = strings.TrimPrefix(line, "#HttpOnly_")
		if fields := strings.Split(line, "\t"); len(fields) >= 7 {
			line = fields[5] + "=" + fields[6]
		}
		if line != "" && line[0] != '#' {
			pairs = append(pairs, strings.Trim(line, "; "))
		}
	}
	cookie := strings.Join(pairs, "; ")
	if cookie != "" && (!httpguts.ValidHeaderFieldValue(cookie) || !strings.Contains(cookie, "=")) {
		s.errorf("cookie_file", "must hold NAME=VALUE pairs, or the lines of an exported cookies.txt")
		return ""
	}
	return Secret(cookie)
}

// Header returns what the user has set for a host, nil for nothing. It is a secret.
func (c *Config) Header(host string) http.Header {
	h, _ := c.host(host)
	if len(h.Headers) == 0 && h.Cookie == "" {
		return nil
	}
	all := http.Header{}
	for name, value := range h.Headers {
		all.Set(name, value.Reveal())
	}
	if h.Cookie != "" {
		all.Set("Cookie", h.Cookie.Reveal())
	}
	return all
}
