package web

import (
	"cmp"
	"errors"
	"net/http"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// productElsewhere is where a product is searched at other shops.
const productElsewhere = "/products/{id}/elsewhere"

// elsewhereData is the page of who else has a product.
type elsewhereData struct {
	ID, Name, Words string
	Wrong           string
	Offers          []foundView
	Sources         []factView
	Pages           []SearchPage
	Asked           bool
}

type foundView struct {
	URL, Title, Shop, Price, Cost string
	Class, Badge                  string
	Watched                       bool
}

// elsewherePage asks the official searches for who else has a product, by its code or
// by words.
func (s *Server) elsewherePage(r *http.Request) (reply, error) {
	it := s.live.rows.get(r.PathValue("id"))
	if it == nil {
		return reply{}, notFound("product")
	}
	p := it.Product
	words := cmp.Or(r.URL.Query().Get("q"), p.JAN, p.Name)
	data := elsewhereData{ID: p.ID, Name: cmp.Or(p.Name, p.ID), Words: words, Pages: SearchPages(words)}
	for i, page := range data.Pages {
		data.Pages[i].Shop = shopName(page.mall, s.words)
	}
	if s.o.Elsewhere != nil && words != "" {
		data.Asked = true
		jan, q := "", words
		if stock.CheckCode(words) == nil {
			jan, q = words, ""
		}
		found, err := s.o.Elsewhere(r.Context(), jan, q)
		var bad MistakesError
		switch {
		case errors.As(err, &bad):
			data.Wrong = bad.Error()
		case err != nil:
			var f failure
			if !errors.As(lookError(err), &f) {
				return reply{}, err
			}
			data.Wrong = f.in(s.words)
		}
		s.found(&data, found)
	}
	return s.draw(r, "elsewhere", page{Title: data.Name, Here: "now", Data: data})
}

func (s *Server) found(data *elsewhereData, f Found) {
	for _, a := range f.Sources {
		says := s.outcome(a.Outcome, a.Reason)
		if !a.Outcome.Good() && !a.None() {
			says += ": " + a.In(s.words.language())
		}
		data.Sources = append(data.Sources, factView{shopName(a.Source, s.words), says})
	}
	for _, o := range f.Offers {
		v := foundView{
			URL: stock.WebLink(o.URL), Title: o.Title, Shop: joinNonEmpty(o.Seller, shopName(o.Source, s.words)), Price: o.Price.Text(),
			Class: o.Availability.Group().String(), Badge: s.words.name("availability", o.Availability.String()), Watched: s.watchedBy(o.URL) != "",
		}
		if o.Effective.Known() && o.Effective != o.Price {
			v.Cost = o.Effective.Text()
		}
		if v.URL != "" {
			data.Offers = append(data.Offers, v)
		}
	}
}
