package notify

import (
	"slices"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Several shops follow the first in the last minute before quiet hours. In the
// morning the one that still has it is told, whichever stood in front at night.
func TestWhatWasToComeTogetherIsHeldOneByOne(t *testing.T) {
	for left := range 3 {
		atNoon(t, func(t *testing.T, now time.Time) {
			p, s, people := switch2(), newStore(), newPeople()
			r := quietRules(p, now.Add(30*time.Second), stock.QuietHold)
			n := New(Options{Store: s, People: people, Rules: r})
			for i := range 3 {
				route(t, n, s.add(uint64(5+i), shopRestock(p, i, now)))
			}
			drainOutbox(t, n, s, "phone")
			time.Sleep(time.Minute)
			flushAll(t, n, people)
			flushAll(t, n, people)
			if got := s.ids(); len(got) != 0 {
				t.Fatalf("in quiet hours the outbox has %v, want nothing", got)
			}
			for i := range 3 {
				if i == left {
					continue
				}
				c := shopRestock(p, i, time.Now())
				c.Kind, c.Availability, c.Offer.Availability = stock.SoldOutKind, stock.OutOfStock, stock.OutOfStock
				s.add(uint64(10+i), c)
			}
			time.Sleep(9 * time.Hour)
			if err := n.held.release(t.Context(), "phone", "rp"); err != nil {
				t.Fatal(err)
			}
			var told []string
			for _, l := range s.letters() {
				told = append(told, l.Alert.Watch.ID)
			}
			want := []string{p.Watches[left].ID}
			if left == 0 { // which was told before quiet hours
				want = nil
			}
			if !slices.Equal(told, want) || len(people.keys(heldFacts)) != 0 {
				t.Errorf("shop %d is left: told %v and still held %v, want %v and none", left, told, people.keys(heldFacts), want)
			}
		})
	}
}

// A letter that came by another channel's failure before the group knew of its
// record is not told again with the others.
func TestWhatWasToldAloneIsNotToldTogether(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		p, s, people := switch2(), newStore(), newPeople()
		r := rulesFor(p)
		r.Targets = r.Targets[:1]
		n := New(Options{Store: s, People: people, Rules: r})
		for i := range 3 {
			route(t, n, s.add(uint64(5+i), shopRestock(p, i, now)))
		}
		s.sent["6_phone_rp"] = stock.Receipt{}
		time.Sleep(time.Minute)
		flushAll(t, n, people)
		for _, l := range s.letters() {
			if l.Event == "5" {
				continue
			}
			if l.ID() != "dg7_phone_rp" || len(l.Tells) != 0 || l.Alert.Watch.ID != p.Watches[2].ID || slices.Contains(l.Alert.Marks, alerttext.MarkTogether) {
				t.Errorf("letter %s tells %v of %s with marks %v, want record 7 alone", l.ID(), l.Tells, l.Alert.Watch.ID, l.Alert.Marks)
			}
		}
		if got := s.ids(); len(got) != 2 {
			t.Errorf("outbox %v, want two letters", got)
		}
	})
}
