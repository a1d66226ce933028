package web_test

import (
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/pricing"
	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

func TestPagesShowWhatOffersCostInTheEnd(t *testing.T) {
	rates := pricing.Rates{Shops: map[string]pricing.Shop{"item.rakuten.co.jp": {
		Currency: "JPY", Points: 100, PointWorth: 100, Bonuses: []pricing.Bonus{{Name: "<b>5日</b>", Points: 100}},
	}}}
	s, _ := site(t, func(o *web.Options) { o.Rates = func() pricing.Rates { return rates } })
	front := do(s.Handler(), "GET", "/").Body.String()
	if !strings.Contains(front, "effective ¥8,624") || strings.Count(front, "effective") != 1 {
		t.Errorf("the front page says %q %d times, want it once: effective ¥8,624", "effective", strings.Count(front, "effective"))
	}
	tid := stock.WatchID("kettle", "https://item.rakuten.co.jp/kitte/kettle/")
	page := do(s.Handler(), "GET", "/watches/"+tid).Body.String()
	for _, want := range []string{
		"<li>price: ¥8,800</li>", "<li>shipping not known (left out)</li>", "<li>points 88: -¥88</li>", "<li>bonus points 88 (&lt;b&gt;5日&lt;/b&gt;): -¥88</li>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of the watch lacks %q", want)
		}
	}
}
