package web

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sainyuka/sainyuka/internal/board"
	"github.com/sainyuka/sainyuka/internal/pack"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// entryOf is the record of a watch as a page with structured data makes it.
func entryOf(p stock.Product, at time.Time) stock.Entry {
	w, name := p.Watches[0], "アカリ ランプ 北欧 真鍮 "+p.ID
	return stock.Entry{Seq: 1, At: at, Change: stock.Change{
		V: stock.RecordVersion, Product: stock.ProductRef{ID: p.ID, Name: p.Name}, Watch: stock.WatchRef{ID: w.ID, URL: w.URL, Source: "page"},
		Kind: stock.Baseline, PublishedAt: at,
		State: stock.State{
			Availability: stock.OutOfStock, Price: stock.Yen(9900), Since: at, LastOut: at, ObservedAt: at,
			Offer:    stock.Offer{Availability: stock.OutOfStock, Price: stock.Yen(9900), Title: name, Seller: "明かりの店", URL: w.URL, SKU: p.ID},
			Evidence: append(pack.SampleEvidence()[:8:8], stock.Evidence{Method: stock.MethodJSONLD, Fact: "title", Value: name, Text: name, Where: "script[0].name"}),
		},
	}}
}

// What the dashboard knows of a watch is told as it was heard.
func TestPackedRecordsAreShownWhole(t *testing.T) {
	at := time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)
	p := stock.Product{ID: "lamp", Name: "ランプ", Watches: []stock.Watch{{ID: "w", URL: "https://lamp.example/1"}}}
	l := newLive(func() []stock.Product { return []stock.Product{p} })
	if got := l.get("w"); got != (board.Known{}) {
		t.Errorf("of a watch of which nothing was heard: %v, want nothing", got)
	}
	e := entryOf(p, at)
	look := stock.Look{Watch: "w", At: at, Outcome: stock.NotModified, Availability: stock.OutOfStock, Source: "page", Next: at.Add(time.Minute), Reason: stock.Because(stock.ReasonNoOutcome)}
	l.record("w", e)
	l.look([]stock.Look{look})
	got := l.get("w")
	if d := cmp.Diff(&e, got.Record); d != "" {
		t.Errorf("the record (-heard +shown):\n%s", d)
	}
	if d := cmp.Diff(&look, got.Look); d != "" {
		t.Errorf("the look (-heard +shown):\n%s", d)
	}
}

// A watch more costs the dashboard so many bytes at most, its row in the list included.
func TestBytesPerWatch(t *testing.T) {
	const watches, most = 20_000, 1100
	at := time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)
	var products []stock.Product
	for n := range watches {
		id := fmt.Sprintf("lamp-%d", n)
		products = append(products, stock.Product{ID: id, Name: "ランプ " + id, Watches: []stock.Watch{{ID: "watch-of-26-characters-" + id, URL: "https://lamp.example/" + id}}})
	}
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	l := newLive(func() []stock.Product { return products })
	for _, p := range products {
		w := p.Watches[0].ID
		l.record(w, entryOf(p, at))
		l.look([]stock.Look{{Watch: w, At: at, Outcome: stock.OK, Availability: stock.OutOfStock, Source: "page", Next: at.Add(time.Minute), Why: stock.Why(stock.Because(stock.ReasonItsTurn))}})
	}
	rows := l.rows.all()
	each := int64(heap()-before) / watches
	if each > most {
		t.Errorf("a watch takes %d bytes of the dashboard's memory, want at most %d", each, most)
	}
	if len(rows) != watches || rows[0].Class != board.No {
		t.Errorf("%d rows, the first of class %s; want %d, %s", len(rows), rows[0].Class, watches, board.No)
	}
	t.Logf("%d bytes per watch", each)
	runtime.KeepAlive(l)
	runtime.KeepAlive(products)
}
