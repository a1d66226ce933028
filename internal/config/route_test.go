package config

import (
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// wantRoutes are the routes of testdata/good/full.toml.
func wantRoutes() []stock.Route {
	return []stock.Route{
		{
			Products: []string{"switch2"}, Tags: []string{"console"}, Shops: []string{"rakuten", "item.rakuten.co.jp", "shop.example:8443"},
			Kinds: []stock.Kind{stock.Restocked, stock.PriceDrop}, Groups: []stock.Group{stock.Now, stock.Later, stock.No},
			Modes: []stock.SaleMode{stock.Open, stock.MembersOnly}, Price: stock.PriceRange{From: stock.Yen(10000), To: stock.Yen(49980)},
			Effective: stock.PriceRange{To: stock.Yen(45000)}, Sellers: []string{"example store"}, Conditions: []string{stock.ConditionNew},
			Notify: []string{"phone"}, Urgent: true, Continue: true, EscalateTo: []string{"hook"}, EscalateAfter: 90 * time.Second,
		},
		{
			Effective:     stock.PriceRange{From: stock.Price{Minor: 1980, Currency: "USD"}},
			NotifyProduct: true, Notify: []string{}, Silent: true, EscalateTo: []string{"hook"}, EscalateAfter: 3 * time.Minute,
		},
		{Notify: []string{}, EscalateTo: []string{}},
	}
}

func TestQuietHoursHaveTheZoneOfTheFile(t *testing.T) {
	c := load(t, "testdata/good/quiet.toml")
	q := c.Channels[0].Quiet
	if q.Location.String() != "Europe/London" || q.Timezone != "Europe/London" || !q.UrgentPasses || q.Mode != stock.QuietHold || len(q.Days) != 0 {
		t.Errorf("quiet hours with from and to alone are %+v, want to hold, every day in the file's zone, and urgent alerts to pass", q)
	}
	if q.From != 22*time.Hour+30*time.Minute || q.To != 7*time.Hour {
		t.Errorf("quiet from %s to %s, want from 22:30 to 07:00", q.From, q.To)
	}
}
