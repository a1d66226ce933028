package page

import (
	"bytes"
	"errors"
	"iter"
	"net/url"
	"strings"
	"unsafe"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/sainyuka/sainyuka/internal/htmltree"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Document is a page that was parsed once, with an index of the elements that
// the readers look for. One goroutine reads it at a
// time: what several readers ask for is kept.
type Document struct {
	Page stock.Page
	URL  *url.URL // the page's own address, base of its links
	HTML *goquery.Document
	// Reduced says why only scripts and meta elements of the page were kept; ""
	// when the whole page was parsed.
	Reduced stock.Note
	Ignored int // elements that were left out as the user says

	tree        *htmltree.Tree
	last        int32 // the place behind that of the last node
	title       string
	headings    []*html.Node // h1
	headlines   []*html.Node // the first h1 and h2
	variations  []*html.Node // the first forms that carry the variants of the product
	subheadings []*html.Node // the first h2
	minor       []*html.Node // the first h3 and h4: some shop systems name the product in one
	scripts     []*html.Node
	metas       []*html.Node
	items       []*html.Node          // itemscope that is no property of another item
	props       []*html.Node          // itemprop
	ids         map[string]*html.Node // see byID
	canonical   string
	lang        string
	assumed     string // see Assume

	*tables
	titleKeys    []string      // see titled
	naming       *[]*html.Node // see ownHeadings
	drawn        *layout       // see layout
	ordering     *Finding      // the buy box, read once
	text         *string       // see Text
	structured   *[2]Finding   // JSON-LD and microdata, read once
	othersSought bool          // see announced
	othersFound  bool          // all parts that are announced are known
	ownPart      *ownPart      // see own
	listed       *[]row        // see rows
}

// Parse parses the body of p. It does not fail: what cannot be parsed as a whole
// is reduced to its scripts and meta elements, since structured data stands there.
func Parse(p stock.Page) *Document { return ParseWithout(p, "") }

// ParseWithout parses the body of p and leaves out the elements that match a CSS
// selector; "" leaves out none.
func ParseWithout(p stock.Page, ignore string) *Document {
	d := &Document{Page: p, tables: newTables()}
	d.URL, _ = url.Parse(strings.TrimSpace(p.FinalURL))
	if d.URL == nil || d.URL.Host == "" {
		d.URL, _ = url.Parse(strings.TrimSpace(p.URL))
	}
	if d.URL == nil {
		d.URL = &url.URL{}
	}
	d.tree, d.Reduced = parseHTML(p.Body)
	d.HTML = goquery.NewDocumentFromNode(d.tree.Root)
	if d.tree.HasTemplate {
		assemble(d.HTML.Nodes[0], p.Body)
	}
	if ignore != "" {
		ignored := d.HTML.Find(ignore)
		d.Ignored = ignored.Length()
		ignored.Remove()
	}
	d.index(d.HTML.Nodes[0], true)
	return d
}

// Release gives back the memory of the page's elements, none of which may be looked at
// any more. Nobody has to call it.
func (d *Document) Release() {
	if d.tree != nil {
		d.tree.Release()
		d.tables.release()
		d.tree, d.tables = nil, nil
	}
}

// Assume has a sign that several currencies share read as the currency, if it is one of
// them and the page does not tell: the user knows in what the shop sells.
func (d *Document) Assume(currency string) { d.assumed = currency }

// parseHTML parses body, or its reduced form when body would cost too much.
func parseHTML(body []byte) (*htmltree.Tree, stock.Note) {
	why := tooCostly(body)
	if why == "" {
		tree, err := htmltree.Parse(unsafe.String(unsafe.SliceData(body), len(body))) // nobody writes to a page that is read
		switch {
		case err == nil:
			return tree, ""
		case errors.Is(err, htmltree.ErrCostly) || mayBeCostly(body):
			why = stock.NoteUnclosed
		default:
			root, err := html.Parse(bytes.NewReader(body))
			if err == nil {
				return htmltree.Copy(root), ""
			}
			why = stock.NoteTooDeep
		}
	}
	root, err := html.Parse(bytes.NewReader(reduce(body)))
	if err != nil {
		root = &html.Node{Type: html.DocumentNode}
	}
	return htmltree.Copy(root), why
}

// Title returns the title element's text.
func (d *Document) Title() string { return d.title }

// Heading returns the text of the first h1 that has any.
func (d *Document) Heading() string {
	for _, h := range d.headings {
		if s := Fold(textOf(h)); s != "" {
			return s
		}
	}
	return ""
}

// Canonical returns the absolute URL that the page calls its own, by
// rel=canonical or else og:url; "" when it names none.
func (d *Document) Canonical() string {
	if d.canonical != "" {
		return d.Absolute(d.canonical)
	}
	return d.Absolute(d.Meta("og:url"))
}

// Meta returns the content of the first meta element with one of the names, in
// the order of names. Shops write name= where Open Graph wants property=.
func (d *Document) Meta(names ...string) string {
	for _, name := range names {
		said, known := d.metaSays[name]
		if !known {
			said = d.readMeta(name)
			d.metaSays[name] = said
		}
		if said != "" {
			return said
		}
	}
	return ""
}

func (d *Document) readMeta(name string) string {
	for _, m := range d.metas {
		if strings.EqualFold(attr(m, "property"), name) || strings.EqualFold(attr(m, "name"), name) {
			if s := Fold(attr(m, "content")); s != "" {
				return s
			}
		}
	}
	return ""
}

// Script returns the text of the script element with the id, "" without one.
func (d *Document) Script(id string) string {
	for _, s := range d.scripts {
		if attr(s, "id") == id {
			return textOf(s)
		}
	}
	return ""
}

// Absolute resolves a link of the page to an http or https URL; "" when it is
// something else.
func (d *Document) Absolute(ref string) string {
	ref = strings.TrimSpace(ref)
	if ref == "" {
		return ""
	}
	u, err := d.URL.Parse(ref)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// below returns all that n holds in the order of the page. It is html.Node.Descendants
// at a third of the cost.
func below(n *html.Node) iter.Seq[*html.Node] {
	return func(yield func(*html.Node) bool) {
		for c := n.FirstChild; c != nil && yield(c); {
			if c.FirstChild != nil {
				c = c.FirstChild
				continue
			}
			for c != n && c.NextSibling == nil {
				c = c.Parent
			}
			if c == n {
				return
			}
			c = c.NextSibling
		}
	}
}

// textOf returns all the text below n, scripts included.
func textOf(n *html.Node) string {
	if c := n.FirstChild; c != nil && c.NextSibling == nil && c.Type == html.TextNode {
		return c.Data
	}
	var b strings.Builder
	for c := range below(n) {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}
