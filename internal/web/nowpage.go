package web

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/board"
	"github.com/sainyuka/sainyuka/internal/clock"
)

// What one page of the list shows at most.
const (
	rowsPerPage = 50
	chipsShown  = 8 // shops, and tags; the rest is in the form's choices
)

// nowData is the front page.
type nowData struct {
	Query    board.Query
	Filtered bool
	Chips    []chip // states
	Shops    []chip
	Tags     []chip
	AllShops []chip // for the form's choices
	AllTags  []chip
	Orders   []chip
	Rows     []fragment
	Shown    int // products that the query shows
	Products int
	Trouble  troubleData
	Receipt  *receiptView // nil: no watch is new
	Wished   []wishView   // products of wish lists that nobody confirmed yet
	Mutes    []muteView
	Disabled []disabledView
	Dead     int    // -1: the store does not answer
	Since    string // the newest news that the rows have
	Page     int
	Pages    int
	Prev     string // the addresses of the pages beside this one; "" for none
	Next     string
	CanAdd   bool
}

// chip is one choice with how many products it shows.
type chip struct {
	Key, Words string
	N          int
	Href       string
	On         bool
}

// troubleData is what cannot be read, behind one counter.
type troubleData struct {
	Pages int
	List  []watchView
	More  int
}

// troublesShown is how many pages that cannot be read the counter opens to.
const troublesShown = 20

func (s *Server) nowPage(r *http.Request) (reply, error) {
	now := clock.Wall()
	since := s.live.feed.now() // before the rows: what comes in between is sent again
	items := s.live.rows.all()
	q := queryOf(r.URL.Query())
	shown := board.Select(items, q)
	data := nowData{CanAdd: s.o.Editor != nil, Query: q, Shown: len(shown), Products: len(items), Since: since, Dead: s.countDead(r.Context())}
	data.Filtered = q.Words != "" || q.Class != "" || q.Shop != "" || q.Tag != ""
	s.chips(&data, board.CountAll(items), q)
	data.page(r.URL.Query(), len(shown))
	for _, it := range shown[min(len(shown), (data.Page-1)*rowsPerPage):min(len(shown), data.Page*rowsPerPage)] {
		f, err := s.fragment(it)
		if err != nil {
			return reply{}, err
		}
		data.Rows = append(data.Rows, f)
	}
	s.troubles(&data.Trouble, items, now)
	s.besides(r.Context(), &data, now)
	return s.draw(r, "now", page{Title: s.words.say("title"), Live: true, Data: data})
}

// besides adds what stands beside the list: new pages, mutes, channels in trouble.
func (s *Server) besides(ctx context.Context, data *nowData, now time.Time) {
	data.Mutes, data.Disabled = s.switched(now)
	if data.Page == 1 && !data.Filtered {
		data.Receipt = s.receipt(ctx, s.o.Products(), now)
		data.Wished = s.wished()
	}
}

// queryOf reads what a list is asked for; what means nothing is left out.
func queryOf(v url.Values) board.Query {
	q := board.Query{Words: v.Get("q"), Shop: v.Get("shop"), Tag: v.Get("tag")}
	if len(q.Words) > 200 {
		q.Words = ""
	}
	if c := board.Class(v.Get("state")); slices.Contains(board.Classes(), c) {
		q.Class = c
	}
	if o := board.Order(v.Get("sort")); slices.Contains(board.Orders(), o) {
		q.Order = o
	}
	return q
}

// address is the list's own with a query; its first page.
func address(q board.Query) string {
	v := url.Values{}
	for key, value := range map[string]string{"q": q.Words, "state": string(q.Class), "shop": q.Shop, "tag": q.Tag, "sort": string(q.Order)} {
		if value != "" {
			v.Set(key, value)
		}
	}
	if len(v) == 0 {
		return "./"
	}
	return "./?" + v.Encode()
}

// listBefore returns what the list was asked for by somebody who comes from it, so that the
// way back leads to the same rows.
func (s *Server) listBefore(r *http.Request) string {
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host != r.Host || from.Path != "/" && from.Path != s.base+"/" {
		return ""
	}
	_, query, _ := strings.Cut(address(queryOf(from.Query())), "?")
	v, err := url.ParseQuery(query)
	if err != nil {
		return ""
	}
	if n, err := strconv.Atoi(from.Query().Get("page")); err == nil && n > 1 {
		v.Set("page", strconv.Itoa(n))
	}
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}

func (s *Server) chips(data *nowData, f board.Facets, q board.Query) {
	for _, c := range board.Classes() {
		to := q
		if to.Class = c; q.Class == c {
			to.Class = "" // a second click takes it back
		}
		data.Chips = append(data.Chips, chip{string(c), s.words.say("count_" + string(c)), f.Classes[c], address(to), q.Class == c})
	}
	for _, n := range f.Shops {
		to := q
		if to.Shop = n.Key; q.Shop == n.Key {
			to.Shop = ""
		}
		data.AllShops = append(data.AllShops, chip{n.Key, shopName(n.Key, s.words), n.N, address(to), q.Shop == n.Key})
	}
	for _, n := range f.Tags {
		to := q
		if to.Tag = n.Key; q.Tag == n.Key {
			to.Tag = ""
		}
		data.AllTags = append(data.AllTags, chip{n.Key, n.Key, n.N, address(to), q.Tag == n.Key})
	}
	data.Shops, data.Tags = few(data.AllShops), few(data.AllTags)
	for _, o := range board.Orders() {
		data.Orders = append(data.Orders, chip{Key: string(o), Words: s.words.name("order", string(o)), On: q.Order == o})
	}
}

// few returns the chips that a page shows, the chosen one among them. A single one
// tells nothing apart.
func few(all []chip) []chip {
	if len(all) < 2 {
		return nil
	}
	var list []chip
	for i, c := range all {
		if i < chipsShown || c.On {
			list = append(list, c)
		}
	}
	return list
}

// page says which page of the list is asked for, and which stand beside it.
func (d *nowData) page(v url.Values, n int) {
	d.Pages = max(1, (n+rowsPerPage-1)/rowsPerPage)
	d.Page = 1
	if asked, err := strconv.Atoi(v.Get("page")); err == nil && asked >= 1 && asked <= d.Pages {
		d.Page = asked
	}
	to := func(n int) string {
		next := url.Values{}
		maps.Copy(next, v)
		next.Set("page", strconv.Itoa(n))
		return "./?" + next.Encode()
	}
	if d.Page > 1 {
		d.Prev = to(d.Page - 1)
	}
	if d.Page < d.Pages {
		d.Next = to(d.Page + 1)
	}
}

// troubles lists the pages that cannot be read.
func (s *Server) troubles(t *troubleData, items []*board.Item, now time.Time) {
	for _, it := range items {
		if it.Trouble == 0 {
			continue
		}
		t.Pages += it.Trouble
		if len(t.List) == troublesShown {
			continue
		}
		for _, o := range s.live.rows.whole(it).Offers {
			if o.Class == board.Trouble && len(t.List) < troublesShown {
				t.List = append(t.List, s.watchView(*it.Product, o, now))
			}
		}
	}
	t.More = t.Pages - len(t.List)
}
