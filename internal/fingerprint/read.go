package fingerprint

import (
	"bytes"
	"slices"
)

// read reports whether a source may read the script: it is data by its type, it is one
// value that is given to a variable, or it holds a text that its source says it reads.
func (s *scanner) read(tag, text []byte) bool {
	for _, part := range s.scripts {
		if bytes.Contains(tag, []byte(part)) || bytes.Contains(text, []byte(part)) {
			return true
		}
	}
	data := false
	attributes(tag[1:], func(a attribute) {
		data = data || a.is("type") && (containsFold(a.value, "json") || bytes.IndexByte(a.value, '&') >= 0)
	})
	return data || assigns(text)
}

// assigns reports whether a script may begin with an object or array that is given to
// a variable, or be one.
func assigns(text []byte) bool {
	name, value, ok := bytes.Cut(text[:min(len(text), 210)], []byte("="))
	if !ok {
		return false
	}
	for _, c := range name {
		if !(letter(c) || space(c) || c-'0' <= 9 || c >= 0x80 || bytes.IndexByte([]byte("_.$[]\"'\v"), c) >= 0) {
			return false
		}
	}
	value = bytes.TrimLeft(value, " \t\r\n\f\v")
	return len(value) == 0 || value[0] == '{' || value[0] == '[' || value[0] >= 0x80
}

// nonce leaves the value of a nonce out of the tag that ends at end.
func (s *scanner) nonce(tag []byte, end int) {
	begin := end - len(tag) + 1
	attributes(tag[1:], func(a attribute) {
		if a.is("nonce") && a.to > a.from {
			s.omit(begin+a.from, begin+a.to)
		}
	})
}

// token leaves the value out of an input or meta element whose tag ends at end, if it
// is a token.
func (s *scanner) token(tag []byte, end int, input bool) {
	if slices.Contains(s.scripts, "") { // its source looks at all there is
		return
	}
	var all [12]attribute
	found := all[:0]
	attributes(tag[1:], func(a attribute) { found = append(found, a) })
	a, ok := attribute{}, false
	if input {
		a, ok = hiddenToken(found)
	} else {
		a, ok = metaToken(found)
	}
	if ok {
		begin := end - len(tag) + 1
		s.omit(begin+a.from, begin+a.to)
	}
}

// hiddenToken returns the value of a hidden input that is a token.
func hiddenToken(all []attribute) (value attribute, ok bool) {
	kind, hidden, secret := false, false, false
	for _, a := range all {
		switch {
		case a.is("type"):
			hidden = hidden || !kind && bytes.EqualFold(a.value, []byte("hidden")) // the first one counts
			kind = true
		case a.is("itemprop"):
			return value, false
		case a.is("name"), a.is("id"):
			secret = secret || tokenName(a.value)
		case a.is("value"):
			if value.to > 0 {
				return value, false
			}
			value = a
		}
	}
	return value, hidden && value.to > value.from && (secret || tokenValue(value.value))
}

// metaToken returns the content of a meta element that is a token.
func metaToken(all []attribute) (value attribute, ok bool) {
	secret := false
	for _, a := range all {
		switch {
		case a.is("property"), a.is("itemprop"), a.is("http-equiv"), a.is("charset"):
			return value, false
		case a.is("name"):
			if secret {
				return value, false
			}
			secret = tokenName(a.value)
		case a.is("content"):
			if value.to > 0 {
				return value, false
			}
			value = a
		}
	}
	return value, secret && value.to > value.from
}

// tokenName reports whether a field's name is that of a token.
func tokenName(name []byte) bool {
	for _, part := range [...]string{"csrf", "xsrf", "token", "nonce", "viewstate", "eventvalidation"} {
		if containsFold(name, part) {
			return true
		}
	}
	return false
}

// tokenValue reports whether a value is nothing that a person would read: at least
// sixteen letters, digits and signs of base64, digits and letters among them.
func tokenValue(value []byte) bool {
	digits, letters := false, false
	for _, c := range value {
		switch {
		case letter(c):
			letters = true
		case c-'0' <= 9:
			digits = true
		case bytes.IndexByte([]byte("+/=_-"), c) < 0:
			return false
		}
	}
	return len(value) >= 16 && digits && letters
}
