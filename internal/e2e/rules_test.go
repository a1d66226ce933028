package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/fakeshop"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Each of the user's rules decides in a running daemon: all the while the shop's own
// data says that the item is in stock at 1980 yen, and only the place that the rule
// names says what is true.
func TestUserRules(t *testing.T) {
	const (
		out = "風見鶏 今月分は終わりました"
		in  = "風見鶏 今月分あります 1,500円"
	)
	c, s := newTown(t), newSink(t)
	rules := map[string]string{
		"texts":    "stock_selector = \"h1\"\nin_stock_text = \"今月分あります\"\nsold_out_text = \"/今月分は.*終わり/\"\n",
		"anywhere": "in_stock_text = \"今月分あります\"\nsold_out_text = \"今月分は終わりました\"\n",
		"ignored":  "in_stock_text = \"/あります|在庫あり/\"\nsold_out_text = \"今月分は終わりました\"\nignore_selector = \"form, footer, aside\"\n",
		"priced":   "stock_selector = \"h1\"\nprice_selector = \"h1\"\nin_stock_text = \"あります\"\nsold_out_text = \"終わりました\"\n",
	}
	var shops []shop
	for name := range rules {
		shops = append(shops, c.shop(name))
	}
	sell := func(title string) {
		for _, p := range shops {
			c.Set(p.url, fakeshop.Item{Title: title, Availability: stock.InStock, Price: stock.Yen(1980)})
		}
	}
	sell(out)
	text := settings{town: c, sink: s, shops: shops}.text()
	for _, p := range shops {
		url := fmt.Sprintf("url = %q\n", p.url)
		text = strings.Replace(text, url, url+rules[p.id], 1)
	}
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	startDaemon(t, path)
	looks(t, shops, 2)
	if n := len(s.all()); n != 0 {
		t.Fatalf("%d alerts while the rules say that it is sold out, want none: %v", n, describe(s.all()))
	}
	sell(in)
	for _, p := range shops {
		s.wait(t, p.id, 1)
		e := s.of(p.id)[0]
		want := stock.Yen(1980)
		if p.id == "priced" {
			want = stock.Yen(1500)
		}
		if e.Data.Kind != stock.Restocked || e.Data.Offer.Price != want {
			t.Errorf("%s: got %s at %s, want restocked at %s", p.id, e.Data.Kind, e.Data.Offer.Price, want)
		}
	}
}
