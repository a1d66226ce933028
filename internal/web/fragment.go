package web

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/board"
	"github.com/sainyuka/sainyuka/internal/chart"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// fragment is the row of a product as HTML. It is drawn once and shown to all, so
// that the times in it are filled in when it is shown.
type fragment struct {
	parts []string
	times []int64 // between the parts, as Unix seconds
}

// The marks around a time in a row that is drawn for later.
const timeOpen, timeClose = '\x02', '\x03'

// later is a time in a row: exact now, and how long ago by when it is shown.
func later(t time.Time) template.HTML {
	return template.HTML(fmt.Sprintf("%c%d%c", timeOpen, t.Unix(), timeClose)) //nolint:gosec // digits
}

func newFragment(drawn []byte) fragment {
	var f fragment
	for {
		i := bytes.IndexByte(drawn, timeOpen)
		j := bytes.IndexByte(drawn, timeClose)
		if i < 0 || j < i {
			break
		}
		n, err := strconv.ParseInt(string(drawn[i+1:j]), 10, 64)
		if err != nil {
			break // no mark of ours
		}
		f.parts, f.times = append(f.parts, string(drawn[:i])), append(f.times, n)
		drawn = drawn[j+1:]
	}
	f.parts = append(f.parts, string(drawn))
	return f
}

// at returns the row as it reads at a moment.
func (f fragment) at(now time.Time, c timeText) template.HTML {
	var b bytes.Buffer
	for i, part := range f.parts {
		b.WriteString(part)
		if i < len(f.times) {
			b.WriteString(c.minutes(now.Sub(time.Unix(f.times[i], 0))))
		}
	}
	return template.HTML(b.String()) //nolint:gosec // drawn by a template
}

// rowsDrawn is how many rows are kept drawn.
const rowsDrawn = 20 * rowsPerPage

// fragments keeps the rows that were drawn.
type fragments struct {
	mu    sync.Mutex
	drawn map[string]drawnRow // by product id
}

type drawnRow struct {
	item *board.Item
	fragment
}

// fragment returns the row of an item, drawn at most once.
func (s *Server) fragment(it *board.Item) (fragment, error) {
	s.drawn.mu.Lock()
	d, ok := s.drawn.drawn[it.Product.ID]
	s.drawn.mu.Unlock()
	if ok && d.item == it {
		return d.fragment, nil
	}
	var b bytes.Buffer
	if err := s.tmpl.ExecuteTemplate(&b, "row", s.rowView(s.live.rows.whole(it))); err != nil {
		return fragment{}, fmt.Errorf("draw the row of product %s: %w", it.Product.ID, err)
	}
	f := newFragment(b.Bytes())
	s.drawn.mu.Lock()
	if len(s.drawn.drawn) >= rowsDrawn {
		clear(s.drawn.drawn)
	}
	s.drawn.drawn[it.Product.ID] = drawnRow{it, f}
	s.drawn.mu.Unlock()
	return f, nil
}

// rowView is a product as the list shows it.
type rowView struct {
	ID, Name string
	Path     string // its page
	Initial  string // stands where there is no picture
	Tags     []chip
	Class    board.Class
	Key      string // by which scripts keep the order
	Find     string // the keys of its shops
	Best     *offerView
	Others   []*offerView
	Trouble  int
	Spark    template.HTML
	Picture  string
}

// offerView is one shop's offer in a row.
type offerView struct {
	watchView
	Price     string
	Effective string
	ShopName  string
	Since     *rowTime
	LastLook  *rowTime
}

// rowTime is a time in a row.
type rowTime struct {
	Machine, Exact, Rough string
	Ago                   template.HTML // for a row that is shown later
}

func (s *Server) rowTime(t time.Time) *rowTime {
	if t.IsZero() {
		return nil
	}
	m := s.clock.show(t, clock.Wall())
	return &rowTime{m.Machine, s.clock.short(t, clock.Wall()), m.Rough, later(t)}
}

func (s *Server) rowView(it *board.Item) rowView {
	p := it.Product
	v := rowView{ID: p.ID, Name: cmp.Or(p.Name, p.ID), Class: it.Class, Key: sortKey(it), Trouble: it.Trouble}
	for _, t := range p.Tags {
		v.Tags = append(v.Tags, chip{Key: t, Words: t, Href: address(board.Query{Tag: t})})
	}
	for i, key := range it.Shops {
		if i > 0 {
			v.Find += "|"
		}
		v.Find += key
	}
	v.Path = "products/" + url.PathEscape(p.ID)
	for _, r := range v.Name {
		v.Initial = string(r)
		break
	}
	v.Picture = s.pictureFor(it.Offers)
	for i, o := range it.Offers {
		view := s.offerView(*p, o)
		if i == 0 {
			v.Best = view
			v.Spark = template.HTML(chart.Spark(s.series(o.Watch.ID), s.sparkSpan())) //nolint:gosec // drawn by package chart
			continue
		}
		v.Others = append(v.Others, view)
	}
	return v
}

func (s *Server) offerView(p stock.Product, o board.Offer) *offerView {
	v := &offerView{watchView: s.watchView(p, o, clock.Wall()), ShopName: shopName(shopKey(o), s.words), Since: s.rowTime(o.Since())}
	if o.Class == board.Trouble && o.Stands != board.Trouble && v.Known != nil {
		v.Class, v.Badge = string(o.Stands), v.Known.Words // one unread look changes no state; what is wrong stands below
	}
	if o.Record != nil {
		c := o.Record.Change
		v.Price = cmp.Or(c.Price, c.Offer.Price).Text()
		if o.Reckoned && o.Cost.Price != c.Price {
			v.Effective = o.Cost.Price.Text()
		}
	}
	if o.Look != nil {
		v.LastLook = s.rowTime(o.Look.At)
	}
	return v
}

// sortKey orders rows as board.ByState does, as text.
func sortKey(it *board.Item) string {
	return fmt.Sprintf("%d:%011d:%s", it.Class.Rank(), 99999999999-max(0, it.Since().Unix()), cmp.Or(it.Product.Name, it.Product.ID))
}

// minutes says how long ago something was, no more exactly than in minutes: rows and
// pages stay the same for so long.
func (c timeText) minutes(d time.Duration) string {
	if d < time.Minute {
		return c.words.name("ago", "now")
	}
	if d < 90*time.Second {
		d = 90 * time.Second
	}
	return c.rough("ago", d)
}

// short is a time to the minute.
func (c timeText) short(t, now time.Time) string {
	t, now = t.In(c.loc), now.In(c.loc)
	switch {
	case t.Year() != now.Year():
		return t.Format("2006/01/02")
	case t.YearDay() == now.YearDay():
		return t.Format("15:04")
	}
	return t.Format("01/02 15:04")
}
