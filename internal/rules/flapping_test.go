package rules

import (
	"slices"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// A page that flips rings several kinds in turn; they are counted together.
func TestAllRingingKindsFoldTogether(t *testing.T) {
	p := switch2()
	can := func(yen int64, a stock.Availability) stock.Offer {
		return stock.Offer{Availability: a, Price: stock.Yen(yen)}
	}
	with := func(k stock.Kind, was, is stock.Offer) func(time.Time) stock.Change {
		return func(at time.Time) stock.Change {
			c := changed(p, at, was, is)
			c.Kind = k
			return c
		}
	}
	restocks := func(at time.Time) stock.Change { return restock(p, at) }
	out, in, order := can(49980, stock.OutOfStock), can(49980, stock.InStock), can(49980, stock.PreOrder)
	drops := with(stock.PriceDrop, can(49980, stock.InStock), can(40000, stock.InStock))
	rises := with(stock.PriceRise, can(40000, stock.InStock), can(49980, stock.InStock))
	opens := with(stock.Orderable, out, order)
	ends := with(stock.SoldOutKind, in, out)
	reseller := in
	reseller.Seller = "転売屋"
	sellers := with(stock.OfferChanged, reseller, in)
	p.Limits.SellersDeny = []string{"転売屋"}
	for _, tt := range []struct {
		name string
		turn []func(time.Time) stock.Change // again and again
		want string                         // . is a record that does not ring by itself
	}{
		{"price drops", []func(time.Time) stock.Change{drops, rises}, "R.R.R.F.-.-."},
		{"orderable and restocked", []func(time.Time) stock.Change{opens, restocks, ends}, "RR.RF.--.--."},
		{"sellers", []func(time.Time) stock.Change{sellers}, "RRRF--"},
		{"all of them", []func(time.Time) stock.Change{restocks, drops, sellers, ends, opens}, "RRR.F---.-"},
	} {
		g := Replay{Product: p, Kinds: []stock.Kind{stock.Restocked, stock.Orderable}, FlapLimit: 3}
		var history []stock.Entry
		var got []byte
		for i := range len(tt.want) {
			c := tt.turn[i%len(tt.turn)](noon.Add(time.Duration(i) * 5 * time.Second))
			history = append(history, stock.Entry{Seq: uint64(i + 1), Change: c, At: c.ObservedAt})
			if last := g.Decide(slices.Clone(history)); last.Kind == "" {
				got = append(got, '.')
			} else {
				got = append(got, letterOf(last))
			}
		}
		if string(got) != tt.want {
			t.Errorf("%s, every 5 s with limit 3: %s, want %s", tt.name, got, tt.want)
		}
	}
}
