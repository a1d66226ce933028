package watch_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// An address that the shop gives to something else tells nothing of the product:
// whatever is in stock there never rings, the owner hears of it once, and once
// when the product is back.
func TestAReusedAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		begun := time.Now()
		w.street.answer = func(_ string, at time.Time) stock.Observation {
			o := says(stock.OutOfStock)
			o.Offer.Title = "Nintendo Switch 2（日本語・国内専用）"
			if since := at.Sub(begun); since > time.Hour && since < 20*time.Hour {
				o = says(stock.InStock)
				o.Offer.Title = "天然水 2L 9本入り 送料無料"
			}
			return o
		}
		var wrong int
		o := w.options("one")
		o.Announce = func(_ int, looks []stock.Look) {
			for _, l := range looks {
				if l.Outcome == stock.WrongProduct && l.Availability == stock.Unknown && !l.Reason.None() {
					wrong++
				}
			}
		}
		r := w.start(o, []stock.Product{product("p", time.Minute, shopA)})
		after(24 * time.Hour)
		r.stop()
		if got, want := w.journal.kinds(stock.WatchID("p", shopA)), "baseline unreadable readable"; got != want {
			t.Errorf("records: %q, want %q", got, want)
		}
		if wrong < 1000 {
			t.Errorf("%d looks were announced as those of a wrong product, want one a minute for 19 hours", wrong)
		}
	})
}
