package stock

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNewPrice(t *testing.T) {
	tests := []struct {
		amount, currency string
		want             Price
	}{
		{"1980", "JPY", Price{1980, "JPY"}},
		{"1980", "jpy", Price{1980, "JPY"}},
		{"1980.00", "JPY", Price{1980, "JPY"}},
		{"1980.4", "JPY", Price{1980, "JPY"}},
		{"1980.49", "JPY", Price{1980, "JPY"}},
		{"1980.5", "JPY", Price{1981, "JPY"}},
		{"0", "JPY", Price{0, "JPY"}},
		{"0001980", "JPY", Price{1980, "JPY"}},
		{"19.8", "EUR", Price{1980, "EUR"}},
		{"19", "USD", Price{1900, "USD"}},
		{"19.994", "USD", Price{1999, "USD"}},
		{"19.995", "USD", Price{2000, "USD"}},
		{"1.2345", "KWD", Price{1235, "KWD"}},
		{"19.8", "", Price{1980, ""}},
		{"9007199254740991", "JPY", Price{maxMinor, "JPY"}},
	}
	for _, tt := range tests {
		if got, err := NewPrice(tt.amount, tt.currency); err != nil || got != tt.want {
			t.Errorf("NewPrice(%q, %q) = %v, %v, want %v", tt.amount, tt.currency, got, err, tt.want)
		}
	}
}

func TestNewPriceRefuses(t *testing.T) {
	tests := []struct{ amount, currency, says string }{
		{"", "JPY", "plain decimal"},
		{".5", "JPY", "plain decimal"},
		{"5.", "JPY", "plain decimal"},
		{"1,980", "JPY", "plain decimal"},
		{"-1980", "JPY", "plain decimal"},
		{"+1980", "JPY", "plain decimal"},
		{" 1980", "JPY", "plain decimal"},
		{"1980円", "JPY", "plain decimal"},
		{"１９８０", "JPY", "plain decimal"},
		{"1e3", "JPY", "plain decimal"},
		{"1.2.3", "JPY", "plain decimal"},
		{"1..3", "JPY", "plain decimal"},
		{"0x10", "JPY", "plain decimal"},
		{"NaN", "JPY", "plain decimal"},
		{"9007199254740992", "JPY", "too large"},
		{"9007199254740991.5", "JPY", "too large"},
		{"99999999999999999999999999", "JPY", "too large"},
		{strings.Repeat("9", 4000), "USD", "too large"},
		{"1980", "円", "ISO 4217"},
		{"1980", "¥", "ISO 4217"},
		{"1980", "YENS", "ISO 4217"},
		{"1980", "J Y", "ISO 4217"},
	}
	for _, tt := range tests {
		if got, err := NewPrice(tt.amount, tt.currency); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("NewPrice(%.20q, %q) = %v, %v, want an error with %q", tt.amount, tt.currency, got, err, tt.says)
		}
	}
}

func TestPriceInWords(t *testing.T) {
	tests := []struct {
		p                    Price
		amount, string, json string
	}{
		{Yen(1980), "1980", "1980 JPY", `{"amount":"1980","currency":"JPY"}`},
		{Yen(0), "0", "0 JPY", `{"amount":"0","currency":"JPY"}`},
		{Price{1980, "EUR"}, "19.80", "19.80 EUR", `{"amount":"19.80","currency":"EUR"}`},
		{Price{5, "EUR"}, "0.05", "0.05 EUR", `{"amount":"0.05","currency":"EUR"}`},
		{Price{-5, "EUR"}, "-0.05", "-0.05 EUR", `{"amount":"-0.05","currency":"EUR"}`},
		{Price{1234, "KWD"}, "1.234", "1.234 KWD", `{"amount":"1.234","currency":"KWD"}`},
		{Price{1980, ""}, "19.8", "19.8", `{"amount":"19.8"}`},
		{Price{198000, ""}, "1980", "1980", `{"amount":"1980"}`},
		{Price{}, "0", "no price", `null`},
	}
	for _, tt := range tests {
		if got := tt.p.Amount(); got != tt.amount {
			t.Errorf("%#v.Amount() = %q, want %q", tt.p, got, tt.amount)
		}
		if got := tt.p.String(); got != tt.string {
			t.Errorf("%#v.String() = %q, want %q", tt.p, got, tt.string)
		}
		if got, err := json.Marshal(tt.p); err != nil || string(got) != tt.json {
			t.Errorf("JSON of %#v = %s, %v, want %s", tt.p, got, err, tt.json)
		}
	}
}

func TestPriceJSONRefuses(t *testing.T) {
	for _, in := range []string{`1980`, `"1980"`, `{"amount":1980}`, `{"amount":"1,980","currency":"JPY"}`, `{"amount":"--1","currency":"JPY"}`, `{}`} {
		var p Price
		if err := json.Unmarshal([]byte(in), &p); err == nil {
			t.Errorf("price read from %s = %v, want an error", in, p)
		}
	}
}

func TestComparable(t *testing.T) {
	tests := []struct {
		p, q Price
		want bool
	}{
		{Yen(1), Yen(2), true},
		{Yen(0), Yen(2), true},
		{Yen(1), Price{1, "USD"}, false},
		{Price{1, ""}, Price{1, ""}, false},
		{Price{}, Yen(1), false},
	}
	for _, tt := range tests {
		if got := tt.p.Comparable(tt.q); got != tt.want {
			t.Errorf("%v.Comparable(%v) = %v, want %v", tt.p, tt.q, got, tt.want)
		}
	}
}

// TestPriceRoundTrips: a record that was written can be read again, whatever
// stood in it, and the amount that people see makes the same price again.
func TestPriceRoundTrips(t *testing.T) {
	currency := rapid.SampledFrom([]string{"", "JPY", "USD", "EUR", "KWD", "円", "jpy", "??"})
	minor := rapid.OneOf(rapid.Int64(), rapid.SampledFrom([]int64{0, 1, -1, 99, maxMinor, math.MaxInt64, math.MinInt64}))
	rapid.Check(t, func(t *rapid.T) {
		p := Price{minor.Draw(t, "minor"), currency.Draw(t, "currency")}
		b, err := json.Marshal(p)
		if err != nil {
			t.Fatalf("JSON of %#v: %v", p, err)
		}
		var back Price
		if err := json.Unmarshal(b, &back); err != nil || back != p {
			t.Fatalf("%#v written as %s reads %#v, %v", p, b, back, err)
		}
		if p.Minor < 0 || p.Minor > maxMinor || p.Currency != strings.ToUpper(p.Currency) || p.Currency != "" && !isCurrencyCode(p.Currency) {
			return
		}
		if again, err := NewPrice(p.Amount(), p.Currency); err != nil || again != p {
			t.Fatalf("NewPrice(%q, %q) = %#v, %v, want %#v", p.Amount(), p.Currency, again, err, p)
		}
	})
}

func TestNewPriceTakesNoOtherValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.StringMatching(`[0-9.,+\-eE円]{0,24}`).Draw(t, "amount")
		currency := rapid.SampledFrom([]string{"", "JPY", "USD", "KWD"}).Draw(t, "currency")
		p, err := NewPrice(amount, currency)
		if err != nil {
			return
		}
		if p.Minor < 0 || p.Minor > maxMinor || p.Currency != currency {
			t.Fatalf("NewPrice(%q, %q) = %#v, want 0 to %d in the same currency", amount, currency, p, maxMinor)
		}
	})
}

// Alerts and every page write a price in one way.
func TestPriceText(t *testing.T) {
	for want, p := range map[string]Price{
		"":                {},
		"¥0":              Yen(0),
		"¥980":            Yen(980),
		"¥1,980":          Yen(1980),
		"¥1,234,567":      Yen(1234567),
		"-¥1,980":         Yen(-1980),
		"€1,980.50":       {Minor: 198050, Currency: "EUR"},
		"US$0.05":         {Minor: 5, Currency: "USD"},
		"-1,980.50 SEK":   {Minor: -198050, Currency: "SEK"},
		"1,980":           {Minor: 198000},
		"123,456.500 TND": {Minor: 123456500, Currency: "TND"},
	} {
		if got := p.Text(); got != want {
			t.Errorf("Text of %v = %q, want %q", p, got, want)
		}
	}
}
