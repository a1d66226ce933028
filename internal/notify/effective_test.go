package notify

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/pricing"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// An alert says what the offer and those of the other shops cost in the end, all
// of them by the rates of the same moment.
func TestAlertReckons(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		p, s := switch2(), newStore()
		r := rulesFor(p)
		r.Rates = pricing.Rates{Location: tokyo, Shops: map[string]pricing.Shop{
			"item.rakuten.co.jp": {Currency: "JPY", Points: 1000, PointWorth: 100},
			"yahoo":              {Currency: "JPY", Coupons: []pricing.Coupon{{Name: "c\n@everyone", Amount: 9000}}},
		}}
		n := New(Options{Store: s, Rules: r, Epoch: "ep"})
		other := func(source string, a stock.Availability, yen int64) []stock.Entry {
			return []stock.Entry{{Seq: 3, Change: stock.Change{Watch: stock.WatchRef{Source: source}, State: stock.State{Availability: a, Price: stock.Yen(yen)}}}}
		}
		s.records[p.Watches[1].ID] = other("yahoo", stock.InStock, 50000)
		s.records[p.Watches[2].ID] = other("page", stock.InStock, 45000)
		route(t, n, s.add(9, restock(p, now)))

		a := s.letters()[0].Alert
		if want := stock.Yen(49980 - 4998); a.Offer.Effective != want || len(a.Reckoning) != 3 || a.Reckoning[2].Points != 4998 {
			t.Errorf("effective price %v by %+v, want %v, of which 4998 points", a.Offer.Effective, a.Reckoning, want)
		}
		if len(a.Others) != 2 || a.Others[0].Source != "yahoo" || a.Others[0].Effective != stock.Yen(41000) || a.Others[1].Effective.Known() {
			t.Errorf("others = %+v, want Yahoo's first, which is 41000 in the end, and a shop without rates", a.Others)
		}
	})
}

func TestReckoningIsBounded(t *testing.T) {
	var all []stock.Step
	for i := range 40 {
		all = append(all, stock.Step{Label: stock.StepBonus, Name: strings.Repeat("長", 200), Points: 1, Amount: stock.Yen(int64(-i))})
	}
	got := alerttext.BoundSteps(all)
	sum, points := int64(0), int64(0)
	for _, s := range got {
		sum, points = sum+s.Amount.Minor, points+s.Points
		if len(s.Name) > 3*alerttext.MaxFact {
			t.Errorf("a name of %d bytes, want at most %d", len(s.Name), 3*alerttext.MaxFact)
		}
	}
	if len(got) != alerttext.MaxSteps || sum != -780 || points != 40 {
		t.Errorf("%d steps of %d yen and %d points, want %d of -780 and 40: %s", len(got), sum, points, alerttext.MaxSteps, fmt.Sprint(got))
	}
}
