package page

import (
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

func TestDated(t *testing.T) {
	at := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name string
		e    stock.Evidence
		want bool
	}{
		{"a day to come", stock.Evidence{Fact: stock.FactAvailability, Value: "PreOrder", Text: "12月1日 10:00 販売開始"}, true},
		{"the same day gone by", stock.Evidence{Fact: stock.FactAvailability, Value: "InStock", Text: "2025年12月1日 販売開始"}, false},
		{"no day", stock.Evidence{Fact: stock.FactAvailability, Value: "InStock", Text: "在庫あり"}, false},
		{"starts later", stock.Evidence{Fact: stock.FactAvailability, Value: "PreOrder", Text: "https://schema.org/InStock"}, true},
		{"a pre-order", stock.Evidence{Fact: stock.FactAvailability, Value: "PreOrder", Text: "https://schema.org/PreOrder"}, false},
		{"a day in the title", stock.Evidence{Fact: stock.FactTitle, Text: "カレンダー 2027年1月1日"}, false},
	} {
		if got := Dated(stock.Observation{At: at, Evidence: []stock.Evidence{tt.e}}); got != tt.want {
			t.Errorf("%s: Dated(%q) = %v, want %v", tt.name, tt.e.Text, got, tt.want)
		}
	}
}
