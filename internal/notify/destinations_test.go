package notify

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sainyuka/sainyuka/internal/rules"
	"github.com/sainyuka/sainyuka/internal/stock"
)

func TestRoutesMatch(t *testing.T) {
	yen := func(from, to int64) stock.PriceRange {
		var r stock.PriceRange
		if from > 0 {
			r.From = stock.Yen(from)
		}
		if to > 0 {
			r.To = stock.Yen(to)
		}
		return r
	}
	for _, tt := range []struct {
		name  string
		route stock.Route
		want  bool
	}{
		{"no condition", stock.Route{}, true},
		{"product", stock.Route{Products: []string{"other", "switch2"}}, true},
		{"other product", stock.Route{Products: []string{"other"}}, false},
		{"tag", stock.Route{Tags: []string{"toy", "console"}}, true},
		{"other tag", stock.Route{Tags: []string{"toy"}}, false},
		{"source", stock.Route{Shops: []string{"rakuten"}}, true},
		{"host", stock.Route{Shops: []string{"item.rakuten.co.jp"}}, true},
		{"other host", stock.Route{Shops: []string{"rakuten.co.jp", "yahoo"}}, false},
		{"kind", stock.Route{Kinds: []stock.Kind{stock.Restocked}}, true},
		{"a kind that is only in also", stock.Route{Kinds: []stock.Kind{stock.PriceDrop}}, false},
		{"group", stock.Route{Groups: []stock.Group{stock.Later, stock.Now}}, true},
		{"other group", stock.Route{Groups: []stock.Group{stock.No}}, false},
		{"open is what is not said", stock.Route{Modes: []stock.SaleMode{stock.Open}}, true},
		{"lottery", stock.Route{Modes: []stock.SaleMode{stock.Lottery}}, false},
		{"price, both ends included", stock.Route{Price: yen(49980, 49980)}, true},
		{"below", stock.Route{Price: yen(49981, 0)}, false},
		{"above", stock.Route{Price: yen(0, 49979)}, false},
		{"effective price", stock.Route{Effective: yen(49980, 50000)}, true},
		{"effective price above", stock.Route{Effective: yen(0, 49979)}, false},
		{"another currency", stock.Route{Price: stock.PriceRange{From: stock.Price{Minor: 1, Currency: "USD"}}}, false},
		{"seller in any case", stock.Route{Sellers: []string{"big shop"}}, true},
		{"other seller", stock.Route{Sellers: []string{"small shop"}}, false},
		{"condition", stock.Route{Conditions: []string{stock.ConditionNew}}, true},
		{"other condition", stock.Route{Conditions: []string{stock.ConditionUsed}}, false},
		{"all of them", stock.Route{Products: []string{"switch2"}, Shops: []string{"rakuten"}, Kinds: []stock.Kind{stock.SoldOutKind}}, false},
	} {
		p := switch2()
		p.Tags = []string{"console"}
		c := restock(p, noon)
		c.Also = []stock.Kind{stock.PriceDrop}
		c.Offer.Seller, c.Offer.Condition = "Big Shop", stock.ConditionNew
		n := New(Options{Rules: rulesFor(p)})
		r := n.router.routing(t.Context(), n.book.Load(), p, p.Watches[0], stock.Entry{Seq: 1, Change: c})
		if got := r.matches(tt.route); got != tt.want {
			t.Errorf("%s: a restock at %v matches %+v: %v, want %v", tt.name, rules.Price(c), tt.route, got, tt.want)
		}
	}
}

func TestAPriceThatIsNotKnownIsInNoRange(t *testing.T) {
	r := stock.PriceRange{To: stock.Yen(100)}
	if r.Holds(stock.Price{}) || !(stock.PriceRange{}).Holds(stock.Price{}) {
		t.Error("an unknown price is in a range, or not in the empty one")
	}
}

func TestDestinations(t *testing.T) {
	second := escalation{[]string{"mail"}, time.Minute}
	never := stock.Route{Products: []string{"other"}, Notify: []string{"phone"}}
	for _, tt := range []struct {
		name   string
		routes []stock.Route
		want   []destination
		esc    escalation
	}{
		{"none", nil, plainly([]string{"phone", "mail"}), escalation{}},
		{"none that matches", []stock.Route{never}, plainly([]string{"phone", "mail"}), escalation{}},
		{"the first", []stock.Route{never, {Notify: []string{"mail"}, Urgent: true}, {Notify: []string{"phone"}}}, []destination{{"mail", true, false}}, escalation{}},
		{"nobody", []stock.Route{{}}, nil, escalation{}},
		{"the product's", []stock.Route{{NotifyProduct: true, Silent: true}}, []destination{{"phone", false, true}, {"mail", false, true}}, escalation{}},
		{
			"and the next",
			[]stock.Route{{Notify: []string{"mail"}, Silent: true, Continue: true}, {Notify: []string{"phone", "mail"}, Urgent: true}, {Notify: []string{"log"}}},
			[]destination{{"mail", false, true}, {"phone", true, false}},
			escalation{},
		},
		{"besides the product's", []stock.Route{{Notify: []string{"mail"}, Urgent: true, Continue: true}, never}, []destination{{"mail", true, false}, {"phone", false, false}}, escalation{}},
		{"escalation", []stock.Route{{Notify: []string{"phone"}, EscalateTo: second.to, EscalateAfter: second.after}}, plainly([]string{"phone"}), second},
	} {
		p := switch2()
		rules := rulesFor(p)
		rules.Routes = tt.routes
		n := New(Options{Rules: rules})
		r := n.router.routing(t.Context(), n.book.Load(), p, p.Watches[0], stock.Entry{Seq: 1, Change: restock(p, noon)})
		got, esc := r.destinations()
		if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(destination{})); diff != "" {
			t.Errorf("%s: destinations (-want +got):\n%s", tt.name, diff)
		}
		if diff := cmp.Diff(tt.esc, esc, cmp.AllowUnexported(escalation{})); diff != "" {
			t.Errorf("%s: escalation (-want +got):\n%s", tt.name, diff)
		}
	}
}
