package stock

import "testing"

func TestMentioned(t *testing.T) {
	named := Product{Name: "Nintendo Switch 2", JAN: "4902370553024"}
	keyed := Product{Name: "Nintendo Switch 2", Keywords: []string{"switch 2", "スイッチ2"}}
	for _, tt := range []struct {
		product Product
		text    string
		want    bool
	}{
		{named, "【再入荷】Nintendo Switch 2 が楽天ブックスに", true},
		{named, "ＮＩＮＴＥＮＤＯ　Ｓｗｉｔｃｈ２　復活", true},
		{named, "Nintendo Switch Lite 2台セット", true}, // all words are there; keywords are for who minds
		{named, "Nintendo Switch 12か月", false},
		{named, "Switch 2", false},
		{named, "JAN:4902370553024 復活", true},
		{named, "JAN:94902370553024", false},
		{keyed, "Switch2 招待販売", true},
		{keyed, "スイッチ２の在庫", true},
		{keyed, "スイッチの在庫", false},
		{keyed, "Switches 2", false},
		{named, "", false},
		{Product{}, "anything", false},
	} {
		if got := tt.product.Mentioned(tt.text); got != tt.want {
			t.Errorf("Mentioned(%q) of a product with keywords %q, name %q = %t, want %t", tt.text, tt.product.Keywords, tt.product.Name, got, tt.want)
		}
	}
}
