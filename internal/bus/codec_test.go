package bus

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/stock"
)

var update = flag.Bool("update", false, "write the golden files")

// fullChange has every field set, so that the golden file shows all names.
func fullChange() stock.Change {
	points, quantity, free := int64(499), int64(2), stock.Yen(0)
	return stock.Change{
		V:       1,
		Product: stock.ProductRef{ID: "switch2", Name: "Nintendo Switch 2"},
		Watch:   stock.WatchRef{ID: "abcdefghijklmnopqrstuvwxyz", URL: "https://item.rakuten.co.jp/shop/item/?a=1&b=<2>", Source: "rakuten"},
		Kind:    stock.Restocked, Also: []stock.Kind{stock.PriceDrop, stock.LowStock},
		State: stock.State{
			Availability: stock.LimitedAvailability, SaleMode: stock.Open, Price: stock.Yen(49980),
			Offer: stock.Offer{
				Availability: stock.LimitedAvailability, SaleMode: stock.Open, Price: stock.Yen(49980), Effective: stock.Yen(49481),
				Shipping: &free, Points: &points, Quantity: &quantity, Seller: "楽天ブックス", Condition: stock.ConditionNew,
				Title: "Nintendo Switch 2（日本語・国内専用）", SKU: "10000123", Variant: "青", JAN: "4902370553024",
				URL: "https://item.rakuten.co.jp/shop/item/", Image: "https://shop.example/a.jpg",
			},
			Since: observed.Add(-time.Minute), LastIn: observed, LastOut: observed.Add(-time.Hour), LastPriceNow: stock.Yen(54978),
			LowTold: true, StaleTold: true, Unpriced: true,
			Clarity: &stock.Clarity{Unclear: 4, Reason: stock.Contradiction, Leans: stock.LeansYes, Since: observed.Add(-time.Minute), Maybe: true},
			Problem: &stock.Problem{Reason: stock.Reason{Text: "blocked: 403"}, Since: observed.Add(-2 * time.Hour)},
			Seen:    []string{stock.ShortHash("m1"), stock.ShortHash("m2")}, ObservedAt: observed,
			Evidence: []stock.Evidence{{Method: stock.MethodPageData, Fact: stock.FactAvailability, Value: "LimitedAvailability", Text: "残り2点", Where: "$.item.stock"}},
		},
		Previous: &stock.Previous{
			Availability: stock.SoldOut, Price: stock.Yen(54978), Since: observed.Add(-time.Hour),
			Terms: stock.Terms{
				SaleMode: stock.Lottery, Shipping: &free, Points: &points, Seller: "楽天ブックス", Condition: stock.ConditionUsed,
				SellerRating: &stock.Rating{GoodPercent: 98, Count: 1200},
			},
			Clarity: &stock.Clarity{Unclear: 3, Reason: stock.Silent, Leans: stock.LeansNo, Since: observed.Add(-time.Hour)},
		},
		PublishedAt: observed.Add(time.Second), Watcher: "w1",
	}
}

func TestTheRecordIsFrozen(t *testing.T) {
	golden := filepath.Join("testdata", "change-v1.json")
	b, err := encodeChange(fullChange())
	if err != nil {
		t.Fatal(err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, b, "", "  "); err != nil {
		t.Fatal(err)
	}
	pretty.WriteByte('\n')
	if *update {
		if err := os.WriteFile(golden, pretty.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), pretty.String()); diff != "" {
		t.Errorf("the record's form has changed; records of this form lie in streams (-want +got):\n%s", diff)
	}
	got, err := decodeChange(want)
	if err != nil {
		t.Fatalf("decode %s: %v", golden, err)
	}
	if diff := cmp.Diff(fullChange(), got); diff != "" {
		t.Errorf("decoding %s gives something else (-want +got):\n%s", golden, diff)
	}
}

// Records of older versions lie in streams too: they are read, and what they and
// their evidence say is what they said.
func TestRecordsOfOlderFormsAreRead(t *testing.T) {
	plain := func(c *stock.Change) {
		c.StaleTold, c.Unpriced, c.Clarity = false, false, nil
		c.Previous = &stock.Previous{Availability: stock.SoldOut, Price: stock.Yen(54978)}
	}
	for file, older := range map[string]func(*stock.Change){
		"change-before-doubts.json": plain,
		"change-before-facts.json": func(c *stock.Change) {
			plain(c)
			c.Evidence = []stock.Evidence{{Method: stock.MethodPageData, Where: "$.item.stock", Said: c.Evidence[0].Sentence()}}
		},
	} {
		b, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		got, err := decodeChange(b)
		if err != nil {
			t.Fatalf("decode %s: %v", file, err)
		}
		want := fullChange()
		older(&want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("decoding %s gives something else (-want +got):\n%s", file, diff)
		}
	}
}

func TestDecodeChange(t *testing.T) {
	good := `{"v":1,"product":{"id":"p"},"watch":{"id":"w","url":"u"},"kind":"restocked","availability":"InStock","offer":{"availability":"InStock"},"observed_at":"2026-11-23T10:00:00Z"`
	packed, _ := pack([]string{stock.ShortHash("a"), stock.ShortHash("b")})
	for _, c := range []struct{ name, in, wantErr string }{
		{"plain", good + "}", ""},
		{"with fields of a later version", good + `,"mood":"good","offers":[1,2]}`, ""},
		{"of a later version", strings.Replace(good, `"v":1`, `"v":9`, 1) + "}", ""},
		{"seen as a list", good + `,"seen":["a"]}`, ""},
		{"seen packed", good + `,"seen":"` + packed + `"}`, ""},
		{"seen null", good + `,"seen":null}`, ""},
		{"seen cut", good + `,"seen":"AAAA"}`, "no number of hashes"},
		{"seen not packed", good + `,"seen":"%%"}`, "unpack"},
		{"of a later version with a word we do not know", strings.NewReplacer(`"v":1`, `"v":2`, "InStock", "Rented").Replace(good) + "}", "version 2, newer than this program's 1"},
		{"empty", "", "read record"},
		{"cut", good, "read record"},
		{"no JSON", "hello", "read record"},
		{"other JSON", `{"a":1}`, "no version or no watch"},
		{"a list", `[1]`, "read record"},
		{"no watch", `{"v":1}`, "no version or no watch"},
	} {
		got, err := decodeChange([]byte(c.in))
		switch {
		case c.wantErr == "" && err != nil:
			t.Errorf("%s: decode gave %v", c.name, err)
		case c.wantErr == "" && (got.Watch.ID != "w" || got.Availability != stock.InStock):
			t.Errorf("%s: decode gave %+v", c.name, got)
		case c.wantErr != "" && (err == nil || !strings.Contains(err.Error(), c.wantErr)):
			t.Errorf("%s: decode gave %v, want an error with %q", c.name, err, c.wantErr)
		}
	}
}

// Generators. A drawn text may be anything that a page could have held.

func genText(size int) *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringN(0, 20, 60),
		rapid.SampledFrom([]string{"", "在庫あり", "<b>&\"\\\u2028\x00\x1b", "https://shop.example/" + strings.Repeat("a", size/2)}),
		rapid.Map(rapid.IntRange(0, size/3), func(n int) string { return strings.Repeat("再", n) }),
		rapid.Map(rapid.IntRange(0, size), func(n int) string { return strings.Repeat("\x01", n) }),
	)
}

func genPrice() *rapid.Generator[stock.Price] {
	return rapid.Custom(func(t *rapid.T) stock.Price {
		if rapid.Bool().Draw(t, "known") {
			return stock.Price{Minor: rapid.Int64Range(0, 1<<40).Draw(t, "minor"), Currency: rapid.SampledFrom([]string{"JPY", "EUR", "KWD"}).Draw(t, "currency")}
		}
		return stock.Price{}
	})
}

func genTime() *rapid.Generator[time.Time] {
	return rapid.Map(rapid.Int64Range(0, 4e9), func(s int64) time.Time { return time.Unix(s, 0).UTC() })
}

func genOffer(size int) *rapid.Generator[stock.Offer] {
	return rapid.Custom(func(t *rapid.T) stock.Offer {
		text := func(name string) string { return genText(size).Draw(t, name) }
		return stock.Offer{
			Availability: genAvailability().Draw(t, "availability"), SaleMode: stock.SaleMode(text("mode")),
			Price: genPrice().Draw(t, "price"), Quantity: rapid.Ptr(rapid.Int64(), true).Draw(t, "quantity"),
			Seller: text("seller"), Title: text("title"), SKU: text("sku"), URL: text("url"), Image: text("image"),
		}
	})
}

func genAvailability() *rapid.Generator[stock.Availability] {
	return rapid.SampledFrom(stock.Availabilities())
}

func genEvidence(size int) *rapid.Generator[[]stock.Evidence] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) stock.Evidence {
		return stock.Evidence{
			Method: stock.Method(genText(40).Draw(t, "method")), Where: genText(size).Draw(t, "where"),
			Fact: rapid.SampledFrom(stock.Facts()).Draw(t, "fact"), Value: genText(size).Draw(t, "value"), Text: genText(size).Draw(t, "text"),
			Note: rapid.SampledFrom(stock.Notes()).Draw(t, "note"), Args: rapid.SliceOfN(genText(size), 0, 4).Draw(t, "args"),
		}
	}), 0, 20)
}

func genChange(size int) *rapid.Generator[stock.Change] {
	return rapid.Custom(func(t *rapid.T) stock.Change {
		text := func(name string) string { return genText(size).Draw(t, name) }
		c := stock.Change{
			V: 1, Product: stock.ProductRef{ID: text("product"), Name: text("name")},
			Watch: stock.WatchRef{ID: rapid.StringMatching(`[a-z2-7]{26}`).Draw(t, "tid"), URL: text("url"), Source: text("source")},
			Kind:  rapid.SampledFrom(stock.Kinds()).Draw(t, "kind"), Also: rapid.SliceOfN(rapid.SampledFrom(stock.Kinds()), 0, 5).Draw(t, "also"),
			State: stock.State{
				Availability: genAvailability().Draw(t, "availability"), Price: genPrice().Draw(t, "price"),
				Offer: genOffer(size).Draw(t, "offer"), Since: genTime().Draw(t, "since"), LastPriceNow: genPrice().Draw(t, "last price"),
				LowTold: rapid.Bool().Draw(t, "low"), ObservedAt: genTime().Draw(t, "observed"), Evidence: genEvidence(size).Draw(t, "evidence"),
			},
			Watcher: text("watcher"),
		}
		for i := range rapid.IntRange(0, 500).Draw(t, "listings") {
			c.Seen = append(c.Seen, stock.ShortHash(c.Watch.ID+string(rune(i))))
		}
		if rapid.Bool().Draw(t, "has problem") {
			c.Problem = &stock.Problem{Reason: stock.Said(text("reason")), Since: genTime().Draw(t, "since")}
		}
		if rapid.Bool().Draw(t, "has previous") {
			c.Previous = &stock.Previous{Availability: genAvailability().Draw(t, "before"), Price: genPrice().Draw(t, "price before")}
			c.Previous.Seller, c.Previous.Condition, c.Previous.SaleMode = text("seller before"), text("condition before"), stock.SaleMode(text("mode before"))
			c.Previous.Clarity = genClarity(size).Draw(t, "clarity before")
		}
		c.Clarity = genClarity(size).Draw(t, "clarity")
		return c
	})
}

func genClarity(size int) *rapid.Generator[*stock.Clarity] {
	return rapid.Ptr(rapid.Custom(func(t *rapid.T) stock.Clarity {
		return stock.Clarity{
			Unclear: rapid.Int().Draw(t, "unclear"), Reason: stock.Doubt(genText(size).Draw(t, "doubt")), Leans: stock.Lean(genText(size).Draw(t, "leans")),
			Since: genTime().Draw(t, "since"), Maybe: rapid.Bool().Draw(t, "maybe"),
		}
	}), true)
}

// same compares what JSON can carry: bytes that are no text become U+FFFD.
var same = cmp.Options{
	cmpopts.EquateEmpty(),
	cmp.FilterValues(func(a, b string) bool { return !utf8.ValidString(a) || !utf8.ValidString(b) }, cmp.Comparer(func(a, b string) bool {
		return strings.ToValidUTF8(a, "\ufffd") == strings.ToValidUTF8(b, "\ufffd")
	})),
}

func TestARecordThatFitsComesBackAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := genChange(20).Draw(t, "change")
		want.Seen, want.Evidence = want.Seen[:min(len(want.Seen), 100)], want.Evidence[:min(len(want.Evidence), 3)]
		b, err := encodeChange(want)
		if err != nil {
			t.Fatalf("encode: %v", err)
		}
		got, err := decodeChange(b)
		if err != nil {
			t.Fatalf("decode %s: %v", b, err)
		}
		if diff := cmp.Diff(want, got, same); diff != "" {
			t.Fatalf("round trip (-want +got):\n%s", diff)
		}
	})
}

func TestEveryRecordFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genChange(9000).Draw(t, "change")
		before, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		b, err := encodeChange(c)
		if err != nil {
			t.Fatalf("encode: %v", err)
		}
		if len(b) > maxRecord || !utf8.Valid(b) {
			t.Fatalf("encoded to %d bytes, valid UTF-8: %v", len(b), utf8.Valid(b))
		}
		got, err := decodeChange(b)
		if err != nil {
			t.Fatalf("decode %s: %v", b, err)
		}
		if got.Watch.ID != c.Watch.ID || got.Kind != c.Kind || got.Availability != c.Availability || got.Price != c.Price || !got.Since.Equal(c.Since) {
			t.Fatalf("cutting changed what a record says: got %+v, want %+v", got, c)
		}
		if got.Watch.URL != "" && strings.ToValidUTF8(got.Watch.URL, "\ufffd") != strings.ToValidUTF8(c.Watch.URL, "\ufffd") {
			t.Fatalf("the watch's URL was cut to %q", got.Watch.URL)
		}
		if after, err := json.Marshal(c); err != nil || !bytes.Equal(before, after) {
			t.Fatalf("encoding changed the caller's record to %s, was %s", after, before)
		}
	})
}

func TestEveryLetterFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genChange(9000).Draw(t, "change")
		l := letter("17", "phone", stock.ShortHash("me"))
		l.Alert = stock.Alert{
			Kind: c.Kind, Also: c.Also, Product: c.Product, Watch: c.Watch, Offer: c.Offer, Previous: c.Previous, Evidence: c.Evidence,
			ObservedAt: c.ObservedAt, Marks: rapid.SliceOfN(genText(9000), 0, 20).Draw(t, "marks"),
		}
		for range rapid.IntRange(0, 40).Draw(t, "others") {
			l.Alert.Others = append(l.Alert.Others, stock.Other{URL: c.Watch.URL, Source: c.Watch.Source})
		}
		b, err := encodeLetter(l)
		if err != nil || len(b) > maxRecord {
			t.Fatalf("encode: %d bytes, %v", len(b), err)
		}
		got, err := decodeLetter(b)
		if err != nil {
			t.Fatalf("decode %s: %v", b, err)
		}
		if got.ID() != l.ID() || got.Epoch != l.Epoch || got.Alert.Kind != l.Alert.Kind || got.Alert.Offer.Price != l.Alert.Offer.Price || !got.NotAfter.Equal(l.NotAfter) {
			t.Fatalf("cutting changed what a letter says: got %+v, want %+v", got, l)
		}
	})
}

func TestCutsKeepWhatMatters(t *testing.T) {
	c := fullChange()
	c.Seen, c.Previous, c.Clarity = nil, nil, nil // a search has neither
	for i := range 500 {
		c.Seen = append(c.Seen, stock.ShortHash(string(rune(i))))
	}
	b, err := encodeChange(c)
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeChange(b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, got); diff != "" {
		t.Errorf("a full record with 500 listings lost something (-want +got):\n%s", diff)
	}

	c = fullChange()
	for range 50 {
		c.Evidence = append(c.Evidence, stock.Evidence{Method: stock.MethodJSONLD, Fact: stock.FactAvailability, Text: strings.Repeat("在庫", 100), Where: "$"})
	}
	if b, err = encodeChange(c); err != nil {
		t.Fatal(err)
	}
	if got, err = decodeChange(b); err != nil {
		t.Fatal(err)
	}
	if len(got.Evidence) != 8 || !cmp.Equal(got.Evidence[0], c.Evidence[0]) {
		t.Errorf("of %d reasons %d are left, want the first 8", len(c.Evidence), len(got.Evidence))
	}
	got.Evidence = c.Evidence
	if diff := cmp.Diff(c, got); diff != "" {
		t.Errorf("too much evidence cost something else (-want +got):\n%s", diff)
	}
}

func TestClip(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{{"", 0, ""}, {"abc", 3, "abc"}, {"abc", 2, "ab"}, {"再入荷", 8, "再入"}, {"再入荷", 9, "再入荷"}, {"再", 2, ""}} {
		if got := stock.Clip(c.in, c.n); got != c.want {
			t.Errorf("stock.Clip(%q, %d) = %q, want %q", c.in, c.n, got, c.want)
		}
	}
}

func FuzzDecodeChange(f *testing.F) {
	b, err := encodeChange(fullChange())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"v":1,"watch":{"id":"w"},"seen":"AAAA"}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		c, err := decodeChange(in)
		if err != nil {
			return
		}
		b, err := encodeChange(c)
		if err == nil && len(b) > maxRecord {
			t.Errorf("a decoded record encodes to %d bytes", len(b))
		}
	})
}
