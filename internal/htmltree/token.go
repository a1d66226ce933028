package htmltree

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// next reads the next token.
func (p *parser) next() {
	p.tok = token{attr: p.tok.attr[:0]}
	if p.rawTag != "" {
		if p.rawText(); p.tok.data != "" || p.declined {
			return
		}
	}
	s := p.text
	for i := p.at; ; {
		n := strings.IndexByte(s[min(i, len(s)):], '<')
		if n < 0 || i+n+1 == len(s) {
			p.textUpTo(len(s))
			return
		}
		i += n
		c := s[i+1]
		if !letter(c) && c != '/' && c != '!' && c != '?' {
			i++
			continue
		}
		if i > p.at {
			p.textUpTo(i)
			return
		}
		if c == '/' && i+2 == len(s) {
			p.textUpTo(len(s))
			return
		}
		switch {
		case letter(c):
			p.startTag(i + 1)
		case c == '/':
			p.endTag(i + 2)
		case c == '!':
			p.declaration(i + 2)
		default:
			p.bogusComment(i + 1)
		}
		return
	}
}

// textUpTo makes a text token, with its character references replaced.
func (p *parser) textUpTo(end int) {
	if p.at >= end {
		return
	}
	p.tok.kind = textToken
	p.tok.data = unescapeText(p.text[p.at:end])
	p.at = end
}

// rawText makes a token of the text of an element like script.
func (p *parser) rawText() {
	name := p.rawTag
	p.rawTag = ""
	rest := p.text[p.at:]
	n := closing(rest, name)
	if name == "script" && strings.Contains(rest[:n], "<!--") && containsFold(rest[:n], "<script") {
		n = scriptEnd(rest)
	}
	if n == 0 {
		return
	}
	p.tok.kind, p.tok.data = textToken, rest[:n]
	if name == "title" || name == "textarea" {
		p.tok.data = unescapeText(p.tok.data)
	}
	p.at += n
}

// closing returns where the end tag of a name stands in s; its length when it does not.
func closing(s, name string) int {
	for i := 0; ; {
		n := strings.Index(s[i:], "</")
		if n < 0 {
			return len(s)
		}
		i += n + 2
		if end := i + len(name); end < len(s) && strings.EqualFold(s[i:end], name) && ascii(s[i:end]) && (space(s[end]) || s[end] == '/' || s[end] == '>') {
			return i - 2
		}
	}
}

// declaration reads what begins with "<!".
func (p *parser) declaration(i int) {
	s := p.text
	switch {
	case strings.HasPrefix(s[i:], "--"):
		p.comment(i + 2)
	case len(s)-i >= len("doctype") && strings.EqualFold(s[i:i+len("doctype")], "doctype") && ascii(s[i:i+len("doctype")]):
		i = skipSpace(s, i+len("doctype"))
		end := len(s)
		if n := strings.IndexByte(s[i:], '>'); n >= 0 {
			end = i + n
		}
		p.tok.kind, p.tok.data = doctypeToken, s[i:end]
		p.at = min(end+1, len(s))
	case strings.HasPrefix(s[i:], "[CDATA[") && len(p.open) > 0 && p.open.top().Namespace != "":
		p.declined = true
	default:
		p.bogusComment(i)
	}
}

// comment reads a comment whose text begins at i.
func (p *parser) comment(i int) {
	s := p.text
	p.tok.kind = commentToken
	dashes, beginning := 0, true
	for j := i; j < len(s); j++ {
		switch c := s[j]; {
		case c == '-':
			dashes++
			continue
		case c == '>' && (dashes >= 2 || beginning):
			p.tok.data, p.at = unescapeText(s[i:max(i, j-2)]), j+1
			return
		case c == '!' && dashes >= 2 && j+1 < len(s) && s[j+1] == '>':
			p.tok.data, p.at = unescapeText(s[i:max(i, j-2)]), j+2
			return
		}
		dashes, beginning = 0, false
		if n := strings.IndexByte(s[j+1:], '-'); n > 0 {
			j += n // nothing ends a comment but what follows dashes
		} else if n < 0 {
			break
		}
	}
	end := s[i:]
	for _, suffix := range []string{"--!", "--", "-"} {
		if rest, ok := strings.CutSuffix(end, suffix); ok {
			end = rest
			break
		}
	}
	p.tok.data, p.at = unescapeText(end), len(s)
}

// bogusComment reads what is taken for a comment up to the next ">".
func (p *parser) bogusComment(i int) {
	p.tok.kind = commentToken
	n := strings.IndexByte(p.text[i:], '>')
	if n < 0 {
		p.tok.data, p.at = unescapeText(p.text[i:]), len(p.text)
		return
	}
	p.tok.data, p.at = unescapeText(p.text[i:i+n]), i+n+1
}

// endTag reads an end tag whose name begins at i.
func (p *parser) endTag(i int) {
	s := p.text
	if s[i] == '>' { // no token at all, but a comment without a text in the tree
		p.tok.kind, p.at = commentToken, i+1
		return
	}
	if !letter(s[i]) {
		p.bogusComment(i)
		return
	}
	end := nameEnd(s, i)
	to, _ := p.attributes(end, false)
	if to < 0 {
		p.at = len(s)
		return
	}
	p.tok.kind = endTag
	p.name(s[i:end])
	p.at = to
}

// startTag reads a start tag whose name begins at i.
func (p *parser) startTag(i int) {
	s := p.text
	end := nameEnd(s, i)
	to, last := p.attributes(end, true)
	if to < 0 {
		p.at = len(s)
		return
	}
	p.tok.kind = startTag
	p.name(s[i:end])
	p.at = to
	p.selfClosing = s[to-2] == '/' && (len(p.tok.attr) == 0 || to-2 != last-1)
	switch p.tok.atom {
	case atom.Iframe, atom.Noembed, atom.Noframes, atom.Noscript, atom.Script, atom.Style, atom.Textarea, atom.Title, atom.Xmp:
		p.rawTag = p.tok.data
	case atom.Template:
		p.hasTemplate = true
	case atom.Plaintext, atom.Frameset, atom.Frame:
		p.declined = true
	}
}

// name sets the name of a tag.
func (p *parser) name(s string) {
	p.tok.atom, p.tok.data = lookup(s)
}

// lookup returns a name in lower case, and its atom if it has one.
func lookup(s string) (atom.Atom, string) {
	if u := usualNames[namePlace(s)]; u.String() == s {
		return u, u.String()
	}
	s = lower(s)
	var b [24]byte // no atom is longer
	if a := atom.Lookup(b[:copy(b[:], s)]); a != 0 && len(s) <= len(b) {
		return a, a.String()
	}
	return 0, s
}

// usualNames are the elements of which most of a page is made. Of two with one place the
// later is kept: the most usual ones stand last.
var usualNames = func() (by [64]atom.Atom) {
	for _, a := range []atom.Atom{
		atom.Label, atom.Td, atom.Tr, atom.B, atom.I, atom.Strong, atom.H2, atom.H3, atom.Br, atom.Button, atom.Input, atom.Option, atom.Svg,
		atom.Link, atom.Meta, atom.Script, atom.Ul, atom.P, atom.Img, atom.Li, atom.A, atom.Span, atom.Div,
	} {
		by[namePlace(a.String())] = a
	}
	return by
}()

// namePlace returns the place of a name, which is not empty, among 64.
func namePlace(s string) int { return (int(s[0]) + int(s[len(s)-1])*2 + len(s)*9) % 64 }

// attributes reads the attributes of a tag from i on, and keeps them if they are wanted.
// It returns where the tag ends, behind its ">", or -1; and where the value of the last
// attribute that was kept ends.
func (p *parser) attributes(i int, keep bool) (end, last int) {
	s := p.text
	for i = skipSpace(s, i); i < len(s); i = skipSpace(s, i) {
		if s[i] == '>' {
			return i + 1, last
		}
		begin := i
		for i < len(s) && !nameEnds[s[i]] && (s[i] != '=' || i == begin) {
			i++
		}
		key := s[begin:i]
		var from, to int
		if i, from, to = valueAt(s, i); i < 0 {
			return -1, 0
		}
		if !keep || key == "" {
			continue
		}
		if key = lower(key); p.repeated(key) {
			continue
		}
		p.tok.attr = append(p.tok.attr, html.Attribute{Key: key, Val: unescapeValue(s[from:to])})
		last = to
	}
	return -1, 0
}

// repeated reports whether the tag has an attribute already.
func (p *parser) repeated(key string) bool {
	const few = 16
	if len(p.tok.attr) < few {
		for _, a := range p.tok.attr {
			if a.Key == key {
				return true
			}
		}
		return false
	}
	if len(p.tok.attr) == few {
		p.seen = map[string]bool{}
		for _, a := range p.tok.attr {
			p.seen[a.Key] = true
		}
	}
	if p.seen[key] {
		return true
	}
	p.seen[key] = true
	return false
}

// valueAt returns where the value of an attribute is whose name ends at i, and where
// what follows it begins: -1 when the text ends before.
func valueAt(s string, i int) (next, from, to int) {
	from, to = i, i
	if i = skipSpace(s, i); i == len(s) {
		return -1, 0, 0
	}
	if s[i] == '/' {
		return i + 1, from, to
	}
	if s[i] != '=' {
		return i, from, to
	}
	if i = skipSpace(s, i+1); i == len(s) {
		return -1, 0, 0
	}
	switch quote := s[i]; quote {
	case '>':
		return i, from, to
	case '"', '\'':
		n := strings.IndexByte(s[i+1:], quote)
		if n < 0 {
			return -1, 0, 0
		}
		return i + n + 2, i + 1, i + 1 + n
	}
	from = i
	for i < len(s) && !space(s[i]) && s[i] != '>' {
		i++
	}
	return i, from, i
}
