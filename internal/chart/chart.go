// Package chart draws the history of a product as SVG: prices as steps, times in
// stock shaded, and gaps where nothing is known.
//
// It is pure: points in, text out. What it is given is drawn and nothing else: a time
// of which nothing is known is empty, never "out of stock". Colours are left to the
// style sheet of the page, by class names; there is no style and no script in what it
// draws.
package chart

import (
	"fmt"
	"html"
	"strings"
	"time"
)

// State is what was known of an offer from a point on.
type State uint8

// The states. The zero State is a gap: nobody knew.
const (
	Gap   State = iota
	Out         // it could not be bought
	Order       // it could be ordered
	In          // it could be bought
)

// class names a state in the style sheet.
func (s State) class() string { return [...]string{"gap", "out", "order", "in"}[s] }

// Point is what was known from a moment on until the next point.
type Point struct {
	At        time.Time
	State     State
	Price     float64 // in the currency's unit; below zero: none is known
	Effective float64 // in the end; below zero: none is known
	Title     string  // what the point's mark says
	Href      string  // where it leads; "": nowhere
}

// None is the price of a point that has none.
const None = -1

// Span is the time that a chart shows.
type Span struct{ From, To time.Time }

func (s Span) at(t time.Time, width float64) float64 {
	whole := s.To.Sub(s.From).Seconds()
	if whole <= 0 {
		return 0
	}
	return min(width, max(0, t.Sub(s.From).Seconds()/whole*width))
}

// pieces calls each with every point that reaches into the span and when it ends.
func pieces(points []Point, s Span, each func(p Point, from, to time.Time)) {
	for i, p := range points {
		from, to := p.At, s.To
		if i+1 < len(points) {
			to = points[i+1].At
		}
		if from.Before(s.From) {
			from = s.From
		}
		if to.After(s.To) {
			to = s.To
		}
		if to.After(from) {
			each(p, from, to)
		}
	}
}

// bounds returns the lowest and the highest price that a chart shows.
func bounds(points []Point, s Span, of ...func(Point) float64) (low, high float64, ok bool) {
	pieces(points, s, func(p Point, _, _ time.Time) {
		for _, f := range of {
			v := f(p)
			if v < 0 {
				continue
			}
			if !ok || v < low {
				low = v
			}
			if !ok || v > high {
				high = v
			}
			ok = true
		}
	})
	return low, high, ok
}

func price(p Point) float64     { return p.Price }
func effective(p Point) float64 { return p.Effective }

// steps returns the path of a price: level while it is known, broken in gaps.
func steps(points []Point, s Span, of func(Point) float64, x, y func(float64) float64, width float64) string {
	var b strings.Builder
	drawing := false
	pieces(points, s, func(p Point, from, to time.Time) {
		v := of(p)
		if v < 0 || p.State == Gap {
			drawing = false
			return
		}
		if drawing {
			fmt.Fprintf(&b, "V%sH%s", num(y(v)), num(x(s.at(to, width))))
			return
		}
		fmt.Fprintf(&b, "M%s %sH%s", num(x(s.at(from, width))), num(y(v)), num(x(s.at(to, width))))
		drawing = true
	})
	return b.String()
}

// num writes a coordinate, to a tenth.
func num(f float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", f), ".0")
}

// The size of a spark line.
const sparkWidth, sparkHeight = 96, 22

// Spark returns the small line of a list: no words, no marks. It is "" when nothing is
// known.
func Spark(points []Point, s Span) string {
	var bars strings.Builder
	any := false
	pieces(points, s, func(p Point, from, to time.Time) {
		if p.State == Gap {
			return
		}
		any = true
		x, end := s.at(from, sparkWidth), s.at(to, sparkWidth)
		y, h := 0, sparkHeight
		if p.State == Out {
			y, h = sparkHeight-2, 2
		}
		fmt.Fprintf(&bars, `<rect class="%s" x="%s" y="%d" width="%s" height="%d"/>`, p.State.class(), num(x), y, num(max(0.7, end-x)), h)
	})
	if !any {
		return ""
	}
	line := ""
	if low, high, ok := bounds(points, s, price); ok {
		y := func(v float64) float64 { return scale(v, low, high, sparkHeight-4, 4) }
		line = fmt.Sprintf(`<path class="price" d="%s"/>`, steps(points, s, price, func(x float64) float64 { return x }, y, sparkWidth))
	}
	return fmt.Sprintf(`<svg class="spark" viewBox="0 0 %d %d" width="%d" height="%d" aria-hidden="true">%s%s</svg>`, sparkWidth, sparkHeight, sparkWidth, sparkHeight, bars.String(), line)
}

// scale maps v from low..high to bottom..top, the middle when there is one value only.
func scale(v, low, high, bottom, top float64) float64 {
	if high <= low {
		return (bottom + top) / 2
	}
	return bottom + (v-low)/(high-low)*(top-bottom)
}

func escape(s string) string { return html.EscapeString(s) }
