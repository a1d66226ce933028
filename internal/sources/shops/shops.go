// Package shops reads the Japanese shops that differ only in where a page says
// what: each is one entry of a table, in a file that is named after it and tells
// its addresses, its wordings, and how each of them is known.
//
// No entry replaces what any page is read by (package page): JSON-LD, microdata
// and the buy box count as everywhere, the shop's own places are one more witness,
// and two that contradict each other give Unknown. What is marked [M] was seen on
// a real page; [C] is stated by public code alone, so that it may be out of date:
// then it finds nothing, and the page is read as that of a shop without a name.
//
// Shops whose pages are drawn from data of their own (Rakuten, Yahoo! Shopping,
// Mercari) have packages of their own.
package shops

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/sainyuka/sainyuka/internal/shop"
	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Shop is one shop of the table.
type Shop struct {
	name string // its id in the catalogue of shops, which has its hosts

	item  *regexp.Regexp        // of an item page's path; its last group that matched is the item's id
	param func(*url.URL) string // the item's id where it stands in the query; nil: it never does
	path  string                // the path to ask for, with %s for the id; "" asks for the path as it is
	keeps []string              // parameters that choose between offers of an item; all others only track
	janID bool                  // the id is the JAN

	box   box
	cards cards

	draw  *stock.Drawing                    // how a browser draws its pages; nil: it need not
	gone  []string                          // lines, each alone in its element, that say that there is no such item
	shell func(*page.Document) stock.Reason // why the page is not the item's, whatever its address; nil for never
	// netPrices is set when the price in the shop's JSON-LD lacks the tax that its
	// page adds.
	netPrices bool
	// alwaysIn is set when the shop's structured data says that everything is in stock.
	alwaysIn bool
	// lottery is the host whose pages take part in a draw; "" for none.
	lottery string
}

// All returns the table.
func All() []Shop {
	return []Shop{yodobashi(), biccamera(), hmv(), tower(), matsukiyo(), surugaya(), hardoff(), nintendo(), buyee(), getchu()}
}

// draws reports whether d is on the host whose pages take part in a draw.
func (s Shop) draws(d *page.Document) bool { return s.lottery != "" && s.lottery == d.URL.Hostname() }

// Name returns the shop's name in lower case.
func (s Shop) Name() string { return s.name }

// Owns reports whether u is on one of the shop's hosts.
func (s Shop) Owns(u *url.URL) bool {
	known, ok := shop.OfHost(u.Hostname())
	return ok && known.ID == s.name
}

// Request asks for the item's page at its one address, so that two links to an
// item are one page, and for any other page as it is.
func (s Shop) Request(u *url.URL) (stock.Request, error) {
	id := s.id(u)
	if id == "" {
		return stock.Request{URL: u.String(), Draw: s.draw}, nil
	}
	own := *u
	if s.path != "" {
		own.Path, own.RawPath = fmt.Sprintf(s.path, id), ""
	}
	q := own.Query()
	for name := range q {
		if !slices.Contains(s.keeps, name) {
			q.Del(name)
		}
	}
	own.RawQuery = q.Encode()
	return stock.Request{URL: own.String(), Draw: s.draw}, nil
}

// id returns the id of the item whose page u is, "" when it is another page.
func (s Shop) id(u *url.URL) string {
	if u == nil {
		return ""
	}
	m := s.item.FindStringSubmatch(u.Path)
	for i := len(m) - 1; i > 0; i-- {
		if m[i] != "" {
			return m[i]
		}
	}
	if s.param != nil {
		return s.param(u)
	}
	return ""
}

// Read reads an item page, a page of a draw, or a search.
func (s Shop) Read(d *page.Document) stock.Observation {
	if line := s.removed(d); line != "" {
		return stock.Observation{
			Outcome: stock.NotFound, Reason: stock.Because(stock.ReasonItemGone),
			Evidence: []stock.Evidence{page.Evidence(stock.MethodStatus, stock.FactOutcome, string(stock.NotFound), line, "")},
		}
	}
	switch {
	case s.id(d.URL) == "" && !s.draws(d):
		return s.list(d)
	case s.shell != nil && !d.HasProduct():
		if why := s.shell(d); !why.None() {
			return stock.Observation{Outcome: stock.Unreadable, Reason: why}
		}
	}
	return s.readItem(d)
}

// OtherProduct says why d is not the item that asked names: its address, the address
// that it calls its own, or its JAN is another's. Addresses of one item are
// written in several ways, so that their ids are compared.
func (s Shop) OtherProduct(d *page.Document, asked *url.URL) (why stock.Reason, known bool) {
	want := s.id(asked)
	if want == "" {
		return stock.Reason{}, false
	}
	if got := s.id(d.URL); !strings.EqualFold(got, want) {
		return stock.Because(stock.ReasonNotPageOfItem, want), true
	}
	if s.janID {
		for _, f := range []page.Finding{d.JSONLD(), d.Microdata()} {
			if jan := f.Offer().JAN; jan != "" && jan != want {
				return stock.Because(stock.ReasonOtherJANThanURL, jan, want), true
			}
		}
	}
	own, err := url.Parse(d.Canonical())
	if err != nil || !s.Owns(own) || s.id(own) == "" {
		return stock.Reason{}, false
	}
	if got := s.id(own); !strings.EqualFold(got, want) {
		return stock.Because(stock.ReasonCallsItselfItem, got, want), true
	}
	return stock.Reason{}, true
}

// removed returns the line that says that the item is gone; "" without one, and
// on a page that describes a product.
func (s Shop) removed(d *page.Document) string {
	if len(s.gone) == 0 || d.HasProduct() {
		return ""
	}
	for _, line := range d.Lines() {
		if slices.Contains(s.gone, strings.TrimRight(line, "。")) {
			return line
		}
	}
	return ""
}

// readItem reads the page of one item.
func (s Shop) readItem(d *page.Document) stock.Observation {
	ld, own := d.JSONLD(), s.own(d)
	if s.alwaysIn {
		passOverStock(&ld)
	}
	if s.netPrices {
		passOver(&ld, own.Offer().Price)
	}
	box := s.anyBox(d, own)
	if own.Orderable { // only that it can be ordered: a line that tells more goes first
		own, box = box, own
	}
	o := page.Merge(d, ld, d.Microdata(), own, d.OpenGraph(), box)
	o.Evidence = distinct(o.Evidence)
	return o
}
