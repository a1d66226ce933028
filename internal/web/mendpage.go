package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	mendPath  = "/mend"
	watchMend = "/watches/{id}/mend"
)

// mendData is the page on which the user points at what a shop's page says.
type mendData struct {
	URL, Host string
	Name      string // of the product; "": the page is not watched
	Back      string
	Look      *previewView
	Inspect   string // the reading as the command line prints it
	SeenAt    *moment
	Tried     bool
	Tries     []tryView
	Meaning   *meaningView // nil: what was pointed at is understood
	Spots     []spotView
	Asked     bool // an outline was asked for, and the page has none
	Whole     bool
	Cut       bool
	Fields    []fieldView
	Texts     bool                        // one of them has a value
	Rules     stock.Rules                 // that are tried, or those of now
	ByHand    struct{ Stock, Price bool } // a selector that no spot has
	Lines     []string                    // the rules as the configuration has them
	Save      bool
	ReadOnly  bool
	Revision  uint64
	Add       string // where to save the page with its rules; "": it is watched
	Again     string // the same page with a fresh look
	WholeLink string
	Wrong     []string
}

// tryView is what the rules make of a page that is kept.
type tryView struct {
	At           *moment
	Class, Badge string
	Price, Why   string
}

// meaningView asks what a text means that was pointed at.
type meaningView struct{ Text, InHref, OutHref string }

// spotView is an element that can be pointed at.
type spotView struct {
	stock.Spot
	N            int
	Class, Badge string // what its words say; "": nothing of stock
	PriceText    string
	Stock, Price bool // it is pointed at
}

// fieldView is a rule that is written by hand.
type fieldView struct{ Key, Value string }

func (s *Server) mendRoutes() []route {
	if s.o.Preview == nil {
		return nil
	}
	return []route{{"GET", mendPath, s.mendPage}, {"GET", watchMend, s.mendWatch}, {"POST", watchMend, s.saveRules}}
}

// mendLink leads to the page, with rules that are tried.
func mendLink(path, address string, r stock.Rules) string {
	q := ruleQuery(r)
	if r != (stock.Rules{}) {
		q.Set("try", "1")
	}
	if address != "" {
		q.Set("url", address)
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// mendPage points at a page that is not watched.
func (s *Server) mendPage(r *http.Request) (reply, error) {
	address := strings.TrimSpace(r.URL.Query().Get("url"))
	if address == "" {
		return seeOther("add"), nil
	}
	if id := s.watchedBy(address); id != "" {
		return seeOther(mendLink("watches/"+stock.WatchID(id, address)+"/mend", "", stock.Rules{})), nil
	}
	data := mendData{URL: address, Back: "add?" + url.Values{"url": {address}}.Encode()}
	if err := s.point(r, &data, stock.Rules{}); err != nil {
		return reply{}, err
	}
	if data.Tried && s.o.Editor != nil {
		q := ruleQuery(data.Rules)
		q.Set("url", address)
		data.Add = "add?" + q.Encode()
	}
	return s.drawMend(r, http.StatusOK, data)
}

// mendWatch points at the page of a watch.
func (s *Server) mendWatch(r *http.Request) (reply, error) {
	data, _, err := s.mendOfWatch(r)
	if err != nil {
		return reply{}, err
	}
	return s.drawMend(r, http.StatusOK, data)
}

func (s *Server) mendOfWatch(r *http.Request) (data mendData, e ProductEntry, err error) {
	p, w, ok := s.find(r.PathValue("id"))
	if !ok {
		return data, e, notFound("watch")
	}
	data = mendData{URL: w.URL, Name: cmp.Or(p.Name, p.ID), Back: "watches/" + w.ID, ReadOnly: true}
	if s.o.Editor != nil {
		if e, err = s.o.Editor.Entry(p.ID); err != nil {
			return data, e, editError(err)
		}
		data.ReadOnly, data.Revision = e.Origin == OriginConfig, e.Revision
	}
	if err := s.point(r, &data, w.Rules); err != nil {
		return data, e, err
	}
	data.Save = data.Tried && !data.ReadOnly
	return data, e, nil
}

// point looks at the page of data, tries the rules that are asked for on it, and outlines
// it. Without any, the rules of now are shown.
func (s *Server) point(r *http.Request, data *mendData, now stock.Rules) error {
	q := r.URL.Query()
	ask := stock.LookRequest{URL: data.URL, Keep: true, Kept: q.Get("again") == "", Outline: true, Whole: q.Get("whole") != ""}
	data.Rules = now
	if data.Tried = q.Get("try") != ""; data.Tried {
		data.Rules = rulesOf(q)
		ask.Rules = &data.Rules
	}
	data.Again, data.WholeLink = besides(q, "again"), besides(q, "whole")
	seen, err := s.o.Preview(r.Context(), ask)
	if err != nil {
		var f failure
		if !errors.As(lookError(err), &f) {
			return err
		}
		data.Wrong = strings.Split(f.in(s.words), "\n")
		return nil
	}
	s.pointed(data, seen, q)
	return nil
}

// pointed fills in what was seen.
func (s *Server) pointed(data *mendData, seen Preview, q url.Values) {
	wall := clock.Wall()
	data.Look, data.Host = s.previewView(data.URL, seen), seen.Host
	data.SeenAt, data.Inspect = s.clock.show(seen.Look.At, wall), inspected(seen.Look)
	data.Lines = ruleLines(data.Rules)
	for _, t := range seen.Tries {
		data.Tries = append(data.Tries, s.tryView(t, s.clock.show(t.At, wall)))
	}
	if data.Asked = seen.Outline == nil; data.Asked {
		return
	}
	data.Whole, data.Cut = seen.Outline.Whole, seen.Outline.Cut
	data.ByHand.Stock, data.ByHand.Price = data.Rules.StockSelector != "", data.Rules.PriceSelector != ""
	for i, spot := range seen.Outline.Spots {
		v := s.spotView(spot, data.Rules)
		v.N = i + 1
		data.ByHand.Stock, data.ByHand.Price = data.ByHand.Stock && !v.Stock, data.ByHand.Price && !v.Price
		data.Spots = append(data.Spots, v)
		if v.Stock && seen.Look.Reason.Has(stock.ReasonRuleUnknownWords) && !strings.HasSuffix(spot.Text, "…") {
			data.Meaning = meaning(spot.Text, data.Rules, q)
		}
	}
}

func (s *Server) spotView(spot stock.Spot, r stock.Rules) spotView {
	v := spotView{Spot: spot, PriceText: spot.Price.Text(), Stock: spot.Selector == r.StockSelector, Price: spot.Selector == r.PriceSelector}
	if spot.Availability != stock.Unknown {
		v.Class, v.Badge = spot.Availability.Group().String(), s.words.name("availability", spot.Availability.String())
	}
	return v
}

func (s *Server) tryView(t stock.Try, at *moment) tryView {
	v := tryView{At: at, Class: t.Availability.Group().String(), Badge: s.words.name("availability", t.Availability.String()), Price: t.Price.Text()}
	switch {
	case !t.Outcome.Good():
		v.Class, v.Badge, v.Why = "trouble", s.outcome(t.Outcome, t.Reason), t.Reason.In(s.words.language())
	case t.Availability == stock.Unknown:
		v.Class, v.Badge, v.Why = "unclear", s.words.say("unclear"), t.Reason.In(s.words.language())
	}
	return v
}

// meaning offers the two things that a text of the page can mean.
func meaning(text string, r stock.Rules, q url.Values) *meaningView {
	says := func(r stock.Rules) string {
		link := ruleQuery(r)
		link.Set("try", "1")
		for _, kept := range []string{"url", "whole"} {
			if q.Has(kept) {
				link.Set(kept, q.Get(kept))
			}
		}
		return "?" + link.Encode()
	}
	in, out := r, r
	in.InStockText, out.SoldOutText = text, text
	return &meaningView{text, says(in), says(out)}
}

// besides returns the same question with one more word in it.
func besides(q url.Values, word string) string {
	other := url.Values{word: {"1"}}
	for key, v := range q {
		if key != "again" && key != word {
			other[key] = v
		}
	}
	return "?" + other.Encode()
}

// inspected is a reading as the command line prints it as JSON.
func inspected(o stock.Observation) string {
	text, err := json.MarshalIndent(NewReading(o), "", "  ")
	if err != nil {
		return fmt.Sprint(err)
	}
	return string(text)
}

func (s *Server) drawMend(r *http.Request, status int, data mendData) (reply, error) {
	for _, k := range ruleKeys {
		if k.key != "stock_selector" && k.key != "price_selector" {
			data.Fields = append(data.Fields, fieldView{k.key, *k.of(&data.Rules)})
			data.Texts = data.Texts || *k.of(&data.Rules) != ""
		}
	}
	a, err := s.draw(r, "mend", page{Title: s.words.say("mend"), Here: "now", Data: data})
	a.status = status
	return a, err
}
