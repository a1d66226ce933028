package page

import (
	"bytes"

	"github.com/sainyuka/sainyuka/internal/stock"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The bounds of what is parsed into a tree. The largest real pages have about
// thirty thousand tags.
const (
	maxTags  = 200_000
	maxClone = 3_000_000 // elements that the HTML rules would make out of unclosed ones
)

// formatting are the elements that an HTML parser opens again in every following
// block until they are closed (active formatting elements), so that a few
// kilobytes can become millions of nodes.
var formatting = map[string]bool{
	"a": true, "b": true, "big": true, "code": true, "em": true, "font": true, "i": true, "nobr": true,
	"s": true, "small": true, "strike": true, "strong": true, "tt": true, "u": true,
}

// tooCostly says why body must not be parsed into a tree, or "".
func tooCostly(body []byte) stock.Note {
	tags, open, clones := 0, 0, 0
	for rest := body; ; {
		i := bytes.IndexByte(rest, '<')
		if i < 0 {
			return ""
		}
		rest = rest[i+1:]
		closing := len(rest) > 0 && rest[0] == '/'
		name := rest[:tagName(rest, closing)]
		if closing {
			name = name[1:]
		}
		if len(name) == 0 {
			continue
		}
		tags++
		switch {
		case len(name) <= 6 && formatting[string(bytes.ToLower(name))]:
			if closing {
				open = max(open-1, 0)
			} else {
				open++
			}
		case !closing:
			clones += min(open, 512)
		}
		if tags > maxTags {
			return stock.NoteTooManyElements
		}
		if clones > maxClone {
			return stock.NoteUnclosed
		}
	}
}

// tagName returns how far the tag name at the beginning of b reaches.
func tagName(b []byte, closing bool) int {
	i := 0
	if closing {
		i = 1
	}
	for i < len(b) && (b[i]|0x20 >= 'a' && b[i]|0x20 <= 'z' || i > 0 && '0' <= b[i] && b[i] <= '9') {
		i++
	}
	return i
}

// reduce keeps the title, the meta and link elements and the scripts of a page
// that is too deep or too large to be parsed as a whole.
func reduce(body []byte) []byte {
	var out bytes.Buffer
	z := html.NewTokenizer(bytes.NewReader(body))
	z.SetMaxBuf(len(body) + 1)
	keep := false
	for kept := 0; kept < maxTags; {
		switch z.Next() {
		case html.ErrorToken:
			return out.Bytes()
		case html.StartTagToken, html.SelfClosingTagToken:
			raw := z.Raw()
			name, _ := z.TagName()
			switch atom.Lookup(name) {
			case atom.Meta, atom.Link:
				out.Write(raw)
				kept++
			case atom.Script, atom.Title:
				out.Write(raw)
				keep = true
				kept++
			}
		case html.TextToken:
			if keep {
				out.Write(z.Raw())
			}
		case html.EndTagToken:
			if keep {
				out.Write(z.Raw())
			}
			keep = false
		}
	}
	return out.Bytes()
}
