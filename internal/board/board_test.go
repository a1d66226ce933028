package board

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/stock"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// known is what is known of a watch with a record.
func known(a stock.Availability, yen int64, change func(*stock.Change)) Known {
	c := stock.Change{Kind: stock.Restocked, State: stock.State{Availability: a, Price: stock.Yen(yen), Since: noon, ObservedAt: noon}}
	if a.Group() == stock.No {
		c.Kind = stock.SoldOutKind
	}
	if change != nil {
		change(&c)
	}
	return Known{Record: &stock.Entry{Seq: 1, Change: c}}
}

func (k Known) looked(l stock.Look) Known {
	l.At = noon.Add(time.Minute)
	k.Look = &l
	return k
}

func doubted(leans stock.Lean) func(*stock.Change) {
	return func(c *stock.Change) {
		c.Clarity = &stock.Clarity{Unclear: 3, Reason: stock.Contradiction, Leans: leans, Since: noon.Add(time.Hour)}
	}
}

// build makes the row of a product with a limit of 10,000 yen and one watch each.
func build(all ...Known) Row {
	p := stock.Product{ID: "p", Name: "thing", Currency: "JPY", MaxPrice: stock.Yen(10000)}
	of := map[string]Known{}
	for i, k := range all {
		id := string(rune('a' + i))
		p.Watches = append(p.Watches, stock.Watch{ID: id})
		of[id] = k
	}
	return Build(&p, func(tid string) Known { return of[tid] }, nil)
}

func TestClassOfAnOffer(t *testing.T) {
	blocked := stock.Look{Outcome: stock.Blocked, Reason: stock.Said("403")}
	for _, tt := range []struct {
		name   string
		known  Known
		class  Class
		stands Class
		held   guard.Reason
	}{
		{"nothing known", Known{}, Waiting, Waiting, ""},
		{"one look, not confirmed", Known{}.looked(stock.Look{Outcome: stock.OK, Availability: stock.InStock}), Waiting, Waiting, ""},
		{"in stock", known(stock.InStock, 9000, nil), Now, Now, ""},
		{"few left", known(stock.LimitedAvailability, 9000, nil), Now, Now, ""},
		{"above the limit", known(stock.InStock, 10001, nil), Held, Held, guard.AboveMax},
		{"pre-order", known(stock.PreOrder, 9000, nil), Later, Later, ""},
		{"pre-order above the limit", known(stock.PreOrder, 10001, nil), Held, Held, guard.AboveMax},
		{"sold out", known(stock.SoldOut, 9000, nil), No, No, ""},
		{"sold out above the limit is sold out", known(stock.SoldOut, 10001, nil), No, No, guard.AboveMax},
		{"maybe", known(stock.SoldOut, 9000, func(c *stock.Change) { c.Kind = stock.MaybeRestocked }), Maybe, Maybe, ""},
		{"maybe above the limit", known(stock.SoldOut, 10001, func(c *stock.Change) { c.Kind = stock.MaybeRestocked }), Held, Held, guard.AboveMax},
		{"doubt that leans to yes", known(stock.SoldOut, 9000, doubted(stock.LeansYes)), Maybe, Maybe, ""},
		{"doubt that leans to no", known(stock.InStock, 9000, doubted(stock.LeansNo)), Unclear, Unclear, ""},
		{"one unread look changes no state", known(stock.InStock, 9000, nil).looked(blocked), Trouble, Now, ""},
		{"unreadable for long", known(stock.InStock, 9000, func(c *stock.Change) { c.Problem = &stock.Problem{Since: noon} }).looked(blocked), Trouble, Trouble, ""},
		{"unreadable before the first look after a restart", known(stock.InStock, 9000, func(c *stock.Change) { c.Problem = &stock.Problem{Since: noon} }), Trouble, Trouble, ""},
		{"never read", Known{}.looked(blocked), Trouble, Trouble, ""},
		{"a search", known(stock.Unknown, 0, func(c *stock.Change) { c.Kind, c.Price = stock.NewListing, stock.Price{} }), Search, Search, ""},
		{"unclear from the first look on", Known{}.looked(stock.Look{Outcome: stock.OK, Doubt: stock.Silent}), Unclear, Unclear, ""},
	} {
		o := build(tt.known).Offers[0]
		held := o.Held
		if o.Class != Held && tt.held == "" {
			held = ""
		}
		if o.Class != tt.class || o.Stands != tt.stands || held != tt.held {
			t.Errorf("%s: class %s, stands %s, held %q, want %s, %s, %q", tt.name, o.Class, o.Stands, held, tt.class, tt.stands, tt.held)
		}
	}
}

func TestBestOfferComesFirst(t *testing.T) {
	in, out := func(yen int64) Known { return known(stock.InStock, yen, nil) }, func(yen int64) Known { return known(stock.SoldOut, yen, nil) }
	blocked := stock.Look{Outcome: stock.Blocked}
	for _, tt := range []struct {
		name  string
		known []Known
		order string // of the watches a, b, c
		class Class
		read  int // pages that cannot be read
	}{
		{"the cheapest that can be bought", []Known{in(9000), out(100), in(8000)}, "cab", Now, 0},
		{"one within the limits before a cheaper maybe", []Known{known(stock.SoldOut, 100, doubted(stock.LeansYes)), in(9000)}, "ba", Now, 0},
		{"held ones after those that can be ordered", []Known{in(20000), known(stock.PreOrder, 9000, nil)}, "ba", Later, 0},
		{"one that can be read before one that cannot", []Known{in(8000).looked(blocked), in(9000)}, "ba", Now, 1},
		{"without a price last among its like", []Known{known(stock.InStock, 0, func(c *stock.Change) { c.Price = stock.Price{} }), known(stock.InStock, 20000, nil)}, "ba", Held, 0},
		{"no watch", nil, "", Waiting, 0},
	} {
		row := build(tt.known...)
		var got strings.Builder
		for _, o := range row.Offers {
			got.WriteString(o.Watch.ID)
		}
		if got.String() != tt.order || row.Class != tt.class || row.Trouble != tt.read {
			t.Errorf("%s: offers %q, class %s, %d unread, want %q, %s, %d", tt.name, got.String(), row.Class, row.Trouble, tt.order, tt.class, tt.read)
		}
	}
}

// Whatever is known, a product that can be bought within its limits is shown as one.
func TestABuyableOfferIsNeverHidden(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func() Known {
			a := rapid.SampledFrom(stock.Availabilities()).Draw(t, "availability")
			k := known(a, rapid.Int64Range(1, 20000).Draw(t, "price"), nil)
			if rapid.Bool().Draw(t, "looked") {
				k = k.looked(stock.Look{Outcome: rapid.SampledFrom(stock.Outcomes()).Draw(t, "outcome"), Availability: a})
			}
			return k
		}
		row := build(draw(), draw(), draw())
		buyable := slices.ContainsFunc(row.Offers, func(o Offer) bool { return o.Stands == Now })
		if buyable != (row.Class == Now) {
			t.Fatalf("buyable %v, the row is %s", buyable, row.Class)
		}
		if row.Best().Stands == Now && row.Best().Held != "" {
			t.Fatalf("the best offer is held: %s", row.Best().Held)
		}
	})
}

func item(id string, class Class, since time.Duration, yen int64, shops []string, tags ...string) *Item {
	k := known(stock.InStock, yen, func(c *stock.Change) { c.Since = noon.Add(since); c.ObservedAt = c.Since })
	r := Row{Product: &stock.Product{ID: id, Name: "Ｎame " + id, Tags: tags}, Class: class, Offers: []Offer{{Known: k, Class: class, Stands: class}}}
	if class == Trouble {
		r.Trouble = 1
	}
	return NewItem(r, shops, shops)
}

func TestSelect(t *testing.T) {
	items := []*Item{
		item("out", No, 0, 100, []string{"rakuten"}),
		item("old", Now, -time.Hour, 300, []string{"rakuten", "yahoo"}, "games"),
		item("new", Now, 0, 500, []string{"yahoo"}, "games", "toys"),
		item("bad", Trouble, 0, 200, []string{"shop.example"}),
		item("maybe", Maybe, 0, 400, []string{"yahoo"}),
	}
	for _, tt := range []struct {
		name  string
		query Query
		want  string
	}{
		{"everything, what can be bought first", Query{}, "new old maybe out bad"},
		{"by price", Query{Order: ByPrice}, "out bad old maybe new"},
		{"by name", Query{Order: ByName}, "bad maybe new old out"},
		{"by change", Query{Order: ByChange}, "new maybe out bad old"},
		{"a class", Query{Class: Now}, "new old"},
		{"trouble", Query{Class: Trouble}, "bad"},
		{"a shop", Query{Shop: "rakuten"}, "old out"},
		{"a tag", Query{Tag: "toys"}, "new"},
		{"words, folded, all of them", Query{Words: "NAME　ｏｌｄ"}, "old"},
		{"words of a shop", Query{Words: "shop.example"}, "bad"},
		{"nothing", Query{Words: "nosuch"}, ""},
	} {
		var got []string
		for _, it := range Select(items, tt.query) {
			got = append(got, it.Product.ID)
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, s, tt.want)
		}
	}
	want := Facets{
		Products: 5, Pages: 1, Classes: map[Class]int{No: 1, Now: 2, Maybe: 1, Trouble: 1},
		Shops: []Count{{"yahoo", 3}, {"rakuten", 2}, {"shop.example", 1}}, Tags: []Count{{"games", 2}, {"toys", 1}},
	}
	if diff := cmp.Diff(want, CountAll(items)); diff != "" {
		t.Errorf("counters (-want +got):\n%s", diff)
	}
}
