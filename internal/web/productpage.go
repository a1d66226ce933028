package web

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/board"
	"github.com/sainyuka/sainyuka/internal/chart"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/history"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	chartDays    = 30
	pastRecords  = 500 // of one watch, in charts and exports
	shopsCharted = 12  // of a product with more, the first ones
)

// chartSpans are the times that a chart can show, in days.
var chartSpans = []int{7, 30, 90, 365}

// productData is the page of one product.
type productData struct {
	ID, Name string
	Class    board.Class
	Tags     []chip
	Picture  string
	Best     *offerView
	Offers   []*offerView
	Limits   []factView
	Muted    *muteView // nil: it is not
	CanMute  bool
	Chart    template.HTML
	Spans    []chip
	Charted  []chip // shops whose prices the chart can show
	Facts    []factView
	Heat     template.HTML
	Changes  []changeView
	Edit     *editView // nil: it cannot be changed here
	Query    string    // of the chart, for the files
}

// factView is a fact with its name.
type factView struct{ Name, Says string }

// changeView is one record among those of all shops.
type changeView struct {
	recordView
	Seq      uint64
	ShopName string
	Watch    string
	Price    string
	Cost     string
}

func (s *Server) productPage(r *http.Request) (reply, error) {
	return s.drawProduct(r, r.PathValue("id"), nil, nil)
}

// drawProduct draws the page of a product; form and wrong are of an edit that was
// refused.
func (s *Server) drawProduct(r *http.Request, id string, form *productForm, wrong []string) (reply, error) {
	it := s.live.rows.get(id)
	if it == nil {
		return reply{}, notFound("product")
	}
	now := clock.Wall()
	past, err := s.past(r.Context(), it)
	if err != nil {
		return reply{}, err
	}
	data := productData{ID: it.Product.ID, Name: cmp.Or(it.Product.Name, it.Product.ID), Class: it.Class, CanMute: s.o.Switches != nil}
	for _, t := range it.Product.Tags {
		data.Tags = append(data.Tags, chip{Key: t, Words: t, Href: "../" + address(board.Query{Tag: t})[2:]})
	}
	for _, o := range it.Offers {
		data.Offers = append(data.Offers, s.offerView(*it.Product, o))
	}
	data.Picture = s.pictureFor(it.Offers)
	if len(data.Offers) > 0 {
		data.Best = data.Offers[0]
	}
	mutes, _ := s.switched(now)
	for _, m := range mutes {
		if m.ID == data.ID {
			data.Muted = &m
		}
	}
	data.Limits = s.limits(*it.Product)
	s.charts(&data, past, r.URL.Query(), now)
	data.Changes = s.changeViews(*it.Product, past, now)
	s.editable(r.Context(), &data, form, wrong)
	a, err := s.draw(r, "product", page{Title: data.Name, Here: "now", Data: data})
	if len(wrong) > 0 {
		a.status = http.StatusConflict
	}
	return a, err
}

// editable adds how a product can be changed.
func (s *Server) editable(ctx context.Context, data *productData, form *productForm, wrong []string) {
	if s.o.Editor == nil {
		return
	}
	e, err := s.o.Editor.Entry(data.ID)
	if err != nil {
		s.o.Logger.Debug("how a product is kept is not shown", "product", data.ID, "err", err)
		return
	}
	edit := &editView{Form: formFrom(e), ReadOnly: e.Origin == OriginConfig, Paused: e.Paused, Wished: e.Origin == OriginWishList, Revision: e.Revision, Wrong: append(slices.Clone(wrong), e.Mistakes...), Warnings: e.Warnings}
	if form != nil { // what somebody wrote is not lost, and goes over what is there now
		form.Revision = e.Revision
		edit.Form = *form
	}
	for _, c := range s.channelIDs(ctx) {
		edit.Channels = append(edit.Channels, chip{Key: c, Words: c, On: slices.Contains(edit.Form.Notify, c)})
	}
	data.Edit = edit
}

// editView is how a product can be changed on its page.
type editView struct {
	Form     productForm
	Channels []chip
	ReadOnly bool // it stands in the file
	Paused   bool
	Wished   bool // it came from a wish list
	Revision uint64
	Wrong    []string
	Warnings []string
}

// watchPast is what a watch was.
type watchPast struct {
	offer   board.Offer
	records []stock.Entry
	points  []history.Point
}

// past reads the records of a product's watches, the best first.
func (s *Server) past(ctx context.Context, it *board.Item) ([]watchPast, error) {
	var all []watchPast
	for _, o := range it.Offers[:min(len(it.Offers), shopsCharted)] {
		records, err := s.o.Store.History(ctx, o.Watch.ID, pastRecords)
		if err != nil {
			return nil, fmt.Errorf("read history of watch %s: %w", o.Watch.ID, err)
		}
		points := history.Series(records, func(c stock.Change) stock.Price {
			if cost, ok := s.reckon(o.Watch, c, c.ObservedAt); ok {
				return cost.Price
			}
			return stock.Price{}
		})
		all = append(all, watchPast{o, records, points})
	}
	return all, nil
}

// charts draws what the past of a product was.
func (s *Server) charts(data *productData, past []watchPast, v url.Values, now time.Time) {
	days, err := strconv.Atoi(v.Get("days"))
	if err != nil || !slices.Contains(chartSpans, days) {
		days = chartDays
	}
	main := 0
	for i, p := range past {
		if p.offer.Watch.ID == v.Get("watch") {
			main = i
		}
	}
	for _, d := range chartSpans {
		data.Spans = append(data.Spans, chip{Words: fmt.Sprintf(s.words.say("days"), d), Href: chartAddress(d, v.Get("watch")), On: d == days})
	}
	if len(past) > 1 {
		for i, p := range past {
			data.Charted = append(data.Charted, chip{Words: s.shopOf(p.offer), Href: chartAddress(days, p.offer.Watch.ID), On: i == main})
		}
	}
	if len(past) == 0 {
		return
	}
	data.Chart = template.HTML(chart.Draw(s.plot(past, main, days, now))) //nolint:gosec // drawn by package chart
	sum := s.summary(past, now)
	data.Facts = s.facts(sum, data.Best, now)
	if sum.Restocked > 0 {
		data.Heat = template.HTML(chart.DrawHeat(s.heat(sum))) //nolint:gosec // as above
	}
}

func chartAddress(days int, watch string) string {
	v := url.Values{"days": {strconv.Itoa(days)}}
	if watch != "" {
		v.Set("watch", watch)
	}
	return "?" + v.Encode() + "#chart"
}

// summary sums up the past of a product's watches, by the clock of each shop.
func (s *Server) summary(past []watchPast, now time.Time) history.Summary {
	series := make([][]history.Point, len(past))
	for i, p := range past {
		series[i] = p.points
	}
	return history.Summarize(series, func(i int) *time.Location { return s.zoneOf(past[i].offer.Watch) }, now)
}

// zoneOf is the clock of the shop of a watch.
func (s *Server) zoneOf(w stock.Watch) *time.Location {
	if s.o.Zone != nil {
		if zone := s.o.Zone(stock.HostOf(w.URL)); zone != nil {
			return zone
		}
	}
	return s.o.Location
}

func (s *Server) plot(past []watchPast, main, days int, now time.Time) chart.Plot {
	span := chart.Span{From: now.AddDate(0, 0, -days), To: now}
	p := chart.Plot{Span: span, Main: s.points(past[main], true), Ticks: s.ticks(span, days)}
	currency := "JPY"
	for _, at := range past[main].points {
		if at.Price.Known() {
			currency = at.Price.Currency
		}
	}
	p.Money = func(v float64) string {
		for range stock.MinorDigits(currency) {
			v *= 10
		}
		return stock.Price{Minor: int64(v + 0.5), Currency: currency}.Text()
	}
	p.Title = fmt.Sprintf(s.words.say("chart_title"), s.shopOf(past[main].offer), days)
	for i, w := range past {
		p.Lanes = append(p.Lanes, chart.Lane{Name: s.shopOf(w.offer), Points: s.points(w, false), Main: i == main && len(past) > 1})
	}
	return p
}

// shopOf names the shop of an offer, with its seller where one is known.
func (s *Server) shopOf(o board.Offer) string {
	name := shopName(shopKey(o), s.words)
	if o.Record != nil && o.Record.Change.Offer.Seller != "" && o.Record.Change.Offer.Seller != name {
		name += " / " + o.Record.Change.Offer.Seller
	}
	return name
}

// points is a watch's past as a chart draws it; the marks say what each record says and
// lead to it.
func (s *Server) points(w watchPast, marks bool) []chart.Point {
	states := map[history.State]chart.State{history.Unknown: chart.Gap, history.Out: chart.Out, history.Order: chart.Order, history.In: chart.In}
	var list []chart.Point
	for _, p := range w.points {
		c := chart.Point{At: p.At, State: states[p.State], Price: major(p.Price), Effective: chart.None}
		if p.Effective.Known() && p.Effective != p.Price {
			c.Effective = major(p.Effective)
		}
		if marks && p.Entry != nil {
			c.Title, c.Href = s.markText(p.Entry.Change), "#r-"+strconv.FormatUint(p.Entry.Seq, 10)
		}
		list = append(list, c)
	}
	return list
}

// markText says what a record says, with the evidence that weighed most.
func (s *Server) markText(c stock.Change) string {
	var text strings.Builder
	text.WriteString(c.ObservedAt.In(s.clock.loc).Format("2006/01/02 15:04") + " " + s.words.kind(c.Kind) + ": " + s.words.name("availability", c.Availability.String()))
	if money := c.Price.Text(); money != "" {
		text.WriteString(", " + money)
	}
	for _, e := range s.evidence(c.Evidence[:min(1, len(c.Evidence))]) {
		text.WriteString("\n" + e.Method + ": " + e.Says)
	}
	return text.String()
}

// ticks names a few days below a chart.
func (s *Server) ticks(span chart.Span, days int) []chart.Tick {
	step := max(1, days/5)
	at := span.To.In(s.clock.loc)
	at = time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, s.clock.loc)
	var list []chart.Tick
	for ; at.After(span.From); at = at.AddDate(0, 0, -step) {
		list = append(list, chart.Tick{At: at, Name: at.Format("1/2")})
	}
	return list
}

func (s *Server) heat(sum history.Summary) chart.Heat {
	h := chart.Heat{Counts: sum.Restocks, Title: fmt.Sprintf(s.words.say("heat_title"), sum.Restocked)}
	for d := range h.Days {
		h.Days[d] = s.words.name("day", strconv.Itoa(d))
	}
	h.Cell = func(day, hour, n int) string {
		return fmt.Sprintf(s.words.say("heat_cell"), h.Days[day], hour, n)
	}
	return h
}

// facts are the answers that a person looks for first.
func (s *Server) facts(sum history.Summary, best *offerView, now time.Time) []factView {
	var list []factView
	add := func(name, says string) {
		if says != "" {
			list = append(list, factView{s.words.say(name), says})
		}
	}
	if best != nil {
		add("price_now", best.Price)
	}
	if lowest := sum.Lowest.Text(); lowest != "" {
		add("price_lowest", lowest+" ("+s.clock.short(sum.LowestAt, now)+")")
	}
	add("price_typical", sum.Typical.Text())
	if sum.Windows > 0 {
		add("usually_gone", fmt.Sprintf(s.words.say("gone_in"), s.words.length(sum.UsuallyGone), sum.Windows))
	}
	return list
}

// limits says what rings and what is held.
func (s *Server) limits(p stock.Product) []factView {
	var list []factView
	add := func(name, says string) {
		if says != "" {
			list = append(list, factView{s.words.say(name), says})
		}
	}
	add("max_price", p.MaxPrice.Text())
	add("max_effective", p.MaxEffective.Text())
	add("list_price", p.ListPrice.Text())
	add("jan", p.JAN)
	return list
}

// changeViews lists the records of all shops, newest first.
func (s *Server) changeViews(p stock.Product, past []watchPast, now time.Time) []changeView {
	var list []changeView
	for _, w := range past {
		for _, rec := range w.records {
			c := changeView{recordView: s.recordView(rec.Change, now), Seq: rec.Seq, ShopName: s.shopOf(w.offer), Watch: w.offer.Watch.ID}
			cost, ok := s.reckon(w.offer.Watch, rec.Change, rec.Change.ObservedAt)
			if ok && cost.Price != rec.Change.Price {
				c.Cost = cost.Price.Text()
			}
			if rec.Change.Availability.Group() != stock.No {
				c.State.Held = s.held(p, rec.Change, cost)
			}
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b changeView) int { return cmp.Compare(b.Seq, a.Seq) })
	return list[:min(len(list), historyShown)]
}

// length says how long something lasts, for people.
func (t translator) length(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf(t.name("length", "s"), int64(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf(t.name("length", "min"), int64(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf(t.name("length", "h"), int64(d.Hours()))
	}
	return fmt.Sprintf(t.name("length", "d"), int64(d.Hours()/24))
}
