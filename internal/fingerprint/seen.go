package fingerprint

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
)

// Seen returns the hash of what a reader can see of a page, decoded by its encoding but
// still in its own charset: without comments, styles, scripts of no data, and tokens.
// Where one of these begins or ends is part of it. Scripts are texts: a script that
// holds one of them is read by the page's source; "" is held by every script.
func (h Hasher) Seen(about uint64, page []byte, scripts []string) uint64 {
	s := scanner{page: page, scripts: scripts}
	s.sum.SetSeed(h.seed)
	mix(&s.sum, about)
	if bytes.IndexByte(page, 0x1b) < 0 && bytes.IndexByte(page, 0) < 0 { // else ASCII may be parts of characters
		s.scan()
	}
	_, _ = s.sum.Write(page[s.kept:])
	return known(s.sum.Sum64())
}

// scanner walks through a page's markup as the HTML tokenizer does, and stops to leave
// things out where it is not sure of that any more.
type scanner struct {
	page    []byte
	scripts []string
	sum     maphash.Hash
	kept    int // what is before it is in sum, or left out
	open    [holders]int
}

// Elements in which nothing is left out: their texts are read with all that is below
// them, or scripts and styles are no scripts and styles there.
const (
	svg = iota
	math
	heading
	selection
	holders
)

// scan leaves out what it can, up to where it is not sure any more.
func (s *scanner) scan() {
	p := s.page
	for i := 0; i < len(p); {
		if p[i] != '<' { // one tag often stands right behind another
			next := bytes.IndexByte(p[i:], '<')
			if next < 0 {
				return
			}
			i += next
		}
		if i+2 >= len(p) {
			return
		}
		switch c := p[i+1]; {
		case c == '!' && bytes.HasPrefix(p[i:], commentBegin):
			i = s.comment(i)
		case c == '!' || c == '?' || c == '/' && !letter(p[i+2]):
			i = after(p, i, ">")
		case c == '/':
			end := nameEnd(p, i+2)
			s.close(p[i+2 : end])
			i = tagEnd(p, i+2, end)
		case letter(c):
			i = s.tag(i)
		default:
			i++
		}
		if i < 0 {
			return
		}
	}
}

var (
	commentBegin = []byte("<!--")
	commentEnd   = []byte("-->")
)

// comment leaves out the text of the comment at i, and returns where it ends. Those
// of a page that is streamed in parts tell where the parts belong.
func (s *scanner) comment(i int) int {
	begin := i + len(commentBegin)
	n := bytes.Index(s.page[begin:], commentEnd)
	if n < 0 {
		return -1
	}
	text := s.page[begin : begin+n]
	if bytes.HasPrefix(text, []byte(">")) || bytes.HasPrefix(text, []byte("->")) || bytes.Contains(text, []byte("--!>")) {
		return -1
	}
	if !bytes.HasPrefix(text, []byte("$")) && !bytes.HasPrefix(text, []byte("/$")) {
		s.omit(begin, begin+n)
	}
	return begin + n + len(commentEnd)
}

// tag deals with the start tag at i, and returns where it or what it begins ends.
func (s *scanner) tag(i int) int {
	n := nameEnd(s.page, i+1)
	end := tagEnd(s.page, i+1, n)
	if end < 0 || !mayBeSpecial(s.page[i+1:n]) {
		return end
	}
	tag := s.page[i:end]
	switch name := lower(s.page[i+1 : n]); string(name) {
	case "script", "style":
		return s.raw(tag, name, end)
	case "iframe", "noembed", "noframes", "noscript", "plaintext", "textarea", "title", "xmp":
		return s.raw(tag, name, end)
	case "input":
		s.token(tag, end, true)
	case "meta":
		s.token(tag, end, false)
	case "svg", "math", "h1", "h2", "h3", "h4", "select":
		s.open[holder(name)]++
	}
	return end
}

// special are the lengths, as bits, of the names of the elements that tag and close look
// at, by their first letter: each name of theirs, or one like it, has to be here.
var special = func() (lengths [256]uint16) {
	for _, name := range []string{"script", "style", "iframe", "noembed", "noframes", "noscript", "plaintext", "textarea", "title", "xmp", "input", "meta", "svg", "math", "h1", "select"} {
		lengths[name[0]] |= 1 << len(name)
	}
	return lengths
}()

func mayBeSpecial(name []byte) bool {
	return len(name) < 16 && special[name[0]|0x20]&(1<<len(name)) != 0
}

func holder(name []byte) int {
	switch name[0] {
	case 'h':
		return heading
	case 'm':
		return math
	}
	if len(name) == 3 {
		return svg
	}
	return selection
}

// close notes the end tag of a name.
func (s *scanner) close(name []byte) {
	if !mayBeSpecial(name) {
		return
	}
	switch name = lower(name); string(name) {
	case "svg", "math", "h1", "h2", "h3", "h4", "select":
		h := holder(name)
		s.open[h] = max(0, s.open[h]-1)
	}
}

// raw deals with an element whose content is text to the tokenizer, and returns where
// it ends.
func (s *scanner) raw(tag, name []byte, begin int) int {
	if bytes.HasSuffix(tag, []byte("/>")) {
		return -1
	}
	n := closing(s.page[begin:], name)
	if n < 0 {
		return -1
	}
	text := s.page[begin : begin+n]
	script, style := string(name) == "script", string(name) == "style"
	if script && bytes.Contains(text, commentBegin) && containsFold(text, "<script") {
		return -1 // it may end further down
	}
	if script || style {
		s.nonce(tag, begin)
	}
	if style || script && !s.read(tag, text) {
		_ = s.sum.WriteByte(digits(text)) // rows of lists are told by the digits in them
		s.omit(begin, begin+n)
	}
	return begin + n
}

// closing returns where the end tag of a name stands in p; -1 when it does not.
func closing(p, name []byte) int {
	for i := 0; ; {
		n := bytes.Index(p[i:], []byte("</"))
		if n < 0 {
			return -1
		}
		i += n + 2
		if end := i + len(name); end < len(p) && bytes.EqualFold(p[i:end], name) && (space(p[end]) || p[end] == '/' || p[end] == '>') {
			return i - 2
		}
	}
}

// omit leaves page[from:to] out, but for what is not ASCII there: readers look at the
// words of the whole page to tell its language and charset.
func (s *scanner) omit(from, to int) {
	for _, open := range s.open {
		if open > 0 {
			return
		}
	}
	_, _ = s.sum.Write(s.page[s.kept:from])
	s.kept = to
	foreign(&s.sum, s.page[from:to])
}

func digits(text []byte) byte {
	for _, c := range text {
		if c-'0' <= 9 {
			return 1
		}
	}
	return 0
}

// foreign writes the characters of a text that are not ASCII, of which the second byte
// may be.
func foreign(sum *maphash.Hash, text []byte) {
	for i := 0; i < len(text); {
		switch {
		case i+8 <= len(text) && binary.LittleEndian.Uint64(text[i:])&0x8080808080808080 == 0:
			i += 8
		case text[i] < 0x80:
			i++
		default:
			from := i
			for i < len(text) && text[i] >= 0x80 {
				i++
			}
			_, _ = sum.Write(text[from:min(i+1, len(text))])
		}
	}
}
