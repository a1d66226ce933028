package page

import (
	"slices"

	"github.com/sainyuka/sainyuka/internal/stock"
	"golang.org/x/net/html"
)

// Search reads a search page, or a list, of any shop: every part of the page that
// leads to one product and shows a price, or says that there is none left, is a
// listing. A listing that says nothing of stock is Unknown. A search that shows no
// row is empty only where the page says so: a page that could not be read must not
// pass for one that found nothing.
func Search(d *Document) stock.Observation {
	if line := d.NothingFound(); line != "" {
		return NothingListed(d, line)
	}
	o := searchPage(d)
	for _, r := range d.rows() {
		o.Listings = append(o.Listings, r.listing)
	}
	if len(o.Listings) == 0 {
		o.Outcome, o.Reason = stock.Unreadable, stock.Because(stock.ReasonNoRows)
		if d.Short(40) && len(d.scripts) > 0 {
			o.Reason = stock.Because(stock.ReasonShell)
		}
	}
	return o
}

// NothingListed is what a search says that found nothing; why quotes it.
func NothingListed(d *Document, why string) stock.Observation {
	o := searchPage(d)
	o.Evidence = append(o.Evidence, stock.Evidence{Method: stock.MethodPageData, Fact: stock.FactPage, Note: stock.NoteNothingFound, Text: quotation(why)})
	return o
}

func searchPage(d *Document) stock.Observation {
	o := stock.Observation{
		URL: d.Page.URL, Outcome: stock.OK, At: d.Page.FetchedAt, IsSearch: true,
		Reason:   stock.Because(stock.ReasonSearchPage),
		Evidence: []stock.Evidence{{Method: stock.MethodPageData, Fact: stock.FactPage, Note: stock.NoteSearchByAddress}},
	}
	o.Offer.Title = d.Title()
	return o
}

// isList reports whether the page is a list of products and not the page of one:
// by its address, or by an address that names no product and a page whose prices
// and order buttons all stand in rows.
func (d *Document) isList() bool {
	switch kindOf(d.URL) {
	case searchAddress:
		return !d.HasProduct() || len(d.rows()) > 1
	case categoryAddress:
		return !d.HasProduct() && (d.listShaped(1) || d.NothingFound() != "")
	case anyAddress:
		return !d.HasProduct() && d.Meta("og:type") != "product" && d.Meta("og:type") != "og:product" && d.listShaped(3)
	}
	return false
}

// listShaped reports whether the page has at least so many rows and neither order
// buttons nor, for each row, a price beside them.
func (d *Document) listShaped(least int) bool {
	rows := d.rows()
	if len(rows) < least {
		return false
	}
	inRow := func(n *html.Node) bool {
		return slices.ContainsFunc(rows, func(r row) bool {
			return slices.ContainsFunc(r.nodes, func(root *html.Node) bool { return root == n || contains(root, n) })
		})
	}
	enabled, _ := d.buttons()
	if slices.ContainsFunc(enabled, func(b button) bool { return !inRow(b.node) }) {
		return false
	}
	beside := 0
	for _, t := range d.layout().within(d.HTML.Nodes[0]) {
		if t.score >= wellNamed && !inRow(t.node) {
			beside++
		}
	}
	return beside == 0 || least == 1 && beside < len(rows)
}
