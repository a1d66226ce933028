package stock

import (
	"slices"
	"testing"
	"time"
)

func TestWindows(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2026, 4, 1, 10, minute, 0, 0, time.UTC) }
	record := func(k Kind, a Availability, since, lastIn, lastOut int) Change {
		c := Change{Kind: k, Watch: WatchRef{ID: "w"}, Product: ProductRef{ID: "p"}}
		c.Availability, c.Since = a, at(since)
		if lastIn > 0 {
			c.LastIn = at(lastIn)
		}
		if lastOut > 0 {
			c.LastOut = at(lastOut)
		}
		return c
	}
	window := func(lastOut, firstIn, lastIn, firstOut int) Window {
		return Window{Watch: "w", Host: "h", Product: "p", LastOut: at(lastOut), FirstIn: at(firstIn), LastIn: at(lastIn), FirstOut: at(firstOut)}
	}
	for _, tt := range []struct {
		name    string
		records []Change
		want    []Window
	}{
		{"nothing", nil, nil},
		{"two windows", []Change{
			record(Baseline, OutOfStock, 1, 0, 1),
			record(Restocked, InStock, 5, 5, 4), record(SoldOutKind, SoldOut, 9, 8, 9),
			record(Orderable, PreOrder, 12, 12, 11), record(Restocked, InStock, 13, 13, 11), record(SoldOutKind, SoldOut, 20, 19, 20),
		}, []Window{window(4, 5, 8, 9), window(11, 12, 19, 20)}},
		{"a price moves inside", []Change{
			record(Baseline, OutOfStock, 1, 0, 1),
			record(Restocked, InStock, 5, 5, 4), record(PriceDrop, InStock, 5, 7, 4), record(SoldOutKind, SoldOut, 9, 8, 9),
		}, []Window{window(4, 5, 8, 9)}},
		{"in stock from the start", []Change{record(Baseline, InStock, 1, 1, 0), record(SoldOutKind, SoldOut, 9, 8, 9)}, nil},
		{"the beginning is not in the log any more", []Change{record(SoldOutKind, SoldOut, 9, 8, 9)}, nil},
		{"open still", []Change{record(Baseline, OutOfStock, 1, 0, 1), record(Restocked, InStock, 5, 5, 4)}, nil},
		{"a new start inside", []Change{
			record(Baseline, OutOfStock, 1, 0, 1), record(Restocked, InStock, 5, 5, 4),
			record(Baseline, InStock, 30, 30, 0), record(SoldOutKind, SoldOut, 40, 39, 40),
		}, nil},
		{"unreadable for a while", []Change{
			record(Baseline, OutOfStock, 1, 0, 1), record(Restocked, InStock, 5, 5, 4), record(Unread, InStock, 5, 6, 4),
			record(Readable, InStock, 5, 20, 4), record(SoldOutKind, SoldOut, 25, 24, 25),
		}, []Window{window(4, 5, 24, 25)}},
	} {
		if got := slices.Collect(Windows("h", slices.Values(tt.records))); !slices.Equal(got, tt.want) {
			t.Errorf("%s: windows = %v, want %v", tt.name, got, tt.want)
		}
	}
}
