package rakutenapi

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/sources/official"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// recorded are answers that Rakuten really gave, in 2017.
const recorded = "../../../../shared/pages/api"

func readRecorded(t *testing.T, name string) stock.Page {
	t.Helper()
	if _, err := os.Stat(recorded); err != nil {
		t.Skip("the recorded answers are not here")
	}
	body, err := os.ReadFile(filepath.Join(recorded, "rakuten-api__"+name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return stock.Page{Status: 200, Outcome: stock.OK, Body: body, FetchedAt: time.Date(2017, 1, 28, 12, 0, 0, 0, tokyo)}
}

func TestRecordedItems(t *testing.T) {
	q := stock.Query{API: stock.RakutenAPI, Words: "たのしいRuby 第5版", Not: "電子書籍", Condition: stock.ConditionNew}
	o := official.Read(Ichiba{}, q, readRecorded(t, "ichiba_item_search_with_keyword_Ruby"))
	got := o.Offer
	if o.Outcome != stock.OK || got.Availability != stock.InStock || got.Price != stock.Yen(2808) || !o.Strong {
		t.Fatalf("%s, %+v (%s), want InStock for 2808 yen by strong evidence", o.Outcome, got, o.Reason)
	}
	if got.Points == nil || *got.Points != 76 { // three percent of the 2552 yen before tax
		t.Errorf("points = %v, want 76", got.Points)
	}
	if got.Shipping == nil || *got.Shipping != stock.Yen(0) {
		t.Errorf("shipping = %v, want free", got.Shipping)
	}
	if got.URL != "https://item.rakuten.co.jp/book/13770163/" || got.SKU != "book:17798676" || got.Seller != "楽天ブックス" || got.Image == "" {
		t.Errorf("offer = %+v, want the shop's page, code, name and a picture", got)
	}
}

func TestRecordedEmptyAnswer(t *testing.T) {
	p := readRecorded(t, "ichiba_item_search_with_no_items")
	o := official.Read(Ichiba{}, stock.Query{API: stock.RakutenAPI, JAN: "4902370553024"}, p)
	if o.Outcome != stock.OK || o.Offer.Availability != stock.OutOfStock || !o.Strong || len(o.Offers) != 0 {
		t.Errorf("%s, %s, %d offers, want ok, OutOfStock and none: it was asked for sold-out ones too", o.Outcome, o.Offer.Availability, len(o.Offers))
	}
	if official.More(Ichiba{}, stock.Query{API: stock.RakutenAPI, JAN: "4902370553024"}, p) {
		t.Error("More = true, want no second question: the answer is complete")
	}
}

func TestRecordedBooks(t *testing.T) {
	tests := []struct {
		file, code string
		want       stock.Availability
		yen        int64
		url        string
	}{
		{"books_total_search_with_keyword_Ruby", "9784797386295", stock.InStock, 2808, "https://books.rakuten.co.jp/rb/13770163/"},
		{"books_game_search_with_keyword_Ruby", "4902370528268", stock.InStock, 540, "https://books.rakuten.co.jp/rb/13101447/"},
		{"books_software_search_with_keyword_Ruby", "4996650312944", stock.BackOrder, 8845, "https://books.rakuten.co.jp/rb/14437521/"},
	}
	for _, tt := range tests {
		q := stock.Query{API: stock.RakutenBooksAPI, JAN: tt.code, Condition: stock.ConditionNew}
		o := official.Read(Books{}, q, readRecorded(t, tt.file))
		if got := o.Offer; got.Availability != tt.want || got.Price != stock.Yen(tt.yen) || got.URL != tt.url || got.JAN != tt.code {
			t.Errorf("%s of %s = %+v (%s), want %s for %d yen at %s", tt.code, tt.file, got, o.Reason, tt.want, tt.yen, tt.url)
		}
	}
}

// Every row of the recorded answers is read, and says something.
func TestRecordedRows(t *testing.T) {
	for _, name := range []string{"total", "book", "cd", "dvd", "game", "magazine", "software"} {
		a, refused := Books{}.Answer(readRecorded(t, "books_"+name+"_search_with_keyword_Ruby"))
		if refused != nil || len(a.Rows) == 0 || a.Broken > 0 {
			t.Fatalf("%s: %+v, refused %v, want rows", name, a, refused)
		}
		for _, r := range a.Rows {
			if r.Availability == stock.Unknown || !r.Price.Known() || r.URL == "" || r.JAN == "" || r.Title == "" {
				t.Errorf("%s: row %+v lacks a fact", name, r)
			}
		}
	}
}
