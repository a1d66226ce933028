package fingerprint

import "bytes"

// attribute is one of a start tag. Where it stands is counted from the tag's begin.
type attribute struct {
	name, value []byte
	from, to    int // of the value
}

// is reports whether the attribute has a name, which is given in lower case.
func (a attribute) is(name string) bool {
	return len(a.name) == len(name) && containsFold(a.name, name)
}

// containsFold reports whether a text in lower case stands in s in any case.
func containsFold(s []byte, lower string) bool {
	for i := 0; i+len(lower) <= len(s); i++ {
		if s[i] != lower[0] && s[i] != lower[0]&^0x20 { // most places
			continue
		}
		n := 0
		for n < len(lower) && (s[i+n] == lower[n] || letter(s[i+n]) && s[i+n]|0x20 == lower[n]) {
			n++
		}
		if n == len(lower) {
			return true
		}
	}
	return false
}

// attributes calls each with the attributes of the tag p[0:], which begins with its
// name, and returns where the tag ends, behind its ">"; -1 when it does not.
func attributes(p []byte, each func(attribute)) int {
	i := skipSpace(p, nameEnd(p, 0))
	for i < len(p) {
		if p[i] == '>' {
			return i + 1
		}
		a := attribute{}
		begin := i
		for i < len(p) && !endsName[p[i]] && (p[i] != '=' || i == begin) {
			i++
		}
		a.name = p[begin:i]
		i = skipSpace(p, i)
		if i < len(p) && p[i] == '/' {
			i++
		} else if i < len(p) && p[i] == '=' {
			i = skipSpace(p, i+1)
			if i, a.from, a.to = value(p, i); i < 0 {
				return -1
			}
			a.value = p[a.from:a.to]
		}
		if each != nil {
			each(a)
		}
		i = skipSpace(p, i)
	}
	return -1
}

// value returns where an attribute's value at i is and where what follows it begins.
func value(p []byte, i int) (next, from, to int) {
	if i == len(p) {
		return -1, 0, 0
	}
	if quote := p[i]; quote == '"' || quote == '\'' {
		n := bytes.IndexByte(p[i+1:], quote)
		if n < 0 {
			return -1, 0, 0
		}
		return i + n + 2, i + 1, i + 1 + n
	}
	from = i
	for i < len(p) && !space(p[i]) && p[i] != '>' {
		i++
	}
	return i, from, i
}

// tagEnd returns where the tag whose name is p[i:name] ends; -1 when it does not. It is
// attributes for the usual tag, and what a walk through a page takes most of its time
// for.
func tagEnd(p []byte, i, name int) int {
	for j := name; j < len(p); j++ {
		switch {
		case p[j] == '>':
			return j + 1
		case p[j] != '=':
		case !letter(p[j-1]) && p[j-1] != '-' && p[j-1]-'0' > 9: // perhaps the name of an attribute itself
			return slowTagEnd(p, i)
		default:
			k := skipSpace(p, j+1)
			if k == len(p) {
				return -1
			}
			if p[k] != '"' && p[k] != '\'' {
				for k < len(p) && !space(p[k]) && p[k] != '>' {
					k++
				}
				j = k - 1
				continue
			}
			n := bytes.IndexByte(p[k+1:], p[k])
			if n < 0 {
				return -1
			}
			j = k + 1 + n
		}
	}
	return -1
}

func slowTagEnd(p []byte, i int) int {
	n := attributes(p[i:], nil)
	if n < 0 {
		return -1
	}
	return i + n
}

// endsName are the characters that end the name of a tag, or with "=" of an attribute.
var endsName = [256]bool{' ': true, '\n': true, '\r': true, '\t': true, '\f': true, '/': true, '>': true}

// nameEnd returns where the tag name at i ends.
func nameEnd(p []byte, i int) int {
	for i < len(p) && !endsName[p[i]] {
		i++
	}
	return i
}

func skipSpace(p []byte, i int) int {
	for i < len(p) && space(p[i]) {
		i++
	}
	return i
}

func space(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' }

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// after returns where what stands behind the next end in p[i:] begins; -1 without one.
func after(p []byte, i int, end string) int {
	n := bytes.Index(p[i:], []byte(end))
	if n < 0 {
		return -1
	}
	return i + n + len(end)
}

// lower returns a tag's name in lower case, and what is longer than any that matters as
// it is.
func lower(name []byte) []byte {
	if len(name) > len("plaintext") {
		return name
	}
	for _, c := range name {
		if c >= 'A' && c <= 'Z' {
			return bytes.ToLower(name)
		}
	}
	return name
}
