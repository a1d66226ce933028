package notify

import (
	"fmt"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// The one alert of a burst goes out whatever kind comes as one too many.
func TestPriceDropsMakeOneFlappingAlert(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		p, s := switch2(), newStore()
		r := rulesFor(p)
		r.FlapLimit, r.Targets = 2, r.Targets[:1]
		n := New(Options{Store: s, Rules: r})
		for i := range 22 {
			c := changed(p, now.Add(time.Duration(i)*2*time.Second), stock.Offer{Availability: stock.InStock, Price: stock.Yen(49980)}, stock.Offer{Availability: stock.InStock, Price: stock.Yen(40000)})
			c.Kind = stock.PriceDrop
			route(t, n, s.add(uint64(i+1), c))
		}
		if got, want := fmt.Sprint(s.ids()), "[1_phone_rp 2_phone_rp d3_phone_rp]"; got != want {
			t.Errorf("22 price drops in 44 s with flap_limit 2: letters %s, want %s", got, want)
		}
	})
}
