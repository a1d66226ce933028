package diff_test

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"
	"unsafe"

	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/diff"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// TestStateSurvivesJSON: what is read back from a record has the same future.
func TestStateSurvivesJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, w := settings(t)
		var a, b diff.Track
		for i, o := range looks(t, anyGaps) {
			if rapid.Bool().Draw(t, "round trip") {
				s := mustJSON(t, b.State)
				b.State = stock.State{}
				if err := json.Unmarshal([]byte(s), &b.State); err != nil {
					t.Fatalf("state %s read from JSON: %v", s, err)
				}
			}
			var ca, cb *stock.Change
			a, ca = a.Fold(p, w, o)
			b, cb = b.Fold(p, w, o)
			if x, y := mustJSON(t, ca), mustJSON(t, cb); x != y {
				t.Fatalf("look %d made\n%s\nand with the state read from JSON\n%s", i, x, y)
			}
		}
	})
}

// TestRebase: an append was refused, so the same look is folded once more.
func TestRebase(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, w := settings(t)
		list := looks(t, anyGaps)
		changes, tracks := replay(p, w, list)
		var before diff.Track
		for i, c := range changes {
			if c != nil {
				checkRebase(t, p, w, list[i], before, c)
			}
			before = tracks[i]
		}
	})
}

func checkRebase(t *rapid.T, p stock.Product, w stock.Watch, o stock.Observation, before diff.Track, c *stock.Change) {
	if _, again := before.Rebase(c).Fold(p, w, o); again != nil {
		t.Fatalf("rebased on the record that the look itself made (%s), the look makes %s again", c.Kind, again.Kind)
	}
	if before.LastGood().IsZero() {
		return // no record to stand on
	}
	same := stock.Change{State: before.State}
	if _, again := before.Rebase(&same).Fold(p, w, o); mustJSON(t, again) != mustJSON(t, c) {
		t.Fatalf("rebased on the state it had, the look makes\n%s\nwant\n%s", mustJSON(t, again), mustJSON(t, c))
	}
}

// TestRebaseAfterFold: a watcher that kept the Track from after the look need not
// wait for the confirmation once more.
func TestRebaseAfterFold(t *testing.T) {
	p, w := stock.Product{ID: "p"}, stock.Watch{ID: "tid", Confirm: 3}
	out := stock.Observation{Outcome: stock.OK, At: midnight, Offer: stock.Offer{Availability: stock.OutOfStock}}
	in := stock.Observation{Outcome: stock.OK, At: midnight, Offer: stock.Offer{Availability: stock.InStock}}
	track, base := diff.Start(nil).Fold(p, w, out)
	track, _ = track.Fold(p, w, in)
	track, _ = track.Fold(p, w, in)
	track, first := track.Fold(p, w, in)
	if first == nil || first.Kind != stock.Restocked {
		t.Fatalf("third look in stock with confirm = 3 made %v, want restocked", first)
	}
	if _, again := track.Rebase(base).Fold(p, w, in); again == nil || again.Kind != stock.Restocked {
		t.Errorf("the same look after Rebase made %v, want restocked", again)
	}
	if _, none := track.Rebase(nil).Fold(p, w, in); none == nil || none.Kind != stock.Baseline {
		t.Errorf("the same look when the records are gone made %v, want baseline", none)
	}
}

// TestRebaseOnNewerRecord: the other watcher knows more than this one.
func TestRebaseOnNewerRecord(t *testing.T) {
	at := func(minutes int) time.Time { return midnight.Add(time.Duration(minutes) * time.Minute) }
	see := func(minutes int, o stock.Outcome, a stock.Availability) stock.Observation {
		return stock.Observation{Outcome: o, At: at(minutes), Offer: stock.Offer{Availability: a}}
	}
	p, w := stock.Product{ID: "p"}, stock.Watch{ID: "tid", Confirm: 2}
	out := stock.Change{State: stock.State{Availability: stock.OutOfStock, Since: at(30), LastOut: at(30), ObservedAt: at(30)}}

	track, _ := diff.Start(nil).Fold(p, w, see(0, stock.OK, stock.OutOfStock))
	track, _ = track.Fold(p, w, see(5, stock.OK, stock.InStock))
	_, c := track.Rebase(&out).Fold(p, w, see(31, stock.OK, stock.InStock))
	if c == nil || c.Kind != stock.Restocked || c.Since.Before(c.LastOut) {
		t.Errorf("second of two looks in stock, the other saw it sold out between: got %+v, want restocked, since no earlier than last out", c)
	}

	track = diff.Start(&stock.Change{State: stock.State{Availability: stock.OutOfStock, LastOut: at(0), ObservedAt: at(0)}})
	for i := range 9 {
		track, _ = track.Fold(p, w, see(i, stock.Blocked, stock.Unknown))
	}
	if _, c := track.Rebase(&out).Fold(p, w, see(7*60, stock.Blocked, stock.Unknown)); c != nil {
		t.Errorf("a tenth bad look, the other had a good one between: got %s, want nothing", c.Kind)
	}
}

// TestGoneHasItsEvidence: the record of a page that is not there says what said so.
func TestGoneHasItsEvidence(t *testing.T) {
	p, w := stock.Product{ID: "p"}, stock.Watch{ID: "tid"}
	track, _ := diff.Start(nil).Fold(p, w, stock.Observation{Outcome: stock.OK, Source: "rakuten", At: midnight, Offer: stock.Offer{Availability: stock.InStock}})
	track, _ = track.Fold(p, w, stock.Observation{Outcome: stock.NotFound, At: midnight})
	_, c := track.Fold(p, w, stock.Observation{Outcome: stock.NotFound, Source: "rakuten", At: midnight, Reason: stock.Said("404 Not Found")})
	if c == nil || c.Kind != stock.Gone || c.Watch.Source != "rakuten" {
		t.Fatalf("second 404: got %+v, want gone with source rakuten", c)
	}
	if len(c.Evidence) != 1 || c.Evidence[0].Method != stock.MethodStatus || c.Evidence[0].Sentence() != `availability Discontinued: "404 Not Found"` {
		t.Errorf("evidence of gone is %+v, want the status and its reason", c.Evidence)
	}
}

// TestTrackIsAValue: whatever is folded afterwards, an old Track answers as before.
func TestTrackIsAValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, w := settings(t)
		list := looks(t, anyGaps)
		changes, tracks := replay(p, w, list)
		said := make([]string, len(changes))
		for i, c := range changes {
			said[i] = mustJSON(t, c)
		}
		for i, track := range append([]diff.Track{{}}, tracks...) {
			if i == len(list) {
				break
			}
			next, c := track.Fold(p, w, list[i])
			if !reflect.DeepEqual(c, changes[i]) || !reflect.DeepEqual(next.State, tracks[i].State) || mustJSON(t, changes[i]) != said[i] {
				t.Fatalf("look %d folded a second time made\n%s\nwant\n%s", i, mustJSON(t, c), said[i])
			}
		}
	})
}

// TestSeenAt: what memory restores never moves a time back.
func TestSeenAt(t *testing.T) {
	at := func(h int) time.Time { return midnight.Add(time.Duration(h) * time.Hour) }
	last := stock.Change{State: stock.State{Availability: stock.OutOfStock, LastIn: at(1), LastOut: at(2), ObservedAt: at(2)}}
	track := diff.Start(&last)
	if got, want := track.LastGood(), at(2); !got.Equal(want) {
		t.Errorf("Start: last good look at %v, want %v", got, want)
	}
	for _, tt := range []struct{ seen, want time.Time }{{time.Time{}, at(2)}, {at(1), at(2)}, {at(9), at(9)}} {
		got := track.SeenAt(tt.seen)
		if !got.LastGood().Equal(tt.want) || !got.State.LastOut.Equal(tt.want) || !got.State.LastIn.Equal(at(1)) {
			t.Errorf("SeenAt(%v): last good %v, last out %v, last in %v; want %v, %v, %v", tt.seen,
				got.LastGood(), got.State.LastOut, got.State.LastIn, tt.want, tt.want, at(1))
		}
	}
	search, _ := diff.Start(nil).Fold(stock.Product{}, stock.Watch{}, stock.Observation{Outcome: stock.OK, IsSearch: true, At: at(3)})
	if got := search.LastGood(); !got.Equal(at(3)) {
		t.Errorf("a search page read at %v: last good look at %v", at(3), got)
	}
	last.Problem = &stock.Problem{Reason: stock.Said("blocked"), Since: at(2)}
	last.ObservedAt = at(8)
	earlier := stock.Observation{Outcome: stock.OK, Strong: true, At: at(7), Offer: stock.Offer{Availability: stock.InStock}}
	if _, c := diff.Start(&last).Fold(stock.Product{}, stock.Watch{}, earlier); c == nil || !c.ObservedAt.Equal(at(8)) {
		t.Errorf("a look of %v after a record of %v: got %+v, want a record no older than the last", at(7), at(8), c)
	}
	if got, want := diff.Start(&last).LastGood(), at(2); !got.Equal(want) {
		t.Errorf("Start from an unreadable record: last good look at %v, want %v, since the record's own look was bad", got, want)
	}
}

// TestFoldIsTotal feeds what no source should make.
func TestFoldIsTotal(t *testing.T) {
	odd := rapid.Custom(func(t *rapid.T) stock.Observation {
		o := stock.Observation{
			Outcome: stock.Outcome(rapid.SampledFrom([]string{"", "ok", "not_modified", "not_found", "odd"}).Draw(t, "outcome")),
			Reason:  stock.Said(string(rapid.SliceOfN(rapid.Byte(), 0, 500).Draw(t, "reason"))),
			At:      time.Unix(rapid.Int64Range(-1<<40, 1<<37).Draw(t, "at"), 0),
			Strong:  rapid.Bool().Draw(t, "strong"),
		}
		o.Offer.Availability = stock.Availability(rapid.Byte().Draw(t, "availability"))
		o.Offer.Price = stock.Price{Minor: rapid.Int64().Draw(t, "minor"), Currency: rapid.SampledFrom([]string{"", "JPY", "円"}).Draw(t, "currency")}
		q := rapid.SampledFrom([]int64{math.MinInt64, -1, 0, math.MaxInt64}).Draw(t, "quantity")
		o.Offer.Quantity = &q
		return o
	})
	rapid.Check(t, func(t *rapid.T) {
		p := stock.Product{LowStock: rapid.Int64().Draw(t, "low_stock")}
		w := stock.Watch{Confirm: rapid.Int().Draw(t, "confirm")}
		track := diff.Start(&stock.Change{State: stock.State{Availability: stock.Availability(rapid.Byte().Draw(t, "first"))}})
		for _, o := range rapid.SliceOfN(odd, 0, 30).Draw(t, "looks") {
			var c *stock.Change
			track, c = track.Fold(p, w, o)
			if c != nil && c.Availability.Group() == stock.GroupUnknown && c.Problem == nil && c.Kind != stock.Readable {
				t.Fatalf("%+v made %s with availability %v", o, c.Kind, c.Availability)
			}
			if c != nil && c.Problem != nil && len(c.Problem.Reason.Text) > 300 {
				t.Fatalf("a reason of %d bytes stands in the record, want at most 300", len(c.Problem.Reason.Text))
			}
		}
	})
}

// TestTrackIsSmall: there is one for each of ten thousand watches.
func TestTrackIsSmall(t *testing.T) {
	const most = 256
	if got := unsafe.Sizeof(diff.Track{}) - unsafe.Sizeof(stock.State{}); got > most {
		t.Errorf("a Track is %d bytes beside its State, want at most %d", got, most)
	}
}

func BenchmarkFoldUnchanged(b *testing.B) {
	p, w := stock.Product{ID: "p"}, stock.Watch{ID: "tid"}
	o := stock.Observation{Outcome: stock.OK, Strong: true, At: midnight, Offer: stock.Offer{Availability: stock.OutOfStock, Price: stock.Yen(1980)}}
	track, _ := diff.Start(nil).Fold(p, w, o)
	b.ReportAllocs()
	for b.Loop() {
		track, _ = track.Fold(p, w, o)
	}
}
