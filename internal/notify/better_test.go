package notify

import (
	"slices"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Within a group's minute an offer that is better than all that was told and can
// still be had rings at once, on a channel that can change its messages too; only
// worse ones wait.
func TestABetterOfferRingsAtOnce(t *testing.T) {
	at := func(yen int64) func(*stock.Change) {
		return func(c *stock.Change) { c.Price, c.Offer.Price = stock.Yen(yen), stock.Yen(yen) }
	}
	maybe := func(yen int64) func(*stock.Change) {
		return func(c *stock.Change) {
			at(yen)(c)
			c.Kind, c.Availability = stock.MaybeRestocked, stock.OutOfStock
			c.Clarity = &stock.Clarity{Unclear: 2, Leans: stock.LeansYes, Maybe: true}
		}
	}
	shipped := func(yen, shipping int64) func(*stock.Change) {
		return func(c *stock.Change) { at(yen)(c); c.Offer.Shipping = new(stock.Yen(shipping)) }
	}
	as := func(k stock.Kind, a stock.Availability, m stock.SaleMode) func(*stock.Change) {
		return func(c *stock.Change) { c.Kind, c.Availability, c.SaleMode, c.Offer.SaleMode = k, a, m, m }
	}
	for _, tt := range []struct {
		name  string
		shops []func(*stock.Change) // ten seconds apart, at one shop each
		out   []int                 // the shops that sell out before the last one comes
		rings []bool
	}{
		{"cheaper", []func(*stock.Change){at(49980), at(44980)}, nil, []bool{true, true}},
		{"as dear", []func(*stock.Change){at(49980), at(49980)}, nil, []bool{true, false}},
		{"dearer", []func(*stock.Change){at(44980), at(49980)}, nil, []bool{true, false}},
		{"dearer, but the one told has sold out", []func(*stock.Change){at(44980), at(49980)}, []int{0}, []bool{true, true}},
		{"dearer than the best one told", []func(*stock.Change){at(49980), at(44980), at(46000)}, nil, []bool{true, true, false}},
		{"the best one told has sold out", []func(*stock.Change){at(49980), at(44980), at(46000)}, []int{1}, []bool{true, true, true}},
		{"the best one told has sold out, another is there", []func(*stock.Change){at(45000), at(44980), at(46000)}, []int{1}, []bool{true, true, false}},
		{"cheaper than one that waits", []func(*stock.Change){at(45000), at(49980), at(46000)}, nil, []bool{true, false, false}},
		{"cheaper, but not with its shipping", []func(*stock.Change){shipped(45000, 0), shipped(44500, 600)}, nil, []bool{true, false}},
		{"dearer, but not with the shipping", []func(*stock.Change){shipped(44500, 600), shipped(45000, 0)}, nil, []bool{true, true}},
		{"sure after a maybe, dearer", []func(*stock.Change){maybe(40000), at(49980)}, nil, []bool{true, true}},
		{"a maybe after what is sure", []func(*stock.Change){at(49980), maybe(49980)}, nil, []bool{true, false}},
		{"a maybe that is cheaper", []func(*stock.Change){at(49980), maybe(40000)}, nil, []bool{true, true}},
		{"to be had at once, after a lottery", []func(*stock.Change){as(stock.LotteryOpen, stock.InStock, stock.Lottery), at(49980)}, nil, []bool{true, true}},
		{"a lottery after what can be had at once", []func(*stock.Change){at(49980), as(stock.LotteryOpen, stock.InStock, stock.Lottery)}, nil, []bool{true, false}},
	} {
		for _, replacing := range []bool{false, true} {
			t.Run(tt.name, func(t *testing.T) {
				atNoon(t, func(t *testing.T, now time.Time) {
					p, s, people := switch2(), newStore(), newPeople()
					r := rulesFor(p)
					r.Kinds = append(r.Kinds, stock.MaybeRestocked)
					r.Targets = r.Targets[:1]
					if replacing {
						r.Targets[0].Channel = &replacingChannel{}
					}
					n := New(Options{Store: s, People: people, Rules: r})
					var got []bool
					for i, edit := range tt.shops {
						if i == len(tt.shops)-1 {
							for _, out := range tt.out {
								c := shopRestock(p, out, time.Now())
								c.Kind, c.Availability = stock.SoldOutKind, stock.SoldOut
								route(t, n, s.add(uint64(100+out), c))
							}
						}
						c := shopRestock(p, i, time.Now())
						edit(&c)
						before := len(s.ids())
						route(t, n, s.add(uint64(i+5), c))
						all := s.letters()
						got = append(got, len(all) > before && all[len(all)-1].Replaces == "")
						time.Sleep(10 * time.Second)
					}
					if !slices.Equal(got, tt.rings) {
						t.Errorf("replacing %v: the offers ring at once: %v, want %v; outbox %v", replacing, got, tt.rings, s.ids())
					}
					if replacing {
						return
					}
					time.Sleep(time.Minute)
					flushAll(t, n, people)
					told := len(s.ids())
					if want := len(tt.shops); told != want && !slices.Contains(tt.rings, false) || told > want {
						t.Errorf("after the minute the outbox has %v, want each of %d offers once", s.ids(), want)
					}
				})
			})
		}
	}
}

// A record that comes again, after a crash, is told as it was the first time, whatever
// happened since.
func TestABetterOfferIsDecidedOnce(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		p, s, people := switch2(), newStore(), newPeople()
		r := rulesFor(p)
		r.Targets = r.Targets[:1]
		n := New(Options{Store: s, People: people, Rules: r})
		route(t, n, s.add(5, restock(p, now)))
		follower := s.add(6, shopRestock(p, 1, now.Add(time.Second)))
		route(t, n, follower)
		route(t, n, s.add(7, soldOut(p, now.Add(2*time.Second))))
		route(t, n, follower)
		if got, want := s.ids(), []string{"5_phone_rp", "6_phone_rp"}; !slices.Equal(got, want) {
			t.Errorf("outbox %v, want %v: the second one waited until the first one sold out", got, want)
		}
	})
}

// When the last offer that rang in a group's minute sells out, those that wait ring at
// once, on a channel that can change its messages too, and only if one of them can still
// be had.
func TestWhatWaitsRingsWhenTheOneToldSellsOut(t *testing.T) {
	out := func(p stock.Product, i int, kind stock.Kind, a stock.Availability) stock.Change {
		c := shopRestock(p, i, time.Now())
		c.Kind, c.Availability, c.Offer.Availability = kind, a, a
		return c
	}
	sells := func(i int) func(stock.Product) stock.Change {
		return func(p stock.Product) stock.Change { return out(p, i, stock.SoldOutKind, stock.SoldOut) }
	}
	for _, tt := range []struct {
		name string
		then []func(stock.Product) stock.Change // a second apart, after shop 0 rang and shops 1 and 2 wait
		want []string                           // more offers told at once, by event
	}{
		{"the one told sells out", []func(stock.Product) stock.Change{sells(0)}, []string{"dg7"}},
		{"its page is gone", []func(stock.Product) stock.Change{func(p stock.Product) stock.Change { return out(p, 0, stock.Gone, stock.Discontinued) }}, []string{"dg7"}},
		{"it can only be ordered", []func(stock.Product) stock.Change{func(p stock.Product) stock.Change { return out(p, 0, stock.SoldOutKind, stock.BackOrder) }}, []string{"dg7"}},
		{"one that waits sells out", []func(stock.Product) stock.Change{sells(1)}, nil},
		{"one that waits sells out, then the one told", []func(stock.Product) stock.Change{sells(1), sells(0)}, []string{"dg7"}},
		{"all that wait sell out, then the one told", []func(stock.Product) stock.Change{sells(1), sells(2), sells(0)}, nil},
		{"the one told sells out, then one of the others", []func(stock.Product) stock.Change{sells(0), sells(1)}, []string{"dg7"}},
	} {
		for _, replacing := range []bool{false, true} {
			atNoon(t, func(t *testing.T, now time.Time) {
				p, s, people := switch2(), newStore(), newPeople()
				r := rulesFor(p)
				r.Targets = r.Targets[:1]
				if replacing {
					r.Targets[0].Channel = &replacingChannel{}
				}
				n := New(Options{Store: s, People: people, Rules: r})
				for i := range 3 {
					route(t, n, s.add(uint64(5+i), shopRestock(p, i, time.Now())))
					time.Sleep(time.Second)
				}
				before := s.ids()
				for i, then := range tt.then {
					e := s.add(uint64(20+i), then(p))
					route(t, n, e)
					route(t, n, e)
					time.Sleep(time.Second)
				}
				var got []string
				for _, l := range s.letters() {
					if slices.Contains(before, l.ID()) || l.Alert.Kind == stock.Gone { // which the owner hears of
						continue
					}
					got = append(got, l.Event)
					if l.Silent || l.Replaces != "" {
						t.Errorf("%s, replacing %v: letter %s is silent %v, updates %q; want it to ring", tt.name, replacing, l.ID(), l.Silent, l.Replaces)
					}
					if a := l.Alert.Watch.ID; a == p.Watches[0].ID {
						t.Errorf("%s, replacing %v: letter %s leads with the shop that sold out", tt.name, replacing, l.ID())
					}
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("%s, replacing %v: letters %v at once, want %v", tt.name, replacing, got, tt.want)
				}
			})
		}
	}
}
