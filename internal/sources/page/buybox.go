package page

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/stock"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// BuyBox reads the page's order form: the part around a button that orders, with
// a price in it; on a page without such a button, the part around the heading.
// Words are taken for statements of stock only in short lines of that part.
func (d *Document) BuyBox() Finding {
	if d.ordering == nil {
		f := d.readBuyBox()
		d.ordering = &f
	}
	return d.ordering.clone()
}

func (d *Document) readBuyBox() Finding {
	f := Finding{Method: stock.MethodBuyBox}
	enabled, disabled := d.buttons()
	b, box, end := d.orderForm(enabled)
	if box == nil {
		box = d.headingBox()
	}
	var lines []line
	var out line
	var all bool // variants can be chosen and none of them can be pressed
	var o stock.Offer
	if box != nil {
		lines = append(d.linesOf(box), d.nearby(box)...)
		if end.node != nil {
			lines = append(lines, end)
		}
		if out, all = d.allOut(box); all && d.denies(out.text) {
			lines, all = append(lines, out), false
		}
		o.Price = d.boxPrice(&f, box)
		f.Asked = f.Asked && b != nil
		o.Availability = d.boxAvailability(&f, b, lines)
		if all && o.Availability.Purchasable() {
			o.Availability, f.Orderable, f.Conflict = stock.Unknown, false, stock.OutOfStock
			f.Evidence = slices.DeleteFunc(f.Evidence, func(e stock.Evidence) bool { return e.About(stock.FactAvailability) })
			f.Reason = stock.Because(stock.ReasonNoVariant, quotation(out.text))
		}
	}
	if b == nil && o.Availability == stock.Unknown {
		o.Availability = d.noneLeft(&f, box)
	}
	if (b == nil || b.weak) && o.Availability == stock.Unknown && f.Conflict == stock.Unknown {
		f.Idle = d.idle(disabled, box)
	}
	for _, l := range lines {
		if q := QuantityLeft(l.text); q != nil && o.Availability.Group() == stock.Now && o.Quantity == nil {
			o.Quantity = q
			f.Note(stock.FactQuantity, strconv.FormatInt(*q, 10), l.text, where(l.node))
		}
		if m := SaleModePhrase(l.text); m != "" && o.SaleMode == "" {
			o.SaleMode = m
			f.Note(stock.FactSaleMode, string(m), l.text, where(l.node))
		}
	}
	if b != nil && o.SaleMode == "" && o.Availability.Purchasable() {
		if o.SaleMode = SaleModePhrase(b.label); o.SaleMode != "" {
			f.Note(stock.FactSaleMode, string(o.SaleMode), b.label, where(b.node))
		}
	}
	if o != (stock.Offer{}) {
		f.Offers = []stock.Offer{o}
	}
	return f
}

// orderForm returns the first button whose surroundings name a price, those
// surroundings, and the line before them that says that the page's product is not to
// be had: by preference a price that is called one. A button with a text of an order
// goes before one that only its names make one, and the form of another product than
// the page's is none.
func (d *Document) orderForm(buttons []button) (*button, *html.Node, line) {
	l := d.layout()
	for _, weak := range []bool{false, true} {
		for i := range buttons {
			if buttons[i].weak != weak {
				continue
			}
			for _, wanted := range pricesWanted {
				if box := l.around(buttons[i].node, wanted.score, wanted.plain); box != nil && d.belongs(l.around(buttons[i].node, dismissed+1, false)) {
					return &buttons[i], box, d.ended(box)
				}
			}
		}
	}
	return nil, nil, line{}
}

// pricesWanted are the prices that make the surroundings of something a box, the best
// first: well named, any that is not dismissed, and one that its label calls another.
var pricesWanted = []struct {
	score int
	plain bool
}{{2, true}, {dismissed + 1, true}, {dismissed + 1, false}}

// headingBox returns the part of the page around its heading that has a price.
func (d *Document) headingBox() *html.Node {
	for _, h := range d.ownHeadings() {
		for _, wanted := range pricesWanted[1:] {
			if box := d.layout().around(h, wanted.score, wanted.plain); box != nil {
				return box
			}
		}
	}
	return nil
}

// ownHeadings returns the headings that name the page's product: the h1, and on
// pages that keep it for the shop's name the h2 that the title repeats, or the h3 where
// there is neither.
func (d *Document) ownHeadings() []*html.Node {
	if d.naming != nil {
		return *d.naming
	}
	own := d.findHeadings()
	if d.othersFound {
		d.naming = &own
	}
	return own
}

func (d *Document) findHeadings() []*html.Node {
	var own []*html.Node
	for _, h := range d.headings {
		t := Fold(textOf(h))
		if t == "" || d.elsewhere(h) || !d.titled(t) && len(d.headings) > 1 {
			continue
		}
		own = append(own, h)
	}
	own = append(own, d.titledOf(d.subheadings)...)
	if len(own) == 0 {
		own = d.titledOf(d.minor)
	}
	return own
}

// titledOf returns those of the headings that the title repeats.
func (d *Document) titledOf(headings []*html.Node) []*html.Node {
	var own []*html.Node
	for _, h := range headings {
		if t := Fold(textOf(h)); t != "" && d.titled(t) && !d.elsewhere(h) {
			own = append(own, h)
		}
	}
	return own
}

// titled reports whether the page's title holds a text, or begins like it.
func (d *Document) titled(t string) bool {
	if d.titleKeys == nil {
		d.titleKeys = []string{key(d.title), key(d.Meta("og:title"))}
	}
	k := key(t)
	return slices.ContainsFunc(d.titleKeys, func(title string) bool { return namedByKey(k, title) || alike(k, title) })
}

// alike reports whether two texts begin with the same twelve bytes or more, half
// of the shorter one at least: "Chair 6kg - £50" and "Chair 6kg - by owner".
func alike(a, b string) bool {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n >= 12 && 2*n >= min(len(a), len(b))
}

// line is a short text that stands alone in its element.
type line struct {
	text string
	node *html.Node
}

// linesOf returns the short lines below box: texts of elements that hold no
// other block, without links and lists to choose from. Of buttons it returns
// those that say that there is none left.
func (d *Document) linesOf(box *html.Node) []line {
	var all []line
	var visit func(n *html.Node)
	visit = func(n *html.Node) {
		for c := n.FirstChild; c != nil && len(all) < maxLines; c = c.NextSibling {
			if c.Type != html.ElementNode || hidden(c) || struck(c) || d.spoken(c) || d.undrawn(c) || d.other(c) || frame(c) {
				continue
			}
			switch c.DataAtom {
			case atom.Button, atom.Input:
				if t := d.soldOutButton(c); t != "" {
					all = append(all, line{t, c})
				}
				continue
			case atom.Select, atom.Option, atom.H1:
				continue
			case atom.Tr:
				if cells(c) > 2 { // one of many variants or shops
					continue
				}
			}
			if leaf(c) {
				if t := d.drawnText(c); t != "" && utf8.RuneCountInString(t) <= 160 {
					all = append(all, line{t, c})
				} else if t == "" {
					all = append(all, pictureLine(c)...)
				}
				continue
			}
			visit(c)
		}
	}
	if leaf(box) {
		return []line{{visible(box), box}}
	}
	visit(box)
	return labelled(all)
}

// labelled joins a line that is a label with the one that it labels: "In stock:"
// says nothing until "No" follows.
func labelled(lines []line) []line {
	for i := range lines {
		switch {
		case i+1 == len(lines):
		case strings.HasSuffix(lines[i].text, ":"):
			lines[i].text += " " + lines[i+1].text
		case labelling[lines[i].node.DataAtom] && stockLabels[key(lines[i].text)]:
			lines[i].text += ": " + lines[i+1].text
		}
	}
	return lines
}

// stockLabels are cells that label the state of the stock.
var stockLabels = map[string]bool{
	"在庫": true, "在庫数": true, "在庫状況": true, "在庫状態": true, "在庫有無": true, "stock": true, "availability": true, "lagerbestand": true, "verfügbarkeit": true, "disponibilité": true, "disponibilidad": true, "disponibilità": true,
}

// cells returns how many cells a row of a table has.
func cells(row *html.Node) int {
	n := 0
	for c := range row.ChildNodes() {
		if c.DataAtom == atom.Td || c.DataAtom == atom.Th {
			n++
		}
	}
	return n
}

// soldOutButton returns the text of a button that says, where an order button
// would stand, that there is none left; "" for any other. A text with digits is a
// size's.
func (d *Document) soldOutButton(n *html.Node) string {
	t := visible(n)
	if n.DataAtom == atom.Input {
		if kind := strings.ToLower(attr(n, "type")); kind != "submit" && kind != "button" {
			return ""
		}
		t = Fold(attr(n, "value"))
	}
	if utf8.RuneCountInString(t) > 30 || strings.ContainsAny(t, "0123456789") {
		return ""
	}
	if a, _ := d.StockPhrase(t); a.Group() != stock.No {
		return ""
	}
	return t
}

// leaf reports whether n holds text and inline elements only.
func leaf(n *html.Node) bool { return !noted(n, holdsBlock) }

// nearby returns the lines around the box that are called after the stock: shops
// put them above the price or beside the heading.
func (d *Document) nearby(box *html.Node) []line {
	var all []line
	for n := range below(d.region(box)) {
		if size := d.layout().size(n); n.Type == html.ElementNode && size > 0 && size <= maxLine && d.is(n, aboutStock) && !contains(box, n) && !contains(n, box) && len(all) < maxLines && !d.elsewhere(n) {
			all = append(all, line{visible(n), n})
		}
	}
	return all
}

// region returns the part of the page around a box that still speaks of the box's
// product.
func (d *Document) region(box *html.Node) *html.Node {
	l := d.layout()
	for range 4 {
		p := box.Parent
		if p == nil || p.DataAtom == atom.Html || l.size(p) > maxBox || p.DataAtom == atom.Body && l.size(p) > smallPage {
			break
		}
		box = p
	}
	return box
}

// boxAvailability reads what button and lines of the box say together.
func (d *Document) boxAvailability(f *Finding, b *button, lines []line) stock.Availability {
	var said [4]*line // the first line of each group
	var what [4]stock.Availability
	for i := range lines {
		l := &lines[i]
		a, ok := d.StockPhrase(l.text)
		if !ok || strings.Contains(key(d.Heading()), key(l.text)) {
			continue
		}
		if g := a.Group(); said[g] == nil {
			said[g], what[g] = l, a
		}
	}
	state := func(g stock.Group) stock.Availability {
		f.Note(stock.FactAvailability, what[g].String(), said[g].text, where(said[g].node))
		return what[g]
	}
	pressed := func(a stock.Availability) stock.Availability {
		f.Note(stock.FactAvailability, a.String(), b.label, where(b.node), stock.NoteByButton)
		return a
	}
	switch {
	case b == nil && said[stock.No] != nil && said[stock.Now] == nil && said[stock.Later] == nil:
		return state(stock.No)
	case b == nil && said[stock.Now] != nil && said[stock.No] == nil && said[stock.Later] == nil && d.stockLine(said[stock.Now]):
		return state(stock.Now)
	case b == nil, b.weak && said[stock.Now] == nil && said[stock.No] == nil && said[stock.Later] == nil:
		return stock.Unknown
	case b.weak && said[stock.No] != nil && said[stock.Now] == nil && said[stock.Later] == nil:
		return state(stock.No)
	case said[stock.No] != nil && said[stock.Now] == nil:
		f.Reason = stock.Because(stock.ReasonButtonAgainstText, quotation(b.label), quotation(said[stock.No].text))
		f.Conflict = what[stock.No]
		return stock.Unknown
	case b.later != stock.Unknown:
		return pressed(b.later)
	case said[stock.Now] != nil && said[stock.Later] == nil:
		return state(stock.Now)
	case said[stock.Later] != nil && said[stock.Now] == nil:
		return state(stock.Later)
	}
	f.Orderable = true
	return pressed(stock.InStock)
}

// stockLine reports whether a line is where the shop tells the stock, so that it
// counts without a button: it is called so, or is about nothing else.
func (d *Document) stockLine(l *line) bool {
	n := utf8.RuneCountInString(l.text)
	return n <= 24 || n <= maxPhrase && (d.is(l.node, aboutStock) || l.node.Parent != nil && d.is(l.node.Parent, aboutStock))
}

// where names an element for evidence: its id, or its class and tag.
func where(n *html.Node) string {
	var parts []string
	for p := n; p != nil && len(parts) < 4 && p.Type == html.ElementNode; p = p.Parent {
		if id := attr(p, "id"); id != "" {
			parts = append([]string{p.Data + "#" + id}, parts...)
			break
		}
		s := p.Data
		if class := strings.Fields(attr(p, "class")); len(class) > 0 {
			s += "." + class[0]
		}
		parts = append([]string{s}, parts...)
	}
	return strings.Join(parts, " > ")
}
