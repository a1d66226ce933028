package web

import (
	"context"
	"net/url"
	"time"

	"github.com/sainyuka/sainyuka/internal/shop"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// receiptShown is for how long the front page shows the newest receipt.
const receiptShown = 24 * time.Hour

// receiptView is what the first looks at the newest watches found.
type receiptView struct {
	At   *moment
	Rows []receiptRow
	N    int // pages, those that are not listed too
	More int
}

type receiptRow struct {
	ID, Name, Host string
	Class          string // as of a watch: "now", "later", "no", "search", "trouble"
	Badge          string
	State          string // with its price
	Reason, Advice string // of what cannot be read
	Link           string // of what can be bought
	Configured     bool   // the watch has a page here
}

// receipt returns the newest receipt, nil when there is none that is new.
func (s *Server) receipt(ctx context.Context, products []stock.Product, now time.Time) *receiptView {
	if s.o.Receipt == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	setup, at, err := s.o.Receipt(ctx)
	if err != nil {
		s.o.Logger.Warn("read the newest receipt", "err", err)
		return nil
	}
	if at.IsZero() || now.Sub(at) > receiptShown {
		return nil
	}
	configured := map[string]bool{}
	for _, p := range products {
		for _, w := range p.Watches {
			configured[w.ID] = true
		}
	}
	v := &receiptView{At: s.clock.show(at, now), More: setup.More, N: len(setup.Watches) + setup.More}
	for _, one := range setup.Watches {
		row := s.receiptRow(one)
		row.Configured = configured[one.Watch.ID]
		v.Rows = append(v.Rows, row)
	}
	return v
}

func (s *Server) receiptRow(one stock.SetupWatch) receiptRow {
	row := receiptRow{ID: one.Watch.ID, Name: one.Product.Name, Host: one.Watch.URL}
	if row.Name == "" {
		row.Name = one.Product.ID
	}
	if u, err := url.Parse(one.Watch.URL); err == nil && u.Host != "" {
		row.Host = u.Host
	}
	if mall := shop.NameAt(one.Watch.Source, row.Host, s.words.lang()); mall != "" {
		row.Host = mall
	}
	switch {
	case one.Unread:
		row.Class, row.Badge = "trouble", s.words.say("count_trouble")
		row.Reason, row.Advice = s.receiptReason(one), one.Outcome.Advice(s.words.language())
	case one.Search:
		row.Class, row.Badge = "search", s.words.say("search")
	default:
		row.Class = one.Availability.Group().String()
		row.Badge = s.words.name("availability", one.Availability.String())
		row.State = one.Price.Text()
		if one.Availability.Purchasable() {
			row.Link = s.shopLink(one.Watch.URL)
		}
	}
	return row
}

// receiptReason says why a watch could not be read.
func (s *Server) receiptReason(one stock.SetupWatch) string {
	switch {
	case one.Outcome == stock.NotFound:
		return stock.Because(stock.ReasonNotThere).In(s.words.language())
	case !one.Reason.None():
		return one.Reason.In(s.words.language())
	case one.Outcome == "":
		return s.words.say("waiting")
	case one.Outcome.Good():
		return s.words.say("unsaid")
	}
	return s.words.name("outcome", string(one.Outcome))
}
