package page

import (
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/sainyuka/sainyuka/internal/pattern"
)

// What it may cost to name the elements of one page, however it is made.
const (
	maxSelectorSteps = 12         // of a selector by place
	maxSelectorNames = 8          // of one element
	maxAnchors       = 4          // that are tried for one element
	maxSelectorNodes = 20_000_000 // that are searched for one page
)

// selectors names elements by CSS selectors that match no other element of the page,
// and of those by the one that is the likeliest to match tomorrow: by an id or a name
// rather than by a place.
type selectors struct {
	doc   *goquery.Selection
	count map[string]int // of simple selectors
	nodes int            // elements of the page
	left  int            // that may still be searched, see maxSelectorNodes
}

func newSelectors(d *Document) *selectors {
	s := &selectors{doc: d.HTML.Selection, count: map[string]int{}, left: maxSelectorNodes}
	for n := range below(d.HTML.Nodes[0]) {
		if n.Type == html.ElementNode {
			s.nodes++
			for _, name := range simpleSelectors(n) {
				s.count[name]++
			}
		}
	}
	return s
}

// of returns the selector of n; "" when none is found.
func (s *selectors) of(n *html.Node) string {
	if own := s.own(n); own != "" {
		return own
	}
	names := simpleSelectors(n)
	if plainName.MatchString(n.Data) {
		names = append(names, n.Data)
	}
	anchors := 0
	for p := n.Parent; p != nil && p.Type == html.ElementNode && anchors < maxAnchors; p = p.Parent {
		anchor := s.own(p)
		if anchor == "" {
			continue
		}
		anchors++
		for _, name := range names {
			if s.left -= s.nodes; s.left < 0 {
				return ""
			}
			if below := goquery.NewDocumentFromNode(p).Find(name); below.Length() == 1 {
				return anchor + " " + name
			}
		}
	}
	return s.byPlace(n)
}

// own returns a selector that n has for itself.
func (s *selectors) own(n *html.Node) string {
	for _, name := range simpleSelectors(n) {
		if s.count[name] == 1 {
			return name
		}
	}
	return ""
}

// byPlace returns the way to n from the nearest element that has a selector of its own.
func (s *selectors) byPlace(n *html.Node) string {
	var steps []string
	for p := n; p != nil && p.Type == html.ElementNode; p = p.Parent {
		if own := s.own(p); own != "" || p.Data == "body" || p.Data == "html" {
			if own == "" {
				own = p.Data
			}
			steps = append([]string{own}, steps...)
			break
		}
		if !plainName.MatchString(p.Data) || len(steps) == maxSelectorSteps {
			return ""
		}
		steps = append([]string{p.Data + ":nth-of-type(" + strconv.Itoa(ordinal(p)) + ")"}, steps...)
	}
	selector := strings.Join(steps, " > ")
	if s.left -= s.nodes; s.left < 0 {
		return ""
	}
	if found := s.doc.Find(selector); found.Length() != 1 || found.Nodes[0] != n {
		return ""
	}
	return selector
}

// ordinal returns which element of its kind n is among its siblings, from 1 on.
func ordinal(n *html.Node) int {
	at := 1
	for p := n.PrevSibling; p != nil; p = p.PrevSibling {
		if p.Type == html.ElementNode && p.Data == n.Data {
			at++
		}
	}
	return at
}

// simpleSelectors returns the selectors that n's own attributes give, the likeliest to
// last first. Names that are made up by a program, or that tell the state of the
// moment, are left out: they are others tomorrow.
func simpleSelectors(n *html.Node) []string {
	if !plainName.MatchString(n.Data) {
		return nil
	}
	var all []string
	if id := attr(n, "id"); stable(id) {
		all = append(all, "#"+id)
	}
	for _, key := range []string{"itemprop", "name", "data-testid"} {
		if v := attr(n, key); stable(v) {
			all = append(all, n.Data+"["+key+`="`+v+`"]`)
		}
	}
	for class := range strings.FieldsSeq(attr(n, "class")) {
		if len(all) == maxSelectorNames {
			break
		}
		if stable(class) {
			all = append(all, n.Data+"."+class)
		}
	}
	return all
}

// stable reports whether a name can stand in a selector, and hardly changes by itself.
func stable(name string) bool {
	return plainName.MatchString(name) && len(name) <= 60 && !passingName.MatchString(name) && !madeUpName.MatchString(name)
}

var (
	plainName = pattern.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)
	// passingName finds names of a state that the element is in for now.
	passingName = pattern.MustCompile(`(?i)(^|[_-])(is|has|active|disabled|enabled|current|open|opened|closed|show|shown|visible|selected|loading|hover|sold|soldout|sold-?out|in-?stock|instock|out-?of-?stock|outofstock|available|unavailable|stock-(in|out|no|yes)|no-?stock|few|first|last|even|odd)([_-]|$)`)
	// madeUpName finds names that a build or the server makes up.
	madeUpName = pattern.MustCompile(`(?i)(\d{4,}|^(css|sc|jsx|svelte|chakra|emotion)-|(__|-)[a-z]*\d[a-z0-9]{3,}$|^[a-z]*\d+[a-z]+\d)`)
)
