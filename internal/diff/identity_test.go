package diff_test

import (
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/diff"
	"github.com/sainyuka/sainyuka/internal/stock"
)

func TestIdentify(t *testing.T) {
	const (
		jan, other = "4902370553024", "4549292208917"
		before     = "Nintendo Switch 2（日本語・国内専用）"
	)
	tests := []struct {
		name string
		p    stock.Product
		o    stock.Offer
		more []stock.Offer
		says string // in the reason of wrong_product; "" when it is the product
	}{
		{"the same title", stock.Product{}, stock.Offer{Title: before}, nil, ""},
		{"a title dressed up", stock.Product{}, stock.Offer{Title: "【再入荷】【送料無料】任天堂 ＮＩＮＴＥＮＤＯ　ＳＷＩＴＣＨ　２ 本体 新品"}, nil, ""},
		{"another variant's title", stock.Product{}, stock.Offer{Title: "Nintendo Switch 2 マリオカート ワールド セット"}, nil, ""},
		{"a reused address", stock.Product{}, stock.Offer{Title: "天然水 2L 9本入り 送料無料"}, nil, "title was"},
		{"a reused address with the product's code", stock.Product{JAN: jan}, stock.Offer{Title: "天然水 2L 9本入り 送料無料", JAN: jan}, nil, ""},
		{"another language, by the product's name", stock.Product{Name: "ニンテンドースイッチ2"}, stock.Offer{Title: "ニンテンドースイッチ2 本体"}, nil, ""},
		{"another language, by a keyword", stock.Product{Keywords: []string{"ニンテンドースイッチ2"}}, stock.Offer{Title: "ニンテンドースイッチ2 本体"}, nil, ""},
		{"the number has stayed", stock.Product{}, stock.Offer{Title: "天然水 2L 9本入り 送料無料", SKU: "sw2"}, nil, ""},
		{"too short to tell", stock.Product{}, stock.Offer{Title: "天然水"}, nil, ""},
		{"no title", stock.Product{}, stock.Offer{}, nil, ""},

		{"its code", stock.Product{JAN: jan}, stock.Offer{Title: before, JAN: jan}, nil, ""},
		{"another code", stock.Product{JAN: jan}, stock.Offer{Title: before, JAN: other}, nil, "describes JAN " + other + ", the product's jan is " + jan},
		{"no code is asked for", stock.Product{}, stock.Offer{Title: before, JAN: other}, nil, ""},
		{"the shop's own number", stock.Product{JAN: jan}, stock.Offer{Title: before, JAN: "2000000000008"}, nil, ""},
		{"no code at all", stock.Product{JAN: jan}, stock.Offer{Title: before, JAN: "4549292208918"}, nil, ""},
		{"a variant beside others", stock.Product{JAN: jan}, stock.Offer{Title: before, JAN: other}, []stock.Offer{{JAN: other}, {JAN: jan}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var track diff.Track
			track.State.Offer = stock.Offer{Title: before, SKU: "sw2"}
			told := stock.Observation{URL: "https://shop.example/1", Source: "page", Outcome: stock.OK, Offer: tt.o, Offers: tt.more, At: midnight}
			unclear := told
			told.Offer.Availability, unclear.Doubt = stock.InStock, stock.Silent
			for _, o := range []stock.Observation{told, unclear} {
				got := track.Identify(tt.p, o)
				switch {
				case tt.says == "" && got.Outcome != stock.OK:
					t.Errorf("%s: got %s (%s), want the observation", o.Class(), got.Outcome, got.Reason)
				case tt.says != "" && (got.Outcome != stock.WrongProduct || !strings.Contains(got.Reason.Text, tt.says) || got.Offer.Availability != stock.Unknown):
					t.Errorf("%s: got %s (%s) and %s, want wrong_product with %q and nothing known", o.Class(), got.Outcome, got.Reason, got.Offer.Availability, tt.says)
				}
			}
		})
	}
}

// The first look has nothing to compare a title with, and a page that says nothing
// is left as it is.
func TestIdentifyKnowsNothingAtFirst(t *testing.T) {
	for _, o := range []stock.Observation{
		{Outcome: stock.OK, Offer: stock.Offer{Availability: stock.InStock, Title: "天然水 2L 9本入り 送料無料"}},
		{Outcome: stock.Blocked, Reason: stock.Said("captcha")},
		{Outcome: stock.OK, IsSearch: true},
	} {
		if got := (diff.Track{}).Identify(stock.Product{Name: "Nintendo Switch 2"}, o); got.Outcome != o.Outcome || got.Reason.Text != o.Reason.Text {
			t.Errorf("Identify(%s) = %s (%s), want it as it was", o.Outcome, got.Outcome, got.Reason)
		}
	}
}
