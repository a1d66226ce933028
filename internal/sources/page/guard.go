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

// startsFormatting are the first letters of formatting.
var startsFormatting = func() (by [256]bool) {
	for name := range formatting {
		by[name[0]], by[name[0]-0x20] = true, true
	}
	return by
}()

// tooCostly says why body must not be parsed into a tree, or "".
func tooCostly(body []byte) stock.Note {
	tags, open, clones := 0, 0, 0
	for rest := body; ; {
		i := bytes.IndexByte(rest, '<')
		if i < 0 {
			return ""
		}
		rest = rest[i+1:]
		name := rest[:min(len(rest), 8)]
		closing := len(name) > 0 && name[0] == '/'
		if closing {
			name = name[1:]
		}
		if len(name) == 0 || !letter(name[0]) && (!closing || !isDigit(name[0])) {
			continue
		}
		tags++
		switch {
		case startsFormatting[name[0]] && isFormatting(name):
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

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// isFormatting reports whether the tag name at the beginning of b is of formatting.
func isFormatting(b []byte) bool {
	var name [7]byte
	n := 0
	for n < len(b) && (letter(b[n]) || isDigit(b[n])) {
		if n == len(name) {
			return false
		}
		name[n] = b[n] | 0x20
		n++
	}
	return formatting[string(name[:n])]
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
