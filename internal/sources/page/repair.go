package page

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"strings"
)

// decodeJSON reads the JSON values of a script block. Blocks that shops break in
// one of a few well-known ways are mended first: HTML comments or CDATA around
// them, control characters in strings, comments of JavaScript, trailing commas,
// quotes written as entities. Nothing else is guessed at.
func decodeJSON(s string) ([]any, error) {
	s = unwrap(s)
	if s == "" {
		return nil, nil
	}
	docs, err := decodeAll(s)
	if err == nil {
		return docs, nil
	}
	if mended, merr := decodeAll(mend(s)); merr == nil {
		return mended, nil
	}
	if strings.Contains(s, "&quot;") || strings.Contains(s, "&#34;") {
		if mended, merr := decodeAll(mend(html.UnescapeString(s))); merr == nil {
			return mended, nil
		}
	}
	return docs, err // what stood before the fault
}

// decodeAll reads values one behind the other, numbers as they are written.
func decodeAll(s string) ([]any, error) {
	dec := json.NewDecoder(strings.NewReader(s))
	dec.UseNumber()
	var docs []any
	for len(docs) < maxScripts {
		var v any
		err := dec.Decode(&v)
		if errors.Is(err, io.EOF) {
			return docs, nil
		}
		if err != nil {
			return docs, err
		}
		docs = append(docs, v)
	}
	return docs, nil
}

// unwrap removes what is put around a block to hide it from old readers, and a
// semicolon behind it.
func unwrap(s string) string {
	for {
		t := strings.Trim(s, " \t\r\n\uFEFF;")
		for _, p := range []string{"<!--", "//<![CDATA[", "// <![CDATA[", "/*<![CDATA[*/", "/* <![CDATA[ */", "<![CDATA["} {
			t = strings.TrimPrefix(t, p)
		}
		for _, p := range []string{"-->", "//]]>", "// ]]>", "/*]]>*/", "/* ]]> */", "]]>", "/*]]&gt;*/", "//]]&gt;", "]]&gt;", "//"} {
			t = strings.TrimSuffix(t, p)
		}
		if t == s {
			return s
		}
		s = t
	}
}

// mend escapes control characters inside strings, and outside of them drops
// comments and commas before a closing bracket.
func mend(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 16)
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '"':
			i = mendString(&b, s, i)
		case c == '/' && strings.HasPrefix(s[i:], "/*"):
			end := strings.Index(s[i+2:], "*/")
			if end < 0 {
				return b.String()
			}
			i += 2 + end + 2
		case c == '/' && strings.HasPrefix(s[i:], "//"):
			end := strings.IndexByte(s[i:], '\n')
			if end < 0 {
				return b.String()
			}
			i += end
		case c == ',' && closes(s, i+1):
			i++
		case c < ' ' && c != '\n' && c != '\t' && c != '\r':
			i++
		default:
			b.WriteByte(c)
			i++
		}
	}
	return b.String()
}

// mendString copies the string that begins at s[i] and returns where it ended.
func mendString(b *strings.Builder, s string, i int) int {
	b.WriteByte('"')
	for i++; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			if strings.IndexByte(`"\/bfnrtu`, s[i+1]) >= 0 {
				b.WriteByte(c)
			}
			i++
			if s[i] >= ' ' {
				b.WriteByte(s[i])
			}
		case c < ' ':
			fmt.Fprintf(b, `\u%04x`, c)
		case c == '"':
			b.WriteByte('"')
			return i + 1
		default:
			b.WriteByte(c)
		}
	}
	return i
}

// closes reports whether the next thing at s[i:], spaces and comments aside,
// closes an object or array.
func closes(s string, i int) bool {
	for i < len(s) {
		switch c := s[i]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			i++
		case strings.HasPrefix(s[i:], "/*"):
			end := strings.Index(s[i+2:], "*/")
			if end < 0 {
				return false
			}
			i += 2 + end + 2
		case strings.HasPrefix(s[i:], "//"):
			end := strings.IndexByte(s[i:], '\n')
			if end < 0 {
				return false
			}
			i += end
		default:
			return c == '}' || c == ']'
		}
	}
	return false
}
