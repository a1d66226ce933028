package page

import (
	"bytes"
	"iter"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// The bounds of what is parsed into a tree. The largest real pages have about
// thirty thousand tags.
const (
	maxTags   = 200_000
	maxCopies = 300_000 // of unclosed elements, by the rules of HTML; see mayBeCostly
	// maxCopied is how many attributes those may have in all. An element may have as many
	// as its page has bytes for.
	maxCopied = 1_000_000
	// An end tag of a formatting element copies up to three elements in each of eight
	// rounds, and itself.
	copiesAtEnd = 32
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
	if len(body) <= 2*maxTags || bytes.Count(body, []byte("<")) <= maxTags {
		return ""
	}
	tags := 0
	for range tagsIn(body) {
		if tags++; tags > maxTags {
			return stock.NoteTooManyElements
		}
	}
	return ""
}

// mayBeCostly reports whether the rules of HTML could make far more elements of body than
// it has, whatever it closes: end tags may stand in comments, or close nothing. It is for
// the few pages that package htmltree, which counts, does not parse.
func mayBeCostly(body []byte) bool {
	var open, attributes, most int // formatting elements, their attributes in all, those of one
	var copies, copied int
	work := 8 * len(body) // tags that stand in the attributes of others are read again and again
	for tag, closing := range tagsIn(body) {
		formats := startsFormatting[tag[0]] && isFormatting(tag)
		switch {
		case closing && formats:
			copies += min(open, copiesAtEnd)
			copied += min(attributes, copiesAtEnd*most)
		case closing:
		case formats:
			n, read := attributesOf(tag)
			work -= read
			open++
			attributes, most = attributes+n, max(most, n)
		default:
			copies += min(open, 512)
			copied += attributes
		}
		if copies > maxCopies || copied > maxCopied || work < 0 {
			return true
		}
	}
	return false
}

// attributesOf counts the attributes of the tag that begins with its name, and returns how
// many bytes it has read for that.
func attributesOf(tag []byte) (n, read int) {
	i := 0
	skip := func(until func(byte) bool) {
		for i < len(tag) && !until(tag[i]) {
			i++
		}
	}
	blank := func(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }
	skip(func(c byte) bool { return blank(c) || c == '/' || c == '>' })
	for {
		skip(func(c byte) bool { return !blank(c) && c != '/' })
		if i == len(tag) || tag[i] == '>' {
			return n, i
		}
		n++
		i++ // an equals sign that begins a name is part of it
		skip(func(c byte) bool { return blank(c) || c == '/' || c == '=' || c == '>' })
		skip(func(c byte) bool { return !blank(c) })
		if i == len(tag) || tag[i] != '=' {
			continue
		}
		i++
		skip(func(c byte) bool { return !blank(c) })
		if i == len(tag) {
			continue
		}
		if quote := tag[i]; quote == '"' || quote == '\'' {
			i++
			skip(func(c byte) bool { return c == quote })
			i = min(i+1, len(tag))
		} else {
			skip(func(c byte) bool { return blank(c) || c == '>' })
		}
	}
}

// tagsIn yields the body from the name of each tag on, in comments too, and whether it is an
// end tag.
func tagsIn(body []byte) iter.Seq2[[]byte, bool] {
	return func(yield func([]byte, bool) bool) {
		for rest := body; ; {
			i := bytes.IndexByte(rest, '<')
			if i < 0 {
				return
			}
			rest = rest[i+1:]
			name := rest
			closing := len(name) > 0 && name[0] == '/'
			if closing {
				name = name[1:]
			}
			if len(name) == 0 || !letter(name[0]) && (!closing || !isDigit(name[0])) {
				continue
			}
			if !yield(name, closing) {
				return
			}
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
