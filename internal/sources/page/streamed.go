package page

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/sainyuka/sainyuka/internal/pattern"
)

// maxFragments bounds how many parts of a streamed page are put in their places.
const maxFragments = 2000

var fragmentID = pattern.MustCompile(`^(.{0,40})([SBP]):([0-9a-f]{1,8})$`)

// assemble puts the parts of a page that React streamed in their places, as the page's
// own script does when they arrive: what a hidden element S:N holds goes where the
// template B:N stands, in place of what was shown until then, or the template P:N. A
// page whose parts stayed in hidden elements would show a buyer nothing.
func assemble(root *html.Node, body []byte) {
	if !bytes.Contains(body, []byte(`S:`)) {
		return
	}
	parts, places := map[string]*html.Node{}, map[string]*html.Node{}
	var order []string
	for n := range below(root) {
		if n.Type != html.ElementNode || n.DataAtom != atom.Template && !hasAttr(n, "hidden") {
			continue
		}
		m := fragmentID.FindStringSubmatch(attr(n, "id"))
		switch {
		case m == nil || len(order) >= maxFragments:
		case m[2] == "S" && n.DataAtom != atom.Template && parts[m[1]+m[3]] == nil:
			parts[m[1]+m[3]] = n
			order = append(order, m[1]+m[3])
		case m[2] != "S" && n.DataAtom == atom.Template && places[m[1]+m[3]] == nil:
			places[m[1]+m[3]] = n
		}
	}
	for _, id := range order {
		if place := places[id]; place != nil && !standsIn(place, parts[id]) {
			put(parts[id], place)
		}
	}
}

// standsIn reports whether a node stands in another one.
func standsIn(n, in *html.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p == in {
			return true
		}
	}
	return false
}

// put moves what part holds to where place is.
func put(part, place *html.Node) {
	if strings.Contains(attr(place, "id"), "B:") {
		removeFallback(place)
	}
	parent := place.Parent
	if parent == nil || part.Parent == nil {
		return // it stood in the fallback of another part
	}
	for c := part.FirstChild; c != nil; c = part.FirstChild {
		part.RemoveChild(c)
		parent.InsertBefore(c, place)
	}
	parent.RemoveChild(place)
	part.Parent.RemoveChild(part)
}

// removeFallback removes what was shown until the part came: all between the template
// and the comment that ends its boundary.
func removeFallback(place *html.Node) {
	depth, end := 0, (*html.Node)(nil)
	for n := place.NextSibling; n != nil && end == nil; n = n.NextSibling {
		switch {
		case n.Type != html.CommentNode:
		case n.Data == "/$" && depth == 0:
			end = n
		case n.Data == "/$":
			depth--
		case n.Data == "$", n.Data == "$?", n.Data == "$!", n.Data == "$~":
			depth++
		}
	}
	if end == nil {
		return // the end is not there: nobody knows what was the fallback
	}
	for n := place.NextSibling; n != end; n = place.NextSibling {
		place.Parent.RemoveChild(n)
	}
}
