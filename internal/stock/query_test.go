package stock

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCheckCode(t *testing.T) {
	tests := []struct{ code, says string }{
		{"4902370553024", ""},
		{"9784101010014", ""},
		{"96385074", ""},     // EAN-8
		{"036000291452", ""}, // UPC-A
		{"", "is empty"},
		{"490237055302", "check digit"}, // twelve digits: a UPC, if it were one
		{"4902370553025", "would end in 4"},
		{"4902370553204", "check digit"}, // two digits swapped
		{"4902-370553024", "digits only"},
		{"４９０２３７０５５３０２４", "digits only"},
		{"4101010013", "begins with 978"},
		{"49023705530241", "has 14"},
	}
	for _, tt := range tests {
		err := CheckCode(tt.code)
		if (err == nil) != (tt.says == "") || err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("CheckCode(%q) = %v, want an error with %q", tt.code, err, tt.says)
		}
	}
}

func TestParseQuery(t *testing.T) {
	tests := []struct {
		raw  string
		want Query
	}{
		{"rakuten-api:?jan=4902370553024", Query{API: RakutenAPI, JAN: "4902370553024", Condition: ConditionNew}},
		{"Rakuten-API:?jan=4902370553024", Query{API: RakutenAPI, JAN: "4902370553024", Condition: ConditionNew}},
		{"rakuten-books:?isbn=9784101010014", Query{API: RakutenBooksAPI, JAN: "9784101010014", Condition: ConditionNew}},
		{"rakuten-books:?jan=4902370553024", Query{API: RakutenBooksAPI, JAN: "4902370553024", Condition: ConditionNew}},
		{"yahoo-api:?q=ポケモンカード 151", Query{API: YahooAPI, Words: "ポケモンカード 151", Condition: ConditionNew}},
		{"yahoo-api:?q=%E3%83%9D%E3%82%B1+151", Query{API: YahooAPI, Words: "ポケ 151", Condition: ConditionNew}},
		{
			"yahoo-api:?jan=4902370553024&condition=used&min_price=30000&max_price=50000&not=ケース&shop=joshin",
			Query{API: YahooAPI, JAN: "4902370553024", Condition: ConditionUsed, MinPrice: 30000, MaxPrice: 50000, Not: "ケース", Shop: "joshin"},
		},
		{
			"rakuten-api:?jan=4902370553024&item=https://item.rakuten.co.jp/joshin/sw2/",
			Query{API: RakutenAPI, JAN: "4902370553024", Item: "https://item.rakuten.co.jp/joshin/sw2/", Shop: "joshin", Condition: ConditionAny},
		},
		{
			"yahoo-api:?q=switch2&item=https%3A%2F%2Fstore.shopping.yahoo.co.jp%2Fjoshin%2Fsw2.html&condition=new",
			Query{API: YahooAPI, Words: "switch2", Item: "https://store.shopping.yahoo.co.jp/joshin/sw2.html", Shop: "joshin", Condition: ConditionNew},
		},
		{"rakuten-api:?q=a%26b#in-stock", Query{API: RakutenAPI, Words: "a&b", Condition: ConditionNew, InStock: true}},
	}
	for _, tt := range tests {
		got, err := ParseQuery(tt.raw)
		if err != nil || got != tt.want {
			t.Errorf("ParseQuery(%q) = %+v, %v, want %+v", tt.raw, got, err, tt.want)
			continue
		}
		if again, err := ParseQuery(got.URL()); err != nil || again != got {
			t.Errorf("ParseQuery(%q), which %+v was written as, = %+v, %v", got.URL(), got, again, err)
		}
	}
}

func TestParseQueryRefuses(t *testing.T) {
	tests := []struct{ raw, says string }{
		{"https://item.rakuten.co.jp/", "not the query"},
		{"rakuten-api:", "does not say what to look for"},
		{"rakuten-api:?", "does not say what to look for"},
		{"rakuten-api:?max_price=5", "does not say what to look for"},
		{"rakuten-api:jan=4902370553024", "must look like rakuten-api:?jan="},
		{"rakuten-api://shop/?jan=4902370553024", "must look like"},
		{"rakuten-api:/?jan=4902370553024", "must look like"},
		{"rakuten-api:?jan=4902370553024#top", "must look like"},
		{"rakuten-api:?jan=4902370553025", "check digit"},
		{"rakuten-api:?jan=4902370553024&jan=4902370553024", "there 2 times"},
		{"rakuten-api:?jan=4902370553024&q=a", "both jan and q"},
		{"rakuten-api:?item=https://item.rakuten.co.jp/joshin/sw2/", "does not say what to look for"},
		{"rakuten-api:?q=a&item=https://item.rakuten.co.jp/joshin/", "name a shop and an item"},
		{"rakuten-api:?q=a&item=http://item.rakuten.co.jp/joshin/sw2/", "a page on https://item.rakuten.co.jp/"},
		{"rakuten-api:?q=a&item=https://store.shopping.yahoo.co.jp/joshin/sw2.html", "a page on https://item.rakuten.co.jp/"},
		{"rakuten-api:?q=a&shop=joshin&item=https://item.rakuten.co.jp/joshin/sw2/", "both item and shop"},
		{"rakuten-books:?jan=4902370553024&item=https://books.rakuten.co.jp/rb/1/", "there is isbn and jan"},
		{"rakuten-api:?isbn=9784101010014", `unknown parameter "isbn"`},
		{"rakuten-books:?q=a", "there is isbn and jan"},
		{"rakuten-books:?isbn=9784101010014&jan=9784101010014", "both jan and isbn"},
		{"rakuten-books:?isbn=4101010013", "begins with 978"},
		{"yahoo-api:?jan=4902370553024&condition=good", "new, used or any"},
		{"yahoo-api:?jan=4902370553024&min_price=0", "whole number of yen"},
		{"yahoo-api:?jan=4902370553024&min_price=9&max_price=8", "above its max_price"},
		{"yahoo-api:?q=", "q is empty"},
		{"yahoo-api:?q=" + strings.Repeat("a", 200), "longer than 128"},
	}
	for _, tt := range tests {
		if got, err := ParseQuery(tt.raw); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("ParseQuery(%q) = %+v, %v, want an error with %q", tt.raw, got, err, tt.says)
		}
	}
}

// What is written as a watch's URL is read back as it was, and the identity of a
// watch does not depend on whose spelling it is.
func TestQueryURLIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.StringMatching(`[a-zA-Z0-9ぁ-ん&=#+%/?"]{1,20}( [一-龠ー]{1,5})?`)
		q := Query{
			API: rapid.SampledFrom([]API{RakutenAPI, YahooAPI}).Draw(t, "api"), Words: words.Draw(t, "q"),
			Not: words.Draw(t, "not"), Shop: rapid.StringMatching(`[a-z-]{0,9}`).Draw(t, "shop"),
			Condition: rapid.SampledFrom([]string{ConditionNew, ConditionUsed, ConditionAny}).Draw(t, "condition"),
			MinPrice:  rapid.Int64Range(0, 500).Draw(t, "min"), MaxPrice: rapid.Int64Range(500, maxYen).Draw(t, "max"),
			InStock: rapid.Bool().Draw(t, "in stock"),
		}
		got, err := ParseQuery(q.URL())
		if err != nil || got != q {
			t.Fatalf("ParseQuery(%q) = %+v, %v, want %+v", q.URL(), got, err, q)
		}
		if n := NormalizeURL(q.URL()); n != NormalizeURL(n) {
			t.Fatalf("NormalizeURL(%q) is not stable: %q", q.URL(), n)
		}
	})
}
