package chart

import (
	"fmt"
	"strings"
	"time"
)

// Plot is the chart of a product: prices above, and for each shop below when it could
// be bought.
type Plot struct {
	Span  Span
	Main  []Point // whose prices are drawn, and whose states are shaded behind them
	Lanes []Lane
	Ticks []Tick // of the time
	Money func(v float64) string
	Title string // what the whole chart says, for those who do not see it
}

// Lane is one shop's line of states.
type Lane struct {
	Name   string
	Points []Point
	Main   bool // the one whose prices are drawn
}

// Tick is a moment that is named below the chart.
type Tick struct {
	At   time.Time
	Name string
}

// The measures of a plot, in units of its own; the page scales it.
const (
	plotWidth   = 480.0
	plotLeft    = 8.0
	plotTop     = 18.0
	plotHeight  = 130.0
	laneHeight  = 24.0
	tickHeight  = 20.0
	tickRoom    = 25.0 // half of the widest name of a tick, in the letters of a phone
	markRadius  = 2.6
	marksAtMost = 160
)

// Draw returns the plot as SVG.
func Draw(p Plot) string {
	width := plotWidth - 2*plotLeft
	height := plotTop + plotHeight + tickHeight + laneHeight*float64(len(p.Lanes)) + 4
	x := func(v float64) float64 { return plotLeft + v }
	low, high, ok := bounds(p.Main, p.Span, price, effective)
	y := func(v float64) float64 { return scale(v, low, high, plotTop+plotHeight-8, plotTop+6) }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="chart" viewBox="0 0 %s %s" role="group" aria-label="%s">`, num(plotWidth), num(height), escape(p.Title))
	fmt.Fprintf(&b, `<rect class="frame" x="%s" y="%s" width="%s" height="%s"/>`, num(plotLeft), num(plotTop), num(width), num(plotHeight))
	bars(&b, p.Main, p.Span, plotTop, plotHeight, false)
	if ok {
		levels(&b, low, high, y, p.Money)
		fmt.Fprintf(&b, `<path class="effective" d="%s"/>`, steps(p.Main, p.Span, effective, x, y, width))
		fmt.Fprintf(&b, `<path class="price" d="%s"/>`, steps(p.Main, p.Span, price, x, y, width))
	}
	marks(&b, p, y, plotTop+plotHeight-8)
	for _, t := range p.Ticks {
		at := x(p.Span.at(t.At, width))
		fmt.Fprintf(&b, `<path class="tick" d="M%s %sV%s"/><text class="when" x="%s" y="%s" text-anchor="middle">%s</text>`,
			num(at), num(plotTop), num(plotTop+plotHeight), num(min(plotWidth-tickRoom, max(tickRoom, at))), num(plotTop+plotHeight+14), escape(t.Name))
	}
	for i, l := range p.Lanes {
		top := plotTop + plotHeight + tickHeight + laneHeight*float64(i)
		class := "lane"
		if l.Main {
			class = "lane main"
		}
		fmt.Fprintf(&b, `<text class="%s" x="%s" y="%s">%s</text>`, class, num(plotLeft), num(top+10), escape(l.Name))
		bars(&b, l.Points, p.Span, top+14, 7, true)
	}
	b.WriteString("</svg>")
	return b.String()
}

// bars draws when something could be bought. Behind prices being out is the empty
// ground, in a lane it is a thin line: a gap is neither.
func bars(b *strings.Builder, points []Point, s Span, top, height float64, lane bool) {
	width := plotWidth - 2*plotLeft
	pieces(points, s, func(p Point, from, to time.Time) {
		if p.State == Gap || p.State == Out && !lane {
			return
		}
		y, h := top, height
		if p.State == Out {
			y, h = top+height/2-1, 2
		}
		at, end := plotLeft+s.at(from, width), plotLeft+s.at(to, width)
		fmt.Fprintf(b, `<rect class="%s" x="%s" y="%s" width="%s" height="%s"/>`, p.State.class(), num(at), num(y), num(max(0.8, end-at)), num(h))
	})
	if !lane { // unknown time is hatched
		pieces(points, s, func(p Point, from, to time.Time) {
			if p.State == Gap {
				at, end := plotLeft+s.at(from, width), plotLeft+s.at(to, width)
				fmt.Fprintf(b, `<rect class="gap" x="%s" y="%s" width="%s" height="%s"/>`, num(at), num(top+height-5), num(max(0.8, end-at)), "5")
			}
		})
	}
}

// levels names the lowest and the highest price.
func levels(b *strings.Builder, low, high float64, y func(float64) float64, money func(float64) string) {
	list := []float64{high, low}
	if high <= low {
		list = list[:1]
	}
	for _, v := range list {
		fmt.Fprintf(b, `<path class="level" d="M%s %sH%s"/><text class="money" x="%s" y="%s">%s</text>`,
			num(plotLeft), num(y(v)), num(plotWidth-plotLeft), num(plotLeft+4), num(y(v)-4), escape(money(v)))
	}
}

// marks draws each point with what it says, the newest ones where there are many.
func marks(b *strings.Builder, p Plot, y func(float64) float64, ground float64) {
	points := p.Main[max(0, len(p.Main)-marksAtMost):]
	for _, m := range points {
		if m.Title == "" || m.At.Before(p.Span.From) || m.At.After(p.Span.To) {
			continue
		}
		at := ground
		if m.Price >= 0 {
			at = y(m.Price)
		}
		mark := fmt.Sprintf(`<circle class="mark %s" cx="%s" cy="%s" r="%s"><title>%s</title></circle>`,
			m.State.class(), num(plotLeft+p.Span.at(m.At, plotWidth-2*plotLeft)), num(at), num(markRadius), escape(m.Title))
		if m.Href != "" {
			mark = fmt.Sprintf(`<a href="%s" tabindex="-1">%s</a>`, escape(m.Href), mark)
		}
		b.WriteString(mark)
	}
}

// Heat is how often something happened by weekday and hour.
type Heat struct {
	Counts [7][24]int // Sunday first
	Days   [7]string
	Cell   func(day, hour, n int) string // what a cell says
	Title  string
}

// The measures of a heat map.
const (
	heatCell = 18
	heatLeft = 26
)

// DrawHeat returns the heat map as SVG, Monday first.
func DrawHeat(h Heat) string {
	most := 0
	for _, day := range h.Counts {
		for _, n := range day {
			most = max(most, n)
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="heat" viewBox="0 0 %d %d" role="img" aria-label="%s">`, heatLeft+24*heatCell+2, 7*heatCell+18, escape(h.Title))
	for row := range 7 {
		day := (row + 1) % 7
		fmt.Fprintf(&b, `<text x="0" y="%d">%s</text>`, row*heatCell+13, escape(h.Days[day]))
		for hour, n := range h.Counts[day] {
			level := 0
			if n > 0 {
				level = 1 + (n*3)/most
			}
			fmt.Fprintf(&b, `<rect class="h%d" x="%d" y="%d" width="%d" height="%d" rx="3"><title>%s</title></rect>`,
				level, heatLeft+hour*heatCell, row*heatCell, heatCell-2, heatCell-2, escape(h.Cell(day, hour, n)))
		}
	}
	for hour := 0; hour < 24; hour += 6 {
		fmt.Fprintf(&b, `<text x="%d" y="%d">%d</text>`, heatLeft+hour*heatCell, 7*heatCell+13, hour)
	}
	b.WriteString("</svg>")
	return b.String()
}
