package stock

import (
	"net/url"
	"path"
	"strings"
)

// NormalizeURL applies the normalisations of RFC 3986 section 6.2.2 and 6.2.3
// that are safe for every URL: scheme and host in lower case, percent-encodings
// in upper case and undone where they were not needed, dot segments and a
// default port removed, "/" for an empty path. It knows no shop's rules. What
// does not parse is returned as it is.
func NormalizeURL(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Scheme == "" {
		return strings.TrimSpace(raw)
	}
	out := u.Scheme + ":" // Parse has put it in lower case
	if u.Host != "" {
		out += "//"
		if u.User != nil {
			out += u.User.String() + "@"
		}
		host := strings.ToLower(u.Host)
		switch u.Scheme {
		case "http":
			host = strings.TrimSuffix(host, ":80")
		case "https":
			host = strings.TrimSuffix(host, ":443")
		}
		out += strings.TrimSuffix(host, ":") + normalizePath(u.EscapedPath())
	} else {
		out += normalizeEscapes(u.Opaque)
	}
	if u.RawQuery != "" || u.ForceQuery {
		out += "?" + normalizeEscapes(u.RawQuery)
	}
	if u.Fragment != "" {
		out += "#" + normalizeEscapes(u.EscapedFragment())
	}
	return out
}

func normalizePath(p string) string {
	p = normalizeEscapes(p)
	if p == "" {
		return "/"
	}
	if !strings.Contains(p, "/.") {
		return p // path.Clean would also fold "//", which RFC 3986 keeps
	}
	slash := strings.HasSuffix(p, "/") || strings.HasSuffix(p, "/.") || strings.HasSuffix(p, "/..")
	p = path.Clean(p)
	if slash && p != "/" {
		p += "/"
	}
	return p
}

const upperHex = "0123456789ABCDEF"

// normalizeEscapes undoes escapes of unreserved characters, writes the others in
// upper case, and escapes bytes that a URL may not hold (Japanese typed as it is).
func normalizeEscapes(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			v := unhex(s[i+1])<<4 | unhex(s[i+2])
			if unreserved(v) {
				b.WriteByte(v)
			} else {
				b.Write([]byte{'%', upperHex[v>>4], upperHex[v&15]})
			}
			i += 2
		case c <= ' ' || c >= 0x7f:
			b.Write([]byte{'%', upperHex[c>>4], upperHex[c&15]})
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	default:
		return c - 'a' + 10
	}
}
