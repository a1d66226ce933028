package stock

import (
	"net/url"
	"strings"
)

// NormalizeURL applies the normalisations of RFC 3986 section 6.2.2 and 6.2.3
// that are safe for every URL: scheme and host in lower case, percent-encodings
// in upper case and undone where they were not needed, characters that no URL
// may hold percent-encoded, dot segments and a default port removed, "/" for an
// empty path. It knows no shop's rules. What does not parse is returned as it is.
//
// NormalizeURL(NormalizeURL(x)) is NormalizeURL(x): the identity of a watch
// depends on it.
func NormalizeURL(raw string) string {
	raw = strings.TrimSpace(raw)
	u, err := url.Parse(raw)
	if err != nil || u.Scheme == "" {
		return raw
	}
	out := u.Scheme + ":" // Parse has put it in lower case
	switch path := asWritten(u.RawPath, u.EscapedPath()); {
	case u.Opaque != "":
		out += normalizeEscapes(u.Opaque)
	case u.Host != "" || u.User != nil || path != "" && !u.OmitHost:
		out += "//" + normalizeAuthority(u) + normalizePath(path)
	default: // no authority: "rakuten-api:?jan=..."
		out += normalizeEscapes(path)
	}
	if u.RawQuery != "" || u.ForceQuery {
		out += "?" + normalizeEscapes(u.RawQuery)
	}
	if u.Fragment != "" {
		out += "#" + normalizeEscapes(asWritten(u.RawFragment, u.EscapedFragment()))
	}
	return out
}

// asWritten returns a component as it stood in the URL. Parse keeps it in raw
// only when it differs from its own encoding; that encoding alone would take
// "%2F" beside a letter that needed escaping for a "/".
func asWritten(raw, encoded string) string {
	if raw != "" {
		return raw
	}
	return encoded
}

func normalizeAuthority(u *url.URL) string {
	host := HostKey(u)
	if u.User != nil {
		return u.User.String() + "@" + host
	}
	return host
}

// HostKey returns the host of a URL as hosts are compared and named: in lower
// case, with its port unless that is the scheme's own.
func HostKey(u *url.URL) string {
	host := strings.ToLower(u.Host)
	switch u.Scheme {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	}
	return strings.TrimSuffix(host, ":")
}

// normalizePath normalises the path that follows an authority. Escapes go first:
// "%2E%2E" is a dot segment too.
func normalizePath(p string) string {
	if p == "" {
		return "/"
	}
	return removeDotSegments(normalizeEscapes(p))
}

// removeDotSegments is RFC 3986 section 5.2.4 for a path that begins with "/".
// path.Clean will not do: it folds "//", which may be a name of its own.
func removeDotSegments(p string) string {
	segments := strings.Split(p, "/")[1:]
	kept := make([]string, 0, len(segments))
	for i, s := range segments {
		switch s {
		case ".":
		case "..":
			kept = kept[:max(0, len(kept)-1)]
		default:
			kept = append(kept, s)
			continue
		}
		if i == len(segments)-1 {
			kept = append(kept, "") // "/a/." and "/a/b/.." name the folder "/a/"
		}
	}
	return "/" + strings.Join(kept, "/")
}

const upperHex = "0123456789ABCDEF"

// normalizeEscapes undoes escapes of unreserved characters, writes the others in
// upper case, and escapes what a URL may not hold: Japanese typed as it is,
// spaces, quotes, and a "%" that begins no escape (left alone, it could begin
// one with what follows once that is undone).
func normalizeEscapes(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		escaped := c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2])
		if escaped {
			c = unhex(s[i+1])<<4 | unhex(s[i+2])
			i += 2
		}
		if unreserved(c) || !escaped && reserved(c) {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', upperHex[c>>4], upperHex[c&15]})
		}
	}
	return b.String()
}

// unreserved and reserved are the sets of RFC 3986 sections 2.3 and 2.2.
func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

func reserved(c byte) bool { return strings.IndexByte(":/?#[]@!$&'()*+,;=", c) >= 0 }

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
