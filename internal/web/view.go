package web

import (
	"cmp"
	"net/url"
	"time"

	"github.com/sainyuka/sainyuka/internal/shop"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// productView is a product as the front page shows it.
type productView struct {
	stock.Product
	Limit, List string // prices
	Rows        []watchView
}

// watchView is a watch as a page shows it.
type watchView struct {
	ID      string
	Product stock.ProductRef
	Link    string // where a click leads; "" for nowhere
	URL     string // as configured
	Host    string
	Shop    string // the mall, and the seller where the page names one

	Class    string // one of classes: which colour, and which count
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

func (s *Server) productView(p stock.Product, now time.Time) productView {
	v := productView{Product: p, Limit: s.words.money(p.MaxPrice), List: s.words.money(p.ListPrice)}
	for _, w := range p.Watches {
		v.Rows = append(v.Rows, s.watchView(p, w, now))
	}
	return v
}

func (s *Server) watchView(p stock.Product, w stock.Watch, now time.Time) watchView {
	known := s.live.get(w.ID)
	v := watchView{
		ID: w.ID, Product: stock.ProductRef{ID: p.ID, Name: cmp.Or(p.Name, p.ID)},
		URL: w.URL, Link: webURL(w.URL), Host: w.URL,
	}
	source := ""
	if known.record != nil {
		c := known.record.Change
		v.Link = cmp.Or(v.Link, shopPage(w.URL, c.Offer.URL))
		v.Known = s.stateView(c.State, now)
		cost, ok := s.reckon(w, c, now)
		if ok {
			v.Cost = s.costView(cost)
		}
		v.Known.Held = s.held(p, c, cost, s.asked(p, w.ID))
		v.Evidence, v.SeenAt = s.evidence(c.Evidence), s.clock.show(c.ObservedAt, now)
		v.Shop = c.Offer.Seller
		source = c.Watch.Source
	}
	if k := known.look; k != nil {
		v.Last, v.Next = s.clock.show(k.At, now), s.clock.due(k.Next, now)
		v.Outcome, v.Why = s.words.name("outcome", string(k.Outcome)), stock.Reason(k.Why).In(s.words.language())
		if k.Doubt != "" && k.Outcome.Good() {
			v.Outcome = s.words.name("doubt", string(k.Doubt))
		}
		source = cmp.Or(k.Source, source)
	}
	if u, err := url.Parse(v.Link); err == nil && u.Host != "" {
		v.Host = u.Host
	}
	if mall := shop.NameAt(source, v.Host, s.words.lang()); mall != "" {
		v.Shop = joinNonEmpty(v.Shop, mall)
	}
	v.Trouble, v.Doubt = s.trouble(known, now), s.doubt(known, now)
	v.Class, v.Badge = s.class(v, known)
	return v
}

func joinNonEmpty(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " / " + b
}

// classes are what a watch can be counted as, in the order of the front page.
var classes = [...]string{"now", "later", "no", "unclear", "search", "waiting", "trouble"}

// class decides what a watch is counted as. Trouble goes before any state: a
// page that cannot be read is not a page that says no. So does doubt, with the last
// known state in words.
func (s *Server) class(v watchView, known latest) (class, badge string) {
	switch {
	case v.Trouble != nil:
		return "trouble", v.Trouble.What
	case v.Doubt != nil && v.Known != nil && v.Known.Class != "unknown":
		return "unclear", v.Known.Words
	case v.Doubt != nil:
		return "unclear", v.Doubt.What
	case v.Known != nil && v.Known.Class != "unknown":
		return v.Known.Class, v.Known.Words
	case isSearch(known):
		return "search", s.words.say("search")
	case known.look != nil:
		return "waiting", s.words.say("confirming")
	default:
		return "waiting", s.words.say("waiting")
	}
}

// isSearch reports whether a watch is of a search page: only those have records
// without an availability that are not about trouble or doubt.
func isSearch(known latest) bool {
	r := known.record
	return r != nil && r.Change.Availability == stock.Unknown && r.Change.Problem == nil && r.Change.Clarity == nil
}

// trouble says what keeps a watch from being read, nil when nothing does: the
// newest word is that of the last look, unless there was none since the start.
func (s *Server) trouble(known latest, now time.Time) *troubleView {
	var problem *stock.Problem
	if known.record != nil {
		problem = known.record.Change.Problem
	}
	switch k := known.look; {
	case k == nil && (problem == nil || known.clarity() != nil):
		return nil
	case k != nil && k.Outcome.Good() && k.Doubt != "":
		return nil // it was read, see doubt
	case k == nil:
		return &troubleView{What: s.words.name("outcome", string(stock.Unreadable)), Reason: problem.In(s.words.language()), Since: s.clock.show(problem.Since, now)}
	case k.Outcome.Good() && (k.Availability != stock.Unknown || k.Reason.None() || isSearch(known)):
		return nil
	case k.Outcome.Good(): // it was read and did not say, or contradicts itself
		return &troubleView{What: s.words.say("unsaid"), Reason: k.Reason.In(s.words.language())}
	default:
		t := &troubleView{What: s.words.name("outcome", string(k.Outcome)), Reason: k.Reason.In(s.words.language())}
		if problem != nil {
			t.Since = s.clock.show(problem.Since, now)
		}
		return t
	}
}

func (s *Server) stateView(st stock.State, now time.Time) *stateView {
	v := &stateView{
		Class: st.Availability.Group().String(),
		Words: s.words.name("availability", st.Availability.String()),
		Price: s.words.money(st.Price), Quantity: st.Offer.Quantity, Title: st.Offer.Title,
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

// webURL returns raw if a click on it leads to a web page, else "".
func webURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}
