package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// told replays restocks of one watch at the given minutes and writes down what
// becomes of each: R rings, F is the flapping alert, - is folded into it, c is
// within the cool-down.
func told(g Replay, minutes ...float64) string {
	var history []stock.Entry
	var b strings.Builder
	for i, m := range minutes {
		c := restock(g.Product, noon.Add(time.Duration(m*float64(time.Minute))))
		history = append(history, stock.Entry{Seq: uint64(i + 1), Change: c, At: c.ObservedAt})
		b.WriteByte(letterOf(g.Decide(slices.Clone(history))))
	}
	return b.String()
}

func letterOf(t Telling) byte {
	switch {
	case t.Suppressed == "flapping":
		return '-'
	case t.Suppressed != "":
		return 'c'
	case t.Kind == stock.Flapping:
		return 'F'
	}
	return 'R'
}

func TestFlapping(t *testing.T) {
	for _, tt := range []struct {
		name    string
		limit   int
		minutes []float64
		want    string
	}{
		{"few", 6, []float64{0, 1, 2, 3, 4, 5}, "RRRRRR"},
		{"one too many", 6, []float64{0, 1, 2, 3, 4, 5, 6}, "RRRRRRF"},
		{"one alert per burst", 6, []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, "RRRRRRF---"},
		{"nor while it goes on more slowly", 2, []float64{0, 1, 2, 3, 12, 13, 14, 22}, "RRF-----"},
		{"one for the next burst", 2, []float64{0, 1, 2, 3, 30, 31, 32, 33}, "RRF-RRF-"},
		{"calm again", 2, []float64{0, 1, 2, 30}, "RRFR"},
		{"slow ones never", 2, []float64{0, 10, 20, 30, 40}, "RRRRR"},
		{"at the limit it does not start over each time", 4, []float64{0, 2, 4, 6, 8, 10.5, 12.5, 14.5, 16.5}, "RRRRF----"},
		{"never fold", 0, []float64{0, .1, .2, .3, .4, .5, .6, .7, .8, .9}, "RRRRRRRRRR"},
		{"one is too many", 1, []float64{0, 1, 2, 20}, "RF-R"},
	} {
		g := Replay{Product: switch2(), Kinds: []stock.Kind{stock.Restocked}, FlapLimit: tt.limit}
		if got := told(g, tt.minutes...); got != tt.want {
			t.Errorf("%s: restocks at minutes %v with limit %d = %s, want %s", tt.name, tt.minutes, tt.limit, got, tt.want)
		}
	}
}

func TestCooldown(t *testing.T) {
	for _, tt := range []struct {
		cooldown time.Duration
		limit    int
		minutes  []float64
		want     string
	}{
		{0, 0, []float64{0, 0, 0}, "RRR"},
		{10 * time.Minute, 0, []float64{0, 9, 10, 19, 20.5}, "RcRcR"},
		{10 * time.Minute, 2, []float64{0, 1, 2, 3, 30}, "RcF-R"},
	} {
		g := Replay{Product: switch2(), Kinds: []stock.Kind{stock.Restocked}, FlapLimit: tt.limit, Cooldown: tt.cooldown}
		if got := told(g, tt.minutes...); got != tt.want {
			t.Errorf("restocks at minutes %v with cooldown %v = %s, want %s", tt.minutes, tt.cooldown, got, tt.want)
		}
	}
}

// What was held back for its price is no restock that anybody heard of: it
// neither starts a burst nor a cool-down.
func TestHeldRecordsCountForNothing(t *testing.T) {
	p := switch2()
	var history []stock.Entry
	for i := range 9 {
		c := restock(p, noon.Add(time.Duration(i)*time.Minute))
		if i < 8 {
			c.Offer.Price, c.Price = stock.Yen(99999), stock.Yen(99999)
		}
		history = append(history, stock.Entry{Seq: uint64(i + 1), Change: c})
	}
	g := Replay{Product: p, Kinds: []stock.Kind{stock.Restocked}, FlapLimit: 2, Cooldown: time.Hour}
	if got := g.Decide(history); got != (Telling{Kind: stock.Restocked}) {
		t.Errorf("the first restock within the limit after eight above it = %+v, want it told", got)
	}
}

// The cool-down is the product's, flapping the watch's.
func TestGuardsTellWatchesApart(t *testing.T) {
	p := switch2()
	var history []stock.Entry
	for i := range 6 {
		c := restock(p, noon.Add(time.Duration(i)*time.Minute))
		c.Watch.ID = p.Watches[i%3].ID
		history = append(history, stock.Entry{Seq: uint64(i + 1), Change: c})
	}
	g := Replay{Product: p, Kinds: []stock.Kind{stock.Restocked}, FlapLimit: 2}
	if got := g.Decide(slices.Clone(history)); got.Kind != stock.Restocked || got.Suppressed != "" {
		t.Errorf("two restocks at each of three shops with limit 2 = %+v, want the last told", got)
	}
	g.Cooldown = time.Hour
	if got := g.Decide(history); got.Suppressed == "" {
		t.Errorf("the second restock of a product within its cooldown, at another shop = %+v, want it suppressed", got)
	}
}

// A burst makes one flapping alert however the restocks fall, and there is never
// a restock told while more than the limit are within the window.
func TestFlappingProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 8).Draw(t, "limit")
		gaps := rapid.SliceOfN(rapid.Float64Range(0.01, 12), 1, 40).Draw(t, "gaps")
		var minutes []float64
		at := 0.0
		for _, g := range gaps {
			at += g
			minutes = append(minutes, at)
		}
		g := Replay{Product: switch2(), Kinds: []stock.Kind{stock.Restocked}, FlapLimit: limit}
		got := told(g, minutes...)
		on := false
		for i, c := range got {
			within := 0
			for _, m := range minutes[:i+1] {
				if minutes[i]-m < 9.9999 {
					within++
				}
			}
			describe := fmt.Sprintf("restock %d of %v with limit %d (%d within 10 minutes): %s", i+1, minutes, limit, within, got)
			switch c {
			case 'R':
				if within > limit {
					t.Fatalf("%s: told", describe)
				}
				on = false
			case 'F':
				if on {
					t.Fatalf("%s: a second flapping alert in one burst", describe)
				}
				on = true
			case '-':
				if !on {
					t.Fatalf("%s: suppressed outside a burst", describe)
				}
			}
		}
	})
}
