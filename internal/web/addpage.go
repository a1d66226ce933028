package web

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	addPath     = "/add"
	addressMost = 20 // in one go
)

// addData is the page by which pages are added.
type addData struct {
	Text      string   // what was pasted
	URLs      []string // the addresses in it
	Preview   *previewView
	Form      productForm
	Channels  []chip
	Products  []stock.ProductRef // to which a page can be added
	To        string             // the product to which the pages go; "": a new one
	Wrong     []string
	NoAddress bool
	CanAdd    bool
	Rules     stock.Rules // by which the page is read, as was pointed at
	Mend      string      // where to point at what the page says
}

// previewView is what a page says before it is watched.
type previewView struct {
	Title        string
	Picture      string // where it is, from the first page; "": there is none
	Shop, Host   string
	Class, Badge string
	Price, Cost  string
	Trouble      string
	Advice       string
	Evidence     []evidenceView
	Rings        string
	Kinds        []string
	Gap          string
	Restricted   bool // by the shop's terms
	Accepted     bool
	Warnings     []string
}

// productForm is a product as a form has it.
type productForm struct {
	Name, JAN, MaxPrice, Tags string
	Interval                  string
	AlertOnFirst              bool
	All                       bool // all channels hear of it
	Notify                    []string
	Revision                  uint64
}

// addPage shows the form and, for an address, what its page says now. An address that
// is watched leads to its product.
func (s *Server) addPage(r *http.Request) (reply, error) {
	if s.o.Editor == nil {
		return reply{}, notFound("page")
	}
	q := r.URL.Query()
	text := strings.Join([]string{q.Get("url"), q.Get("text"), q.Get("title")}, "\n")
	data := addData{Text: strings.TrimSpace(q.Get("url")), URLs: addressesIn(text), To: q.Get("to"), Form: productForm{All: true}, Rules: rulesOf(q)}
	if shared := strings.TrimSpace(q.Get("title")); shared != "" && len(addressesIn(shared)) == 0 {
		data.Form.Name = shared
	}
	data.NoAddress = len(data.URLs) == 0 && strings.TrimSpace(text) != ""
	if len(data.URLs) != 1 {
		return s.drawAdd(r, http.StatusOK, data)
	}
	if id := s.watchedBy(data.URLs[0]); id != "" {
		return seeOther("products/" + url.PathEscape(id) + "#w-" + stock.WatchID(id, data.URLs[0])), nil
	}
	if s.o.Preview == nil {
		return s.drawAdd(r, http.StatusOK, data)
	}
	seen, err := s.o.Preview(r.Context(), data.asked())
	if err != nil {
		var f failure
		if !errors.As(lookError(err), &f) {
			return reply{}, err
		}
		data.Wrong = strings.Split(f.in(s.words), "\n")
		return s.drawAdd(r, http.StatusOK, data)
	}
	if seen.Watched != "" {
		return seeOther("products/" + url.PathEscape(seen.Watched)), nil
	}
	data.Preview = s.previewView(data.URLs[0], seen)
	data.Preview.Picture = s.previewPictureOf(seen.Look.Offer.Image)
	data.Mend = mendLink("mend", data.URLs[0], data.Rules)
	data.Form.Name = cmp.Or(data.Preview.Title, data.Form.Name)
	data.Form.JAN = seen.Look.Offer.JAN
	return s.drawAdd(r, http.StatusOK, data)
}

// asked is the look that the page shows: that of a moment ago when rules were tried on it.
func (d addData) asked() stock.LookRequest {
	ask := stock.LookRequest{URL: d.URLs[0], Keep: true}
	if d.Rules != (stock.Rules{}) {
		ask.Rules, ask.Kept = &d.Rules, true
	}
	return ask
}

// watchedBy returns the product that has an address, "" for none.
func (s *Server) watchedBy(address string) string {
	want := stock.NormalizeURL(address)
	for _, p := range s.o.Products() {
		for _, w := range p.Watches {
			if stock.NormalizeURL(w.URL) == want {
				return p.ID
			}
		}
	}
	return ""
}

var addressShape = regexp.MustCompile(`https?://[^\s<>"'、。」）　]+|(?:rakuten|rakuten-books|yahoo)-?(?:api)?:\?[^\s]+`)

// addressesIn returns the addresses in a text, such as an app shares it with a title
// around them, each once.
func addressesIn(text string) []string {
	var list []string
	for _, a := range addressShape.FindAllString(text, -1) {
		a = strings.TrimRight(a, ".,)]}")
		if !slices.Contains(list, a) && len(list) < addressMost {
			list = append(list, a)
		}
	}
	return list
}

func (s *Server) drawAdd(r *http.Request, status int, data addData) (reply, error) {
	data.CanAdd = s.o.Editor != nil
	for _, c := range s.channelIDs(r.Context()) {
		data.Channels = append(data.Channels, chip{Key: c, Words: c, On: slices.Contains(data.Form.Notify, c)})
	}
	for _, p := range s.o.Products() {
		if len(data.Products) < 300 {
			data.Products = append(data.Products, stock.ProductRef{ID: p.ID, Name: cmp.Or(p.Name, p.ID)})
		}
	}
	a, err := s.draw(r, "add", page{Title: s.words.say("add"), Here: "now", Data: data})
	a.status = status
	return a, err
}

// channelIDs are those of the configured channels.
func (s *Server) channelIDs(ctx context.Context) (ids []string) {
	if s.o.Health == nil {
		return nil
	}
	for _, c := range s.o.Health(ctx).Channels {
		ids = append(ids, c.ID)
	}
	return ids
}

func (s *Server) previewView(address string, seen Preview) *previewView {
	j, look := s.previewJSON(address, seen), seen.Look
	v := &previewView{
		Title: look.Offer.Title, Shop: cmp.Or(seen.Shop, seen.Host), Host: seen.Host, Restricted: seen.Restricted, Accepted: seen.Accepted,
		Warnings: seen.Warnings, Price: look.Offer.Price.Text(), Evidence: s.evidence(stock.DecisiveFirst(look.Evidence)), Gap: s.words.span(seen.Every),
		Class: look.Offer.Availability.Group().String(), Badge: s.words.name("availability", look.Offer.Availability.String()),
	}
	if j.Effective.Known() && j.Effective != look.Offer.Price {
		v.Cost = j.Effective.Text()
	}
	switch {
	case !look.Outcome.Good():
		v.Class, v.Badge = "trouble", s.outcome(look.Outcome, look.Reason)
		v.Trouble, v.Advice = look.Reason.In(s.words.language()), look.Outcome.Advice(s.words.language())
	case look.IsSearch:
		v.Class, v.Badge = "search", s.words.say("search")
		v.Trouble = fmt.Sprintf(s.words.say("listings"), len(look.Listings))
	case look.Offer.Availability == stock.Unknown:
		v.Class, v.Trouble = "unclear", look.Reason.In(s.words.language())
		if look.Doubt != "" {
			v.Badge = s.words.name("doubt", string(look.Doubt))
		}
	}
	switch {
	case j.Rings.Now:
		v.Rings = s.words.say("buyable_now")
	case j.Rings.Held != "" && look.Outcome.Good():
		v.Rings = s.words.say("held") + ": " + j.Rings.Says
	}
	for _, k := range seen.Kinds {
		v.Kinds = append(v.Kinds, s.words.kind(k))
	}
	return v
}

// add makes a product of a form, or adds its pages to one.
func (s *Server) add(r *http.Request) (reply, error) {
	if s.o.Editor == nil {
		return reply{}, notFound("page")
	}
	if err := r.ParseForm(); err != nil {
		return reply{}, failure{status: http.StatusBadRequest, says: s.words.say("form_broken")}
	}
	data := addData{URLs: addressesIn(strings.Join(r.PostForm["address"], "\n")), Form: formOf(r), To: r.PostFormValue("to"), Rules: rulesOf(r.PostForm)}
	data.Text = strings.Join(data.URLs, "\n")
	if len(data.URLs) != 1 {
		data.Rules = stock.Rules{} // they are of one page
	}
	if len(data.URLs) == 0 {
		data.NoAddress = true
		return s.drawAdd(r, http.StatusUnprocessableEntity, data)
	}
	id, err := s.addAll(r, data)
	if err == nil {
		return seeOther("products/" + url.PathEscape(id)), nil
	}
	var f failure
	if !errors.As(editError(err), &f) {
		return reply{}, err
	}
	if f.product != "" && len(data.URLs) == 1 {
		return seeOther("products/" + url.PathEscape(f.product)), nil // somebody was quicker, or pressed twice
	}
	data.Wrong = strings.Split(s.refusal(err, f), "\n")
	return s.drawAdd(r, http.StatusUnprocessableEntity, data)
}

// addAll saves what a form says and returns the product to show.
func (s *Server) addAll(r *http.Request, data addData) (id string, err error) {
	if data.To != "" {
		body, err := json.Marshal(withRules(map[string]any{"urls": data.URLs}, data.Rules))
		if err != nil {
			return "", err
		}
		e, err := s.o.Editor.Add(r.Context(), data.To, body)
		return e.ID, err
	}
	groups := [][]string{data.URLs}
	if r.PostFormValue("each") != "" {
		groups = nil
		for _, u := range data.URLs {
			groups = append(groups, []string{u})
		}
	}
	for _, urls := range groups {
		table := data.Form.table()
		table["urls"] = urls
		if len(groups) > 1 {
			delete(table, "name")
			delete(table, "jan")
		}
		body, err := json.Marshal(withRules(table, data.Rules))
		if err != nil {
			return id, err
		}
		e, err := s.o.Editor.Create(r.Context(), body, "web")
		if err != nil {
			return id, err
		}
		id = cmp.Or(id, e.ID)
	}
	return id, nil
}
