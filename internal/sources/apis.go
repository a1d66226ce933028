package sources

import (
	"fmt"

	"github.com/sainyuka/sainyuka/internal/sources/official"
	"github.com/sainyuka/sainyuka/internal/sources/rakutenapi"
	"github.com/sainyuka/sainyuka/internal/sources/yahooapi"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Keys are the user's credentials for the official APIs. An API without its key
// is known and cannot be asked.
type Keys struct {
	Rakuten rakutenapi.Key
	Yahoo   yahooapi.Key
}

func (k Keys) apis() []api {
	return []api{rakutenapi.Ichiba{Key: k.Rakuten}, rakutenapi.Books{Key: k.Rakuten}, yahooapi.Search{Key: k.Yahoo}}
}

// api knows one official API, whose watches are queries.
type api interface {
	API() stock.API
	Keyed() bool // has what it needs to be asked
	Request(q stock.Query) (stock.Request, error)
	Answer(p stock.Page) (official.Answer, *stock.Observation)
}

// place returns where a watch really looks: for the query of an API that names an
// item's page, without a key for that API, at the page.
func (s *Set) place(rawURL string) string {
	if _, ok := stock.IsQuery(rawURL); ok {
		if q, a, err := s.query(rawURL); err == nil && q.Item != "" && !a.Keyed() {
			return q.Item
		}
	}
	return rawURL
}

// query reads the URL of an API's watch.
func (s *Set) query(rawURL string) (stock.Query, api, error) {
	q, err := stock.ParseQuery(rawURL)
	if err != nil {
		return q, nil, stock.Because(stock.ReasonBadQuery, rawURL, err).Err()
	}
	for _, a := range s.apis {
		if a.API() == q.API {
			return q, a, nil
		}
	}
	return q, nil, stock.Because(stock.ReasonNoAPISource, rawURL).Err()
}

// ask returns what is really asked for a query.
func (s *Set) ask(rawURL string) (stock.Request, error) {
	q, a, err := s.query(rawURL)
	if err != nil {
		return stock.Request{}, err
	}
	req, err := a.Request(q)
	if err != nil {
		return stock.Request{}, fmt.Errorf("%s: %w", q.API, err)
	}
	req.API = rawURL
	return req, nil
}

// More returns what else must be asked before p can be read: an official API
// gives only the first of its hits, and when none of those can be bought, the
// hits that can are asked for. Pages never need more.
func (s *Set) More(p stock.Page) (req stock.Request, more bool) {
	if _, ok := stock.IsQuery(p.URL); !ok {
		return stock.Request{}, false
	}
	q, a, err := s.query(p.URL)
	if err != nil || !official.More(a, q, p) {
		return stock.Request{}, false
	}
	q.InStock = true
	req, err = a.Request(q)
	return req, err == nil
}

// readAnswer reads the answer of an API, and the answer to More.
func (s *Set) readAnswer(p stock.Page, more []stock.Page) stock.Observation {
	o := s.readOne(p)
	for _, next := range more {
		o = settled(o, s.readOne(next))
	}
	o.URL = p.URL
	return doubted(o)
}

func (s *Set) readOne(p stock.Page) stock.Observation {
	var o stock.Observation
	if q, a, err := s.query(p.URL); err != nil {
		o.Outcome, o.Reason = stock.Unreadable, ReasonOf(err)
	} else {
		o = official.Read(a, q, p)
	}
	o.URL, o.Source, o.At, o.RetryAfter = p.URL, s.Name(p.URL), p.FetchedAt, p.RetryAfter
	return o
}

// settled joins the first answer with the second, which decides. When that says
// that nothing can be bought, the offers are still those of the first.
func settled(first, second stock.Observation) stock.Observation {
	if second.Offer.Availability.Group() != stock.No {
		return second
	}
	second.Evidence = append(second.Evidence, first.Evidence...)
	if len(second.Offers) == 0 && len(first.Offers) > 0 {
		second.Offers, second.Offer = first.Offers, first.Offer
		second.Offer.Availability = stock.OutOfStock
	}
	return second
}
