package pack

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/stock"
)

type inner struct {
	Name string
	Sum  *int64
	At   time.Time
}

func values() *rapid.Generator[sampled] {
	in := rapid.Custom(func(t *rapid.T) inner {
		return inner{
			Name: rapid.String().Draw(t, "name"), Sum: rapid.Ptr(rapid.Int64(), true).Draw(t, "sum"),
			At: time.Unix(rapid.Int64Range(-1e10, 1e10).Draw(t, "at"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).UTC(),
		}
	})
	return rapid.Custom(func(t *rapid.T) sampled {
		o := sampled{
			Yes: rapid.Bool().Draw(t, "yes"), N: rapid.Int().Draw(t, "n"), U: rapid.Uint64().Draw(t, "u"),
			F: rapid.Float64Range(-1e9, 1e9).Draw(t, "f"), Words: rapid.SliceOf(rapid.String()).Draw(t, "words"), All: rapid.SliceOf(in).Draw(t, "all"),
			One: rapid.Ptr(in, true).Draw(t, "one"),
		}
		if len(o.Words) == 0 {
			o.Words = nil
		}
		if len(o.All) == 0 {
			o.All = nil
		}
		return o
	})
}

type box struct {
	V    sampled
	More []sampled
}

type sampled struct {
	Yes   bool
	N     int
	U     uint64
	F     float64
	Words []string
	All   []inner
	One   *inner
}

// What is packed comes back as it was, whatever the sample.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sample, v := box{V: values().Draw(t, "sample")}, box{V: values().Draw(t, "value"), More: []sampled{values().Draw(t, "more")}}
		p := New(sample)
		got, err := p.Unpack(p.Pack(v))
		if err != nil {
			t.Fatalf("unpack of a packed value: %v", err)
		}
		if d := cmp.Diff(v, got); d != "" {
			t.Fatalf("the value comes back as another one (-want +got):\n%s", d)
		}
	})
}

// Bytes that are no value's are refused and never make it panic.
func TestNonsense(t *testing.T) {
	p := New([]stock.Evidence{{Method: stock.MethodJSONLD, Value: "InStock", Where: "script[0].offers"}})
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")
		_, _ = p.Unpack(b)
	})
	whole := p.Pack([]stock.Evidence{{Method: stock.MethodBuyBox, Value: "SoldOut"}, {Value: "x"}})
	for n := range whole {
		if got, err := p.Unpack(whole[:n]); err == nil {
			t.Errorf("the first %d of %d bytes are unpacked as %v, want an error", n, len(whole), got)
		}
	}
}

// What a value has in common with the sample takes hardly any room.
func TestSize(t *testing.T) {
	evidence := func(id string) []stock.Evidence {
		return []stock.Evidence{
			{Method: stock.MethodJSONLD, Fact: "availability", Value: "OutOfStock", Text: "https://schema.org/OutOfStock", Where: "script[0].offers.availability"},
			{Method: stock.MethodBuyBox, Fact: "availability", Value: "SoldOut", Text: "売り切れました", Where: "html > body > div.buybox > p.stock"},
			{Method: stock.MethodJSONLD, Fact: "title", Value: "アカリ ランプ " + id, Text: "アカリ ランプ " + id, Where: "script[0].name"},
		}
	}
	p := New(evidence("300"))
	if n := len(p.Pack(evidence("7781"))); n > 64 {
		t.Errorf("three pieces of evidence of which only a name differs from the sample are %d bytes, want at most 64", n)
	}
}

// Values are packed at every look: only what is kept is allocated, and the value itself.
func TestAllocations(t *testing.T) {
	v := []stock.Evidence{{Method: stock.MethodJSONLD, Value: "InStock", Where: "script[0].offers"}}
	p := New(v)
	if got := testing.AllocsPerRun(100, func() { p.Pack(v) }); got > 5 { // 2; some more where buffers are lost, as with the race detector
		t.Errorf("to pack a value takes %.0f allocations, most 5", got)
	}
}

// A type that holds what cannot be packed is found at once.
func TestUnpackable(t *testing.T) {
	defer func() {
		if r := recover(); r == nil || !strings.Contains(r.(string), "cannot be packed") {
			t.Errorf("a Packer of maps: %v, want a panic that says that a map cannot be packed", r)
		}
	}()
	New(map[string]int{"a": 1})
}
