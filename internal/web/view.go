package web

import (
	"cmp"
	"net/url"
	"time"

	"github.com/sainyuka/sainyuka/internal/board"
	"github.com/sainyuka/sainyuka/internal/shop"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// watchView is a watch as a page shows it.
type watchView struct {
	ID      string
	Product stock.ProductRef
	Link    string // where a click leads; "" for nowhere
	URL     string // as configured
	Host    string
	Shop    string // the mall, and the seller where the page names one

	Class    string // a board.Class: which colour, and which count
	Badge    string // the state in a word or two
	Known    *stateView
	Cost     *costView // what its offer costs in the end
	Trouble  *troubleView
	Doubt    *doubtView
	Last     *moment
	Outcome  string
	Why      string
	Next     *moment
	Evidence []evidenceView
	SeenAt   *moment // when the evidence was seen
}

// stateView is the last state that was confirmed.
type stateView struct {
	Class    string
	Words    string
	Price    string
	Held     string // why it does not ring, "" when it may
	Quantity *int64
	Title    string
	Since    *moment
}

// troubleView says why a page cannot be read.
type troubleView struct {
	What   string
	Reason string
	Since  *moment
}

type evidenceView struct{ Method, Says, Where string }

func (s *Server) watchView(p stock.Product, o board.Offer, now time.Time) watchView {
	w, known := o.Watch, o.Known
	v := watchView{
		ID: w.ID, Product: stock.ProductRef{ID: p.ID, Name: cmp.Or(p.Name, p.ID)},
		URL: w.URL, Link: stock.WebLink(w.URL), Host: w.URL, Class: string(o.Class),
	}
	source := ""
	if known.Record != nil {
		c := known.Record.Change
		v.Link = cmp.Or(v.Link, shopPage(w.URL, c.Offer.URL))
		v.Known = s.stateView(c.State, now)
		if o.Reckoned {
			v.Cost = s.costView(o.Cost)
		}
		if o.Held != "" {
			v.Known.Held = s.words.name("held", string(o.Held))
		}
		v.Evidence, v.SeenAt = s.evidence(c.Evidence), s.clock.show(c.ObservedAt, now)
		v.Shop = c.Offer.Seller
		source = c.Watch.Source
	}
	if k := known.Look; k != nil {
		v.Last, v.Next = s.clock.show(k.At, now), s.clock.due(k.Next, now)
		v.Outcome, v.Why = s.outcome(k.Outcome, k.Reason), stock.Reason(k.Why).In(s.words.language())
		if k.Doubt != "" && k.Outcome.Good() {
			v.Outcome = s.words.name("doubt", string(k.Doubt))
		}
		source = cmp.Or(k.Source, source)
	}
	if u, err := url.Parse(v.Link); err == nil && u.Host != "" {
		v.Host = u.Host
	}
	v.Link = s.shopLink(v.Link)
	if mall := shop.NameAt(source, v.Host, s.words.lang()); mall != "" {
		v.Shop = joinNonEmpty(v.Shop, mall)
	}
	v.Trouble, v.Doubt = s.trouble(known, now), s.doubt(known, now)
	v.Badge = s.badge(v, o)
	return v
}

// offerOf judges a watch beside the others of its product.
func (s *Server) offerOf(p stock.Product, w stock.Watch) board.Offer {
	return board.Judge(&p, w, s.live.get, s.live.rows.reckon)
}

// outcome says how a look ended, in a word or two: what the reader of the log would
// ask first is told apart.
func (s *Server) outcome(o stock.Outcome, why stock.Reason) string {
	switch {
	case o == stock.Disallowed && why.Has(stock.ReasonTerms):
		return s.words.name("outcome", "terms")
	case o == stock.Failed && why.Has(stock.ReasonHTTPStatus):
		return s.words.name("outcome", "server")
	}
	return s.words.name("outcome", string(o))
}

func joinNonEmpty(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " / " + b
}

// badge says the state of a watch in a word or two. Trouble goes before any state: a
// page that cannot be read is not a page that says no. So does doubt, with the last
// known state in words.
func (s *Server) badge(v watchView, o board.Offer) string {
	known := v.Known != nil && v.Known.Class != "unknown"
	switch {
	case v.Trouble != nil:
		return v.Trouble.What
	case o.Class == board.Maybe:
		return s.words.kind(stock.MaybeRestocked)
	case o.Class == board.Unclear && !known && v.Doubt != nil:
		return v.Doubt.What
	case known:
		return v.Known.Words
	case o.Class == board.Search:
		return s.words.say("search")
	case o.Look != nil:
		return s.words.say("confirming")
	}
	return s.words.say("waiting")
}

// trouble says what keeps a watch from being read, nil when nothing does: the
// newest word is that of the last look, unless there was none since the start.
func (s *Server) trouble(known board.Known, now time.Time) *troubleView {
	if !known.Unread() {
		return nil
	}
	var problem *stock.Problem
	if known.Record != nil {
		problem = known.Record.Change.Problem
	}
	k := known.Look
	switch {
	case k == nil:
		return &troubleView{What: s.words.name("outcome", string(stock.Unreadable)), Reason: problem.In(s.words.language()), Since: s.clock.show(problem.Since, now)}
	case k.Outcome.Good(): // it was read and did not say
		return &troubleView{What: s.words.say("unsaid"), Reason: k.Reason.In(s.words.language())}
	}
	t := &troubleView{What: s.outcome(k.Outcome, k.Reason), Reason: k.Reason.In(s.words.language())}
	if problem != nil {
		t.Since = s.clock.show(problem.Since, now)
	}
	return t
}

func (s *Server) stateView(st stock.State, now time.Time) *stateView {
	v := &stateView{
		Class: st.Availability.Group().String(),
		Words: s.words.name("availability", st.Availability.String()),
		Price: st.Price.Text(), Quantity: st.Offer.Quantity, Title: st.Offer.Title,
		Since: s.clock.show(st.Since, now),
	}
	if mode := words["mode."+string(st.SaleMode)][s.words]; mode != "" && st.Availability.Purchasable() {
		v.Words += " (" + mode + ")"
	}
	return v
}

func (s *Server) evidence(list []stock.Evidence) []evidenceView {
	var out []evidenceView
	for _, e := range list {
		out = append(out, evidenceView{s.words.name("method", string(e.Method)), e.In(s.words.language()), e.Where})
	}
	return out
}

// shopPage returns an offer's page for the watch of an API when it is on the API's
// shop, else the page that the watch names, if it does.
func shopPage(watchURL, offerURL string) string {
	q, err := stock.ParseQuery(watchURL)
	if err != nil {
		return ""
	}
	u, err := url.Parse(offerURL)
	if err != nil || u.Scheme != "https" || u.Host != q.API.Shop() {
		return q.Item
	}
	return u.String()
}

// shopLink returns where a page of a shop is for people, "" for what is no web page.
func (s *Server) shopLink(address string) string {
	link := stock.WebLink(address)
	if link == "" || s.o.ShopPage == nil {
		return link
	}
	return s.o.ShopPage(link)
}
