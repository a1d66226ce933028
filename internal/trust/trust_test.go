package trust_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/trust"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// replay looks at watches: "a in/out" is watch a, whose data says in and whose box
// says out; "-" says nothing. It goes through JSON after every look.
func replay(t *testing.T, history string) trust.Host {
	t.Helper()
	var h trust.Host
	words := strings.Fields(history)
	for i := 0; i+1 < len(words); i += 2 {
		data, box, _ := strings.Cut(words[i+1], "/")
		h.Saw(words[i], noon.Add(time.Duration(i)*time.Minute), []stock.MethodVerdict{
			{Method: stock.MethodJSONLD, Availability: says(t, data)}, {Method: stock.MethodBuyBox, Availability: says(t, box)},
		})
		b, err := json.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		h = trust.Host{}
		if err := json.Unmarshal(b, &h); err != nil {
			t.Fatalf("read %s: %v", b, err)
		}
	}
	return h
}

func says(t *testing.T, word string) stock.Availability {
	t.Helper()
	a, ok := map[string]stock.Availability{"in": stock.InStock, "pre": stock.PreOrder, "out": stock.OutOfStock, "gone": stock.SoldOut, "-": stock.Unknown}[word]
	if !ok {
		t.Fatalf("no availability is called %q", word)
	}
	return a
}

func TestHistories(t *testing.T) {
	const turn = "a in/out a in/in "
	for _, tt := range []struct{ name, history, stuck string }{
		{"nothing", "", "[]"},
		{"two sell-outs and returns", "a in/in " + turn + turn, "[json-ld]"},
		{"one", "a in/in " + turn, "[]"},
		{"two sell-outs and one return", "a in/in " + turn + "a in/out", "[]"},
		{"a sell-out that nobody saw does not count", turn + turn, "[]"},
		{"out whatever the box says", "a out/in a out/out a out/in a out/out a out/in", "[json-ld]"},
		{"the box that never moves is none either", "a in/in a out/in a in/in a out/in a in/in", "[buy-box]"},
		{"on two watches one each", "a in/in a in/out a in/in b in/in b in/out b in/in", "[]"},
		{"another watch saw it move", "a in/in " + turn + "b in/in b out/out " + turn, "[]"},
		{"another watch saw it move before", "b in/in b out/out a in/in " + turn + turn, "[json-ld]"},
		{"it moves afterwards", "a in/in " + turn + turn + "a out/out", "[]"},
		{"it moves elsewhere afterwards", "a in/in " + turn + turn + "b in/in b out/out", "[]"},
		{"another word for the same is no move", "a in/in a pre/out a in/in a pre/out a in/in", "[json-ld]"},
		{"what says nothing neither moves nor turns", "a in/in a in/- a in/out a -/out a in/in a in/out a in/- a in/in", "[json-ld]"},
		{"a page that never sells out", "a in/in a in/in a in/in a in/in", "[]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := fmt.Sprint(replay(t, tt.history).Stuck()); got != tt.stuck {
				t.Errorf("%s: not trusted are %s, want %s", tt.history, got, tt.stuck)
			}
		})
	}
}

// What is not trusted is no part of the rest by which others are judged.
func TestTheStuckDoNotJudge(t *testing.T) {
	look := func(h trust.Host, i int, data, meta, box stock.Availability) trust.Host {
		h.Saw("a", noon.Add(time.Duration(i)*time.Minute), []stock.MethodVerdict{
			{Method: stock.MethodJSONLD, Availability: data}, {Method: stock.MethodOpenGraph, Availability: meta}, {Method: stock.MethodBuyBox, Availability: box},
		})
		return h
	}
	var h trust.Host
	for i := range 5 {
		box := stock.InStock
		if i%2 == 1 {
			box = stock.OutOfStock
		}
		h = look(h, i, stock.InStock, stock.Unknown, box)
	}
	for i := range 5 {
		box := stock.InStock
		if i%2 == 1 {
			box = stock.OutOfStock
		}
		h = look(h, 10+i, stock.InStock, stock.InStock, box)
	}
	if got := fmt.Sprint(h.Stuck()); got != "[json-ld open-graph]" {
		t.Errorf("beside data that is not trusted the preview's word never moved: not trusted are %s, want both", got)
	}
}

// The same looks give the same trust, and however many watches a host has, what is kept
// is bounded.
func TestTrustIsByTheLooks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h, again trust.Host
		for i := range rapid.IntRange(0, 60).Draw(t, "looks") {
			tid := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "watch")
			var said []stock.MethodVerdict
			for _, m := range []stock.Method{stock.MethodJSONLD, stock.MethodOpenGraph, stock.MethodBuyBox} {
				said = append(said, stock.MethodVerdict{Method: m, Availability: rapid.SampledFrom([]stock.Availability{stock.Unknown, stock.InStock, stock.OutOfStock}).Draw(t, string(m))})
			}
			at := noon.Add(time.Duration(i) * time.Minute)
			h.Saw(tid, at, said)
			again.Saw(tid, at, said)
			if !reflect.DeepEqual(h, again) {
				t.Fatalf("look %d gave %+v and %+v", i, h, again)
			}
		}
	})
	var h trust.Host
	for i := range 1000 {
		h.Saw(fmt.Sprint(i), noon.Add(time.Duration(i)*time.Minute), []stock.MethodVerdict{{Method: stock.MethodJSONLD, Availability: stock.InStock}})
	}
	if n := len(h.Methods[stock.MethodJSONLD].Watches); n > 200 {
		t.Errorf("of a host with 1000 watches %d are kept, want at most 200", n)
	}
}

// A look at one watch of a host with many does not pay for all of them.
func TestALookAllocatesLittle(t *testing.T) {
	var h trust.Host
	said := []stock.MethodVerdict{{Method: stock.MethodJSONLD, Availability: stock.InStock}, {Method: stock.MethodBuyBox, Availability: stock.InStock}}
	for i := range 150 {
		h.Saw(fmt.Sprint(i), noon, said)
	}
	n := 0
	allocations := testing.AllocsPerRun(100, func() {
		n++
		h.Saw("7", noon.Add(time.Duration(n)*time.Minute), said)
	})
	if allocations > 2 {
		t.Errorf("a look at one watch of 150 allocates %v times, want at most twice", allocations)
	}
}
