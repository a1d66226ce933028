package chart

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var start = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// points says what was known at 0, 10, 20, ... hours.
func points(states string, prices ...float64) []Point {
	var list []Point
	for i, s := range states {
		p := Point{At: start.Add(time.Duration(i) * 10 * time.Hour), Price: None, Effective: None, State: map[rune]State{'?': Gap, 'o': Out, 'n': In, 'l': Order}[s]}
		if i < len(prices) {
			p.Price = prices[i]
		}
		list = append(list, p)
	}
	return list
}

func span(hours int) Span { return Span{start, start.Add(time.Duration(hours) * time.Hour)} }

func TestSpark(t *testing.T) {
	for _, tt := range []struct {
		name   string
		points []Point
		want   []string // parts, in order
		not    []string
	}{
		{"nothing known", nil, nil, []string{"<svg"}},
		{"only gaps", points("??"), nil, []string{"<svg"}},
		{"in stock for the second half", points("on", 100, 100), []string{`class="out" x="0"`, `class="in" x="48"`, `width="48"`, `<path class="price" d="M0 11H48V11H96"/>`}, nil},
		{"a gap is empty", points("n?n", 100, 100, 200), []string{`class="in" x="0"`, `width="32"`, `class="in" x="64"`, `d="M0 18H32M64 4H96"`}, []string{"gap", `class="out"`}},
	} {
		got := Spark(tt.points, span(10*max(1, len(tt.points))))
		rest := got
		for _, part := range tt.want {
			i := strings.Index(rest, part)
			if i < 0 {
				t.Fatalf("%s: %s lacks %s", tt.name, got, part)
			}
			rest = rest[i:]
		}
		for _, part := range tt.not {
			if strings.Contains(got, part) {
				t.Errorf("%s: %s has %s", tt.name, got, part)
			}
		}
	}
}

// wellFormed fails for what is no XML, or has a script, a style or a handler.
func wellFormed(t interface{ Fatalf(string, ...any) }, svg string) {
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		if e, ok := token.(xml.StartElement); ok {
			if e.Name.Local == "script" || e.Name.Local == "style" {
				t.Fatalf("an element %s in %s", e.Name.Local, svg)
			}
			for _, a := range e.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "style" {
					t.Fatalf("an attribute %s in %s", a.Name.Local, svg)
				}
			}
		}
	}
}

func draw(t *rapid.T) []Point {
	var list []Point
	at := start
	for range rapid.IntRange(0, 20).Draw(t, "n") {
		at = at.Add(time.Duration(rapid.Int64Range(0, 1e13).Draw(t, "after")))
		list = append(list, Point{
			At: at, State: State(rapid.IntRange(0, 3).Draw(t, "state")),
			Price: rapid.Float64Range(-1, 1e9).Draw(t, "price"), Effective: rapid.Float64Range(-1, 1e9).Draw(t, "effective"),
			Title: rapid.StringMatching(`[<>&"'a]{0,6}`).Draw(t, "title"), Href: rapid.StringMatching(`[<>&"'a]{0,6}`).Draw(t, "href"),
		})
	}
	return list
}

func TestWhateverIsDrawnIsHarmless(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := draw(t)
		if svg := Spark(list, span(rapid.IntRange(0, 4000).Draw(t, "hours"))); svg != "" {
			wellFormed(t, svg)
		}
	})
}
