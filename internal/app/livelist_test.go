package app

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// watchRow has the page note when the row of the product comes to say each state.
	watchRow = `
		const row = document.getElementById("p-vane");
		window.turns = [];
		new MutationObserver(() => {
			const badge = row.querySelector(".badge").className;
			if (turns.at(-1)?.badge !== badge) turns.push({badge, at: Date.now()});
		}).observe(row, {subtree: true, childList: true, characterData: true, attributes: true});
		return "";`
	turns = `return JSON.stringify(window.turns)`
)

// others are so many products beside, which make a list longer than a phone's screen.
const others = 12

// liveLimit is how soon after its record a change is on a page that is open.
const liveLimit = time.Second

// What changes is on the open page within a second of its record, by the stream and without
// a reload, and the person there stays where they were: focus, selection, the open fold and
// how far they have scrolled. Of several changes the soonest counts: it is the program that is
// judged, not the machine, which does other things beside.
func TestLiveListInBrowsers(t *testing.T) {
	inBrowsers(t, func(t *testing.T, start func(*testing.T) browserOf) {
		b := newBox(t, Watch|Notify, "min_interval = \"100ms\"", "min_interval = \"100ms\"\nconfirm = 1", "[[product]]\nid = \"vane\"", "[host.\"other.example\"]\nevery = \"100ms\"\n[[product]]\nid = \"vane\"", "[[channel]]\nid = \"screen\"", manyProducts(others)+"[[channel]]\nid = \"screen\"")
		for i := range others {
			b.set(otherURL(i), stock.OutOfStock)
		}
		b.run(t)
		b.ready(t)
		tid := b.watchOf(t, itemURL)
		eventually(t, "the first record of each", func() bool {
			return strings.Contains(b.get(t, "/"), fmt.Sprintf(`<b data-count="no">%d</b>`, others+1))
		})
		f := start(t)
		home := "http://" + b.Addr() + "/"
		f.open(t, home)
		if got := f.run(t, remember); got != "focused" {
			t.Fatalf("the link of the row is %s", got)
		}
		f.run(t, watchRow)
		f.run(t, `scrollTo(0, 120); return ""`)
		scrolled := f.run(t, `return String(scrollY)`)
		if scrolled == "0" {
			t.Fatal("the page cannot be scrolled, so that nothing is shown by its place")
		}
		_, before := f.heard(t)
		var soonest time.Duration
		states := []stock.Availability{stock.InStock, stock.OutOfStock, stock.InStock, stock.OutOfStock, stock.InStock}
		for i, state := range states {
			b.set(itemURL, state)
			var seen []struct {
				Badge string
				At    int64
			}
			eventually(t, fmt.Sprintf("change %d on the page", i+1), func() bool {
				return json.Unmarshal([]byte(f.run(t, turns)), &seen) == nil && len(seen) == i+1
			})
			records := b.records(t, tid)
			if len(records) != i+2 {
				t.Fatalf("after %d changes there are %d records, want one more", i+1, len(records))
			}
			took := time.UnixMilli(seen[i].At).Sub(records[i+1].Truncate(time.Millisecond))
			t.Logf("change %d was on the page %v after its record", i+1, took)
			if took < 0 {
				t.Errorf("change %d was on the page %v before its record", i+1, -took)
			}
			if i == 0 || took < soonest {
				soonest = took
			}
		}
		if soonest > liveLimit {
			t.Errorf("the soonest change was on the page %v after its record, want at most %v", soonest, liveLimit)
		}
		if got := f.run(t, compare); got != "nothing" {
			t.Errorf("when the row changed, lost was: %s", got)
		}
		if got := f.run(t, `return String(scrollY)`); got != scrolled {
			t.Errorf("the page was scrolled to %s, and is at %s now", scrolled, got)
		}
		_, asked := f.heard(t)
		for _, a := range asked[len(before):] {
			if !strings.Contains(a, "/events?") && !strings.Contains(a, "/static/icon") { // which a browser takes when it likes
				t.Errorf("the page asked for %s when a row changed, want nothing but its stream", a)
			}
		}
	})
}

func otherURL(i int) string { return fmt.Sprintf("http://other.example/item/%d", i) }

// manyProducts are n of those, as a configuration has them.
func manyProducts(n int) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "[[product]]\nid = \"other-%d\"\n[[product.watch]]\nurl = %q\ninterval = \"1h\"\n", i, otherURL(i))
	}
	return text.String()
}

// records returns when each record of a watch was written, oldest first.
func (b *box) records(t *testing.T, tid string) []time.Time {
	t.Helper()
	entries, err := b.live.bus.History(t.Context(), tid, 100)
	if err != nil {
		t.Fatalf("read the records of a watch: %v", err)
	}
	var at []time.Time
	for _, e := range entries {
		at = append(at, e.At)
	}
	return at
}
