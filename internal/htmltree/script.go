package htmltree

import "strings"

// scriptEnd returns where the text of a script ends that has a comment in which another
// script may begin: its end tag does not end the script, by rules as old as the web.
// They are those of golang.org/x/net/html, state by state.
func scriptEnd(s string) int {
	const (
		plain   = iota // script data
		escaped        // in a comment
		double         // in a script in a comment
	)
	state, dashes := plain, 0
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '-' && state != plain:
			dashes++
			i++
			continue
		case c == '>' && state != plain && dashes >= 2:
			state = plain
			i++
		case c != '<':
			i++
		case state == plain && strings.HasPrefix(s[i:], "<!--"):
			state, dashes = escaped, 2
			i += len("<!--")
			continue
		case strings.HasPrefix(s[i:], "</") && endsScript(s[i+2:]):
			if state != double {
				return i
			}
			state = escaped
			i += len("</script>")
		case state == escaped && i+1 < len(s) && s[i+1] != '/' && !letter(s[i+1]):
			state = plain // a divergence of golang.org/x/net/html
			i++
		case state == escaped && endsScript(s[i+1:]):
			state = double
			i += len("<script>")
		default:
			i++
		}
		dashes = 0
	}
	return len(s)
}

// endsScript reports whether s begins with "script" and what ends the name of a tag.
func endsScript(s string) bool {
	const name = "script"
	return len(s) > len(name) && strings.EqualFold(s[:len(name)], name) && ascii(s[:len(name)]) && nameEnds[s[len(name)]]
}
