package wishlist

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// That a list cannot be read is known wherever the facts are, since when and why, until it
// can be read again.
func TestStatesSayWhyAListCannotBeRead(t *testing.T) {
	s := &lists{}
	s.set(wishes.URL, stock.Observation{Outcome: stock.Disallowed, Reason: stock.Because(stock.ReasonTerms, "shop.example")})
	state := func(r *Reader) State {
		t.Helper()
		synctest.Wait()
		all, err := r.States(t.Context())
		if err != nil || len(all) != 1 || all[0].List != wishes {
			t.Fatalf("States = %+v, %v, want one of %+v", all, err, wishes)
		}
		return all[0]
	}
	following(t, s, func(r *Reader) {
		began := time.Now()
		for range 2 {
			if got := state(r); got.Trouble == nil || got.Trouble.Outcome != stock.Disallowed || got.Trouble.Code != stock.ReasonTerms || !got.Trouble.Since.Equal(began) || !got.ReadAt.IsZero() {
				t.Errorf("a list whose shop's terms nobody took on: %+v, want that since %s", got, began)
			}
			time.Sleep(10*time.Minute + time.Second)
		}
		s.set(wishes.URL, part("", "a"))
		time.Sleep(time.Hour)
		if got := state(r); got.Trouble != nil || got.ReadAt.IsZero() {
			t.Errorf("a list that is read again: %+v, want no trouble and when it was read", got)
		}
		wrong := List{ID: wishes.ID, URL: "https://shop.example/wrong", Interval: wishes.Interval}
		r.Set([]List{wrong})
		synctest.Wait()
		if all, err := r.States(t.Context()); err != nil || all[0].Trouble == nil || !all[0].ReadAt.IsZero() {
			t.Errorf("another address, at which there is no list: %+v, %v; want its own trouble alone", all, err)
		}
	}, wishes)
}

// Of what was proposed nothing comes again, however a process ends between two items.
func TestEachItemIsNotedBeforeTheNext(t *testing.T) {
	s := &lists{}
	s.set(wishes.URL, part("", "a", "b", "c"))
	noted := 0
	s.propose = func() {
		r := s.reader()
		m, err := r.remembered(t.Context(), wishes)
		if err != nil || len(m.Proposed) != noted {
			t.Errorf("before item %d %d are noted (%v)", noted+1, len(m.Proposed), err)
		}
		noted++
	}
	following(t, s, func(*Reader) {
		want(t, "three items", s, []string{wishes.URL}, []string{"wishes a", "wishes b", "wishes c"})
	}, wishes)
	if noted != 3 {
		t.Errorf("%d items were proposed, want 3", noted)
	}
}

// A long gap of the host is no reason to give a part up.
func TestPartsOfAHostWithALongGap(t *testing.T) {
	const more = "https://shop.example/more"
	s := &lists{every: 10 * time.Minute}
	s.set(wishes.URL, part(more, "a"))
	s.set(more, part("", "b"))
	following(t, s, func(*Reader) {
		time.Sleep(20*time.Minute + time.Second)
		want(t, "two parts, ten minutes apart", s, []string{wishes.URL, more}, []string{"wishes a", "wishes b"})
	}, wishes)
}
