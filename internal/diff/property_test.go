package diff_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/diff"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// TestEveryLook checks what holds after any look at all, clocks set back and
// months of silence included.
func TestEveryLook(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, w := settings(t)
		list := looks(t, anyGaps)
		changes, tracks := replay(p, w, list)
		var before diff.Track
		var latest time.Time
		for i, c := range changes {
			after := tracks[i]
			if list[i].At.After(latest) {
				latest = list[i].At
			}
			if c != nil && !c.ObservedAt.Equal(latest) {
				t.Fatalf("look %d at %v: the record was observed at %v, want the latest time so far, %v", i, list[i].At, c.ObservedAt, latest)
			}
			checkState(t, i, before.State, after.State)
			if c == nil {
				checkQuiet(t, i, before.State, after.State)
			} else {
				checkRecord(t, i, before.State, after.State, c)
			}
			before = after
		}
	})
}

func checkState(t *rapid.T, i int, before, s stock.State) {
	if s.Availability != s.Offer.Availability || s.Price != s.Offer.Price || s.SaleMode != s.Offer.SaleMode {
		t.Fatalf("look %d: state %v %v %q and its offer %v %v %q differ", i,
			s.Availability, s.Price, s.SaleMode, s.Offer.Availability, s.Offer.Price, s.Offer.SaleMode)
	}
	group := s.Availability.Group()
	if before.Availability.Group() != stock.GroupUnknown && group == stock.GroupUnknown {
		t.Fatalf("look %d: state %v became %v", i, before.Availability, s.Availability)
	}
	if s.LowTold && group != stock.Now {
		t.Fatalf("look %d: few left was told in this in-stock period, and the state is %v", i, s.Availability)
	}
	if s.StaleTold && group != stock.No {
		t.Fatalf("look %d: that it is out for long was told in this time out of stock, and the state is %v", i, s.Availability)
	}
	if s.LastPriceNow.Known() && (s.LastPriceNow.Minor <= 0 || s.LastPriceNow.Currency == "") {
		t.Fatalf("look %d: price to beat is %v", i, s.LastPriceNow)
	}
	in, out := s.LastIn, s.LastOut
	if group == stock.No {
		in, out = out, in
	}
	if group != stock.GroupUnknown && (in.Before(s.Since) || in.After(s.ObservedAt) || !out.IsZero() && out.After(s.Since) && out.After(in)) {
		t.Fatalf("look %d: %v since %v, last in %v, last out %v, observed at %v", i, s.Availability, s.Since, s.LastIn, s.LastOut, s.ObservedAt)
	}
	if s.ObservedAt.Before(before.ObservedAt) || s.Since.Before(before.Since) || s.LastIn.Before(before.LastIn) || s.LastOut.Before(before.LastOut) {
		t.Fatalf("look %d: a time of the state went backwards:\nfrom %+v\n  to %+v", i, before, s)
	}
}

// checkQuiet: without a record nothing changes that a record would have to tell.
func checkQuiet(t *rapid.T, i int, before, after stock.State) {
	if before.Availability.Group() != after.Availability.Group() {
		t.Fatalf("look %d: %v became %v without a record", i, before.Availability, after.Availability)
	}
	if before.StaleTold != after.StaleTold && after.Availability.Group() == stock.No {
		t.Fatalf("look %d: stale_told %v -> %v without a record", i, before.StaleTold, after.StaleTold)
	}
	if before.LowTold != after.LowTold || (before.Problem == nil) != (after.Problem == nil) {
		t.Fatalf("look %d: low_told %v -> %v, problem %v -> %v without a record", i, before.LowTold, after.LowTold, before.Problem, after.Problem)
	}
	if b, a := before.LastPriceNow, after.LastPriceNow; b != a && b.Comparable(a) {
		t.Fatalf("look %d: price to beat %v -> %v without a record", i, b, a)
	}
}

func checkRecord(t *rapid.T, i int, before, after stock.State, c *stock.Change) {
	if c.V != stock.RecordVersion || c.Product.ID != "p" || c.Watch.ID != "tid" {
		t.Fatalf("look %d: record of v%d, product %q, watch %q", i, c.V, c.Product.ID, c.Watch.ID)
	}
	if !reflect.DeepEqual(c.State, after) {
		t.Fatalf("look %d: the record says\n%+v\nand the state is\n%+v", i, c.State, after)
	}
	order := stock.Kinds()
	kinds := without(c)
	for j, k := range kinds {
		if !slices.Contains(order, k) || j > 0 && slices.Index(order, k) <= slices.Index(order, kinds[j-1]) {
			t.Fatalf("look %d: kinds %v, want them strongest first, each once", i, kinds)
		}
	}
	if known := before.Availability.Group() != stock.GroupUnknown || before.Clarity != nil; known != (c.Previous != nil) {
		t.Fatalf("look %d: previous is %v, the state before was %v", i, c.Previous, before.Availability)
	}
	if c.Previous != nil {
		checkPrevious(t, i, before, kinds, *c.Previous)
	}
	var back stock.Change
	if b := mustJSON(t, c); json.Unmarshal([]byte(b), &back) != nil || mustJSON(t, back) != b {
		t.Fatalf("look %d: record %s read back from JSON is %+v", i, b, back)
	}
	is, was := after.Availability.Group(), before.Availability.Group()
	doubt, drawn := before.Clarity, before.Availability.Purchasable() && before.SaleMode.Drawn()
	opened := drawn && !after.SaleMode.Drawn()
	for _, k := range kinds {
		ok := true
		switch k {
		case stock.Restocked:
			ok = is == stock.Now && (doubt != nil || was == stock.No || was == stock.Later || opened)
		case stock.LotteryOpen:
			ok = after.Availability.Purchasable() && after.SaleMode.Drawn() && (was != stock.Now || doubt != nil)
		case stock.Orderable:
			ok = is == stock.Later && (was == stock.No || doubt != nil || opened)
		case stock.SoldOutKind:
			ok = before.Availability.Purchasable() && is != stock.Now
		case stock.PriceDrop:
			ok = is != stock.No && after.LastPriceNow.Minor < before.LastPriceNow.Minor && after.Price == after.LastPriceNow
		case stock.PriceRise:
			ok = is != stock.No && after.LastPriceNow.Minor > before.LastPriceNow.Minor && after.Price == after.LastPriceNow
		case stock.LowStock:
			ok = is == stock.Now && after.LowTold && after.Offer.Quantity != nil
		case stock.StaleOut:
			ok = is == stock.No && after.StaleTold && !before.StaleTold && after.ObservedAt.Sub(after.Since) >= 30*24*time.Hour
		case stock.Gone:
			ok = after.Availability == stock.Discontinued && before.Availability != stock.Discontinued && !after.Price.Known()
		case stock.UnclearKind:
			ok = c.Clarity != nil && was == is && is != stock.No
		case stock.MaybeRestocked:
			ok = c.Clarity != nil && c.Clarity.Maybe && c.Clarity.Leans == stock.LeansYes && was == is && (is == stock.No || doubt != nil && doubt.Leans == stock.LeansNo)
		case stock.Cleared:
			ok = doubt != nil && c.Clarity == nil
		case stock.OfferChanged:
			ok = is != stock.No && is == was
		case stock.Unread:
			ok = before.Problem == nil && after.Problem != nil && after.Problem.In(stock.English) != ""
		case stock.Readable:
			ok = before.Problem != nil && after.Problem == nil
		}
		if !ok {
			t.Fatalf("look %d: %s from\n%+v\nto\n%+v", i, k, before, after)
		}
	}
}

func checkPrevious(t *rapid.T, i int, before stock.State, kinds []stock.Kind, got stock.Previous) {
	price, orderable := before.Price, before.Availability.Purchasable()
	beaten := slices.Contains(kinds, stock.PriceDrop) || slices.Contains(kinds, stock.PriceRise)
	switch {
	case orderable && before.Unpriced && !beaten:
		price = stock.Price{}
	case !price.Known() || beaten || orderable && before.Clarity != nil:
		price = before.LastPriceNow
	}
	want := stock.Previous{Availability: before.Availability, Price: price, Terms: before.Offer.Terms(), Since: before.Since, Clarity: before.Clarity}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("look %d: previous is %+v, want %+v", i, got, want)
	}
}

// TestRecordsChain reads only the records, as everybody else does.
func TestRecordsChain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, w := settings(t)
		changes, _ := replay(p, w, looks(t, anyGaps))
		known, inStock := false, false
		var group stock.Group
		for i, c := range changes {
			if c == nil {
				continue
			}
			kinds := without(c)
			if c.Availability.Group() != stock.GroupUnknown && !known {
				if !slices.Contains(kinds, stock.Baseline) && !c.WasUnclear() {
					t.Fatalf("look %d: the first record that knows something is %v, want baseline", i, kinds)
				}
				known = true
			} else if c.Previous != nil && c.Previous.Availability.Group() != group {
				t.Fatalf("look %d: previous is %v, and the record before said %v", i, c.Previous.Availability, group)
			}
			if slices.Contains(kinds, stock.Restocked) {
				if opened := c.Previous.SaleMode.Drawn() && !c.SaleMode.Drawn(); inStock && !c.WasUnclear() && !opened {
					t.Fatalf("look %d: restocked, and no record since the last one said that it was sold out, drawn or in doubt", i)
				}
			}
			group = c.Availability.Group()
			inStock = group == stock.Now
		}
	})
}

// TestWhatTellsNothingChangesNothing takes the looks that told nothing out of a
// life and expects the same records, those of trouble aside.
func TestWhatTellsNothingChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, w := settings(t)
		list := looks(t, shortGaps)
		all, _ := replay(p, w, list)
		var kept []stock.Observation
		var want []*stock.Change
		for i, told := range resolve(list) {
			if told != nil {
				kept, want = append(kept, list[i]), append(want, all[i])
			} else if kinds := without(all[i], stock.Unread, stock.Readable); len(kinds) > 0 {
				t.Fatalf("look %d (%v %v) told nothing and brought %v", i, list[i].Outcome, list[i].Offer.Availability, kinds)
			}
		}
		got, _ := replay(p, w, kept)
		for i := range got {
			a, b := without(got[i], stock.Unread, stock.Readable), without(want[i], stock.Unread, stock.Readable)
			if !slices.Equal(a, b) {
				t.Fatalf("look %d of those that told something: %v, and %v when others stand between", i, a, b)
			}
			if len(a) > 0 && (mustJSON(t, got[i].Offer) != mustJSON(t, want[i].Offer) || !reflect.DeepEqual(got[i].Previous, want[i].Previous) || got[i].Since != want[i].Since) {
				t.Fatalf("look %d of those that told something: records\n%s\n%s", i, mustJSON(t, got[i]), mustJSON(t, want[i]))
			}
		}
	})
}

// TestThirtyDaysBlind: the first good look after so long a time tells no change.
func TestThirtyDaysBlind(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, w := settings(t)
		list := looks(t, anyGaps)
		told := resolve(list)
		changes, tracks := replay(p, w, list)
		var clock, unclear time.Time // the latest time so far, and that of the latest unclear look
		for i := range list {
			if list[i].At.After(clock) {
				clock = list[i].At
			}
			if told[i] != nil && told[i].Class() == stock.LookUnclear {
				unclear = clock
			}
			if i == 0 {
				continue
			}
			last := tracks[i-1].LastGood()
			if unclear.After(last) {
				last = unclear
			}
			if last.IsZero() || list[i].At.Sub(last) < 30*24*time.Hour || told[i] == nil || told[i].Outcome == stock.NotFound {
				continue
			}
			if got := without(changes[i], stock.Readable); told[i].Class() == stock.LookTold && !slices.Equal(got, []stock.Kind{stock.Baseline}) {
				t.Fatalf("look %d, %v after the last good one: %v, want baseline", i, list[i].At.Sub(last), got)
			}
		}
	})
}

// TestFlickerIsSilent: in and out by turns never agrees with itself.
func TestFlickerIsSilent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, w := settings(t)
		p.LowStock, w.Confirm = 0, rapid.IntRange(2, 4).Draw(t, "confirm")
		var track diff.Track
		for i := range rapid.IntRange(1, 40).Draw(t, "looks") {
			o := stock.Observation{Outcome: stock.OK, Strong: true, At: midnight.Add(time.Duration(i) * time.Minute)}
			o.Offer = stock.Offer{Availability: stock.OutOfStock, Price: stock.Yen(1980)}
			if i%2 == 1 {
				o.Offer.Availability = stock.InStock
			}
			var c *stock.Change
			if track, c = track.Fold(p, w, o); c != nil && i > 0 {
				t.Fatalf("look %d, %v: got %s, want no record", i, o.Offer.Availability, c.Kind)
			}
		}
	})
}
