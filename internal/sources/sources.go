// Package sources knows the shops: which source reads a URL, what it really asks
// for, and what the answer says. Read refuses answers that are no product pages
// (blocks, captchas, maintenance, soft 404s) and pages of another product before
// and after the shop's own package has read them.
//
// It fetches nothing and decides nothing: whether an observation is a change is
// for diff to say. A new shop is an entry in the
// catalogue (package shop) and one in sources/shops, or a package of its own with the
// methods of source that is named in New.
package sources

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/sainyuka/sainyuka/internal/shop"
	"github.com/sainyuka/sainyuka/internal/sources/amazon"
	"github.com/sainyuka/sainyuka/internal/sources/auctions"
	"github.com/sainyuka/sainyuka/internal/sources/fleamarket"
	"github.com/sainyuka/sainyuka/internal/sources/mercari"
	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/sources/rakuten"
	"github.com/sainyuka/sainyuka/internal/sources/rakutenbooks"
	"github.com/sainyuka/sainyuka/internal/sources/shops"
	"github.com/sainyuka/sainyuka/internal/sources/yahoo"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// source knows one shop. Owns goes by the hostname, so that a shop served
// through a proxy over http is still that shop.
type source interface {
	Name() string
	Owns(u *url.URL) bool
	Request(u *url.URL) (stock.Request, error)
	Read(d *page.Document) stock.Observation
}

// scriptReader is a source that reads scripts that are not plainly data, see
// stock.Request.Scripts.
type scriptReader interface{ Scripts() []string }

// Set is the sources in the order in which they are asked; the last reads any page.
type Set struct {
	sources []source
	apis    []api
	drawing func(host string) *stock.Drawing // what the user says of a host; nil: nothing
	rules   func(rawURL string) stock.Rules  // the user's, for a watch's URL; nil: none
	// currency is that of the products whose watch asks for an address, "" when they
	// differ; nil: none is known.
	currency func(asked string) string
}

// New returns all the sources, the official APIs without their keys: they read
// answers and cannot ask.
func New() *Set { return NewWithKeys(Keys{}) }

// NewWithKeys returns all the sources.
func NewWithKeys(k Keys) *Set {
	named := []source{
		rakuten.Source{},
		yahoo.Source{},
		mercari.Source{},
		amazon.Source{},
		fleamarket.Source{},
		auctions.Source{},
		rakutenbooks.Source{},
	}
	for _, shop := range shops.All() {
		named = append(named, shop)
	}
	return &Set{apis: k.apis(), sources: append(named, anyPage{})}
}

// anyPage reads the page of a shop that has no source of its own.
type anyPage struct{}

func (anyPage) Name() string       { return "page" }
func (anyPage) Owns(*url.URL) bool { return true }
func (anyPage) Request(u *url.URL) (stock.Request, error) {
	return stock.Request{URL: u.String()}, nil
}
func (anyPage) Read(d *page.Document) stock.Observation { return page.Read(d) }

// Name returns the name of the source that reads rawURL.
func (s *Set) Name(rawURL string) string {
	rawURL = s.place(rawURL)
	if api, ok := stock.IsQuery(rawURL); ok {
		return string(api)
	}
	u, _ := parse(rawURL)
	return s.of(u).Name()
}

// Restricted reports whether the terms of the shop behind rawURL restrict
// automation, so that its pages are asked only when the user takes that on.
func (s *Set) Restricted(rawURL string) bool {
	u, err := parse(rawURL)
	if err != nil {
		return false
	}
	known, _ := shop.OfHost(u.Hostname())
	return known.Restricted
}

// Request returns what is really asked for a watch's URL.
func (s *Set) Request(rawURL string) (stock.Request, error) {
	rawURL = s.place(rawURL)
	if _, ok := stock.IsQuery(rawURL); ok {
		return s.ask(rawURL)
	}
	u, err := parse(rawURL)
	if err != nil {
		return stock.Request{}, err
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return stock.Request{}, stock.Because(stock.ReasonURLUnusable, rawURL).Err()
	}
	u.Fragment = "" // never sent
	src := s.of(u)
	r, err := src.Request(u)
	if reads, ok := src.(scriptReader); ok {
		r.Scripts = reads.Scripts()
	}
	if d := s.drawn(r.URL); err == nil && d != nil {
		r.Draw = d
	}
	return r, err
}

// Drawing has the pages of a host drawn by a browser as of says, or as their
// source says where that is nil.
func (s *Set) Drawing(of func(host string) *stock.Drawing) *Set {
	s.drawing = of
	return s
}

// Currencies has a sign of money that several currencies share, as "$" is, read as the
// currency of the product whose watch asks for an address, where the page does not tell.
func (s *Set) Currencies(of func(asked string) string) *Set {
	s.currency = of
	return s
}

// Ruled has pages read by the user's own rules for a watch's URL.
func (s *Set) Ruled(by func(rawURL string) stock.Rules) *Set {
	s.rules = by
	return s
}

// Rules returns the user's rules for a watch's URL.
func (s *Set) Rules(rawURL string) stock.Rules {
	if s.rules == nil {
		return stock.Rules{}
	}
	return s.rules(rawURL)
}

func (s *Set) drawn(rawURL string) *stock.Drawing {
	if s.drawing == nil {
		return nil
	}
	return s.drawing(stock.HostOf(rawURL))
}

// Read reads what was fetched, with what More asked for beside it. It never
// fails: an answer that says nothing gives an Unknown availability with the reason.
func (s *Set) Read(p stock.Page, more ...stock.Page) stock.Observation {
	if _, ok := stock.IsQuery(p.URL); ok {
		return s.readAnswer(p, more)
	}
	return s.readPage(p, stock.Rules{})
}

// ReadFor reads what was fetched for a watch's URL as Read does, by the user's rules
// for it.
func (s *Set) ReadFor(rawURL string, p stock.Page, more ...stock.Page) stock.Observation {
	return s.ReadBy(s.Rules(rawURL), rawURL, p, more...)
}

// ReadBy reads what was fetched for a watch's URL by rules that are tried.
func (s *Set) ReadBy(rules stock.Rules, rawURL string, p stock.Page, more ...stock.Page) stock.Observation {
	if _, ok := stock.IsQuery(p.URL); ok {
		return s.readAnswer(p, more)
	}
	o := s.readPage(withFragment(p, rawURL), rules)
	o.URL = p.URL
	return o
}

// Outline returns what a rule can point at on a page that was fetched; ok is false of
// an answer that is none.
func (s *Set) Outline(p stock.Page, whole bool) (o stock.Outline, ok bool) {
	if _, query := stock.IsQuery(p.URL); query || len(p.Body) == 0 {
		return o, false
	}
	d := page.Parse(p)
	defer d.Release()
	if s.currency != nil {
		d.Assume(s.currency(p.URL))
	}
	return d.Outline(whole), true
}

// withFragment gives a page the fragment of the address that is watched, which may
// name a variant and is never sent.
func withFragment(p stock.Page, rawURL string) stock.Page {
	_, fragment, ok := strings.Cut(rawURL, "#")
	if !ok || strings.Contains(p.URL, "#") {
		return p
	}
	p.URL += "#" + fragment
	if p.FinalURL != "" && !strings.Contains(p.FinalURL, "#") {
		p.FinalURL += "#" + fragment
	}
	return p
}

// readPage reads a page. What it finds is kept for longer than the page is.
func (s *Set) readPage(p stock.Page, rules stock.Rules) stock.Observation {
	return s.readBody(p, rules).Detached()
}

func (s *Set) readBody(p stock.Page, rules stock.Rules) stock.Observation {
	u, err := parse(p.URL)
	src := s.of(u)
	o := stock.Observation{URL: p.URL, Source: src.Name(), Outcome: p.Outcome, Reason: p.Reason, At: p.FetchedAt, RetryAfter: p.RetryAfter}
	if p.Outcome != stock.OK && p.Outcome != "" {
		if o.IsSearch = p.Outcome == stock.NotFound && searches(src, u); o.IsSearch {
			if found, ok := emptySearch(src, p); ok {
				return s.complete(found, src, p)
			}
		}
		o.Outcome, o.Reason = refine(src, p)
		return o
	}
	if err != nil {
		o.Outcome, o.Reason = stock.Unreadable, ReasonOf(err)
		return o
	}
	d := page.ParseWithout(p, rules.IgnoreSelector)
	defer d.Release()
	if s.currency != nil {
		d.Assume(s.currency(p.URL))
	}
	if v, found := classify(src, d); found {
		o.Outcome, o.Reason, o.Evidence = v.outcome, v.reason, v.evidence()
		return o
	}
	if why := otherProduct(src, d, u); !why.None() {
		o.Outcome, o.Reason = stock.WrongProduct, why
		return o
	}
	o = src.Read(d)
	if o.Outcome == stock.OK || o.Outcome == stock.Unreadable && rules.OfStock() {
		o = d.Ruled(o, rules)
	}
	return s.complete(o, src, p)
}

// complete adds to an observation what the answer says of itself.
func (s *Set) complete(o stock.Observation, src source, p stock.Page) stock.Observation {
	o.URL, o.Source, o.At, o.RetryAfter = p.URL, src.Name(), p.FetchedAt, p.RetryAfter
	o.Evidence = stock.DecisiveFirst(o.Evidence)
	o.Dated = page.Dated(o)
	return doubted(o)
}

// ReasonOf is the reason that an error was made of, or its text.
func ReasonOf(err error) stock.Reason {
	if r, ok := stock.ReasonOf(err); ok {
		return r
	}
	return stock.Said(err.Error())
}

// doubted gives a look that was read and says nothing its doubt, where its source
// gave none, and takes the doubt from every other.
func doubted(o stock.Observation) stock.Observation {
	switch {
	case !o.Outcome.Good() || o.IsSearch || o.Offer.Availability != stock.Unknown:
		o.Doubt, o.Leans = "", ""
	case o.Doubt == "":
		o.Doubt = stock.Silent
	}
	return o
}

// of returns the source that reads u; u may be nil.
func (s *Set) of(u *url.URL) source {
	if u == nil {
		u = &url.URL{}
	}
	for _, src := range s.sources {
		if src.Owns(u) {
			return src
		}
	}
	return anyPage{}
}

// parse reads a watch's URL, its hostname in lower case.
func parse(rawURL string) (*url.URL, error) {
	u, err := url.Parse(stock.NormalizeURL(rawURL))
	if err != nil {
		var inner *url.Error
		if errors.As(err, &inner) {
			err = inner.Err
		}
		return nil, fmt.Errorf("url %q: %w", rawURL, err)
	}
	u.Host = strings.ToLower(u.Host)
	return u, nil
}
