package fetch

import "bytes"

// prologCharset returns the charset that a page's <meta> element or XML
// declaration names, "" when there is none. Comments do not count.
func prologCharset(head []byte) string {
	head = bytes.ToLower(head)
	if xml, ok := bytes.CutPrefix(head, []byte("<?xml")); ok {
		decl, _, _ := bytes.Cut(xml, []byte("?>"))
		if label := attribute(decl, "encoding"); label != "" {
			return label
		}
	}
	for {
		i := bytes.IndexByte(head, '<')
		if i < 0 {
			return ""
		}
		head = head[i:]
		switch {
		case bytes.HasPrefix(head, []byte("<!--")):
			_, after, closed := bytes.Cut(head[4:], []byte("-->"))
			if !closed {
				return ""
			}
			head = after
		case bytes.HasPrefix(head, []byte("<meta")):
			tag, after, _ := bytes.Cut(head, []byte(">"))
			if label := charsetIn(tag); label != "" {
				return label
			}
			head = after
		default:
			head = head[1:]
		}
	}
}

// charsetIn returns the value of the charset parameter in a Content-Type or in a
// meta element, which holds either an attribute of that name or a Content-Type.
func charsetIn(s []byte) string { return attribute(bytes.ToLower(s), "charset") }

// attribute returns the value behind `name =` in lower-case s, quoted or not.
func attribute(s []byte, name string) string {
	for {
		_, after, found := bytes.Cut(s, []byte(name))
		if !found {
			return ""
		}
		s = after
		value, ok := bytes.CutPrefix(bytes.TrimLeft(after, " \t\r\n"), []byte("="))
		if !ok {
			continue
		}
		value = bytes.TrimLeft(value, " \t\r\n\"'")
		if end := bytes.IndexAny(value, " \t\r\n\"';,/>?"); end >= 0 {
			value = value[:end]
		}
		if len(value) > 0 {
			return string(value)
		}
	}
}
