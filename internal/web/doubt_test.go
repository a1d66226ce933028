package web_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// A doubt stands beside the last known state: it is no search, no trouble and no
// state of its own.
func TestADoubtIsShownAsWhatItIs(t *testing.T) {
	at := time.Now().Add(-20 * time.Minute)
	remembered := func(r stock.Doubt, l stock.Lean) *stock.Clarity {
		return &stock.Clarity{Unclear: 4, Reason: r, Leans: l, Since: at}
	}
	unclear := func(d stock.Doubt, l stock.Lean, c *stock.Clarity) *stock.Look {
		return &stock.Look{At: time.Now(), Outcome: stock.OK, Doubt: d, Leans: l, Clarity: c}
	}
	for _, tt := range []struct {
		name     string
		known    stock.Availability // of the record; Unknown: no record
		recorded *stock.Clarity
		problem  *stock.Problem
		look     *stock.Look
		language string
		class    string // of the row and its badge
		badge    string
		note     string // beginning with "Unclear", "" for none
		outcome  string // of the last look
	}{
		{
			"a contradiction after in stock", stock.InStock, remembered(stock.Contradiction, stock.LeansNo), nil,
			unclear(stock.Contradiction, stock.LeansNo, remembered(stock.Contradiction, stock.LeansNo)), "en",
			"unclear", "In stock", "Unclear: Two places contradict each other, leans to out of stock (since 20 min ago)", "Two places contradict each other",
		},
		{
			"the same in Japanese", stock.InStock, remembered(stock.Contradiction, stock.LeansNo), nil,
			unclear(stock.Contradiction, stock.LeansNo, remembered(stock.Contradiction, stock.LeansNo)), "ja",
			"unclear", "在庫あり", "はっきりしません: 在庫表示の食い違い、売り切れのようです（20分前から）", "在庫表示の食い違い",
		},
		{
			"silent after out of stock, of which there is no record", stock.SoldOut, nil, nil,
			unclear(stock.Silent, "", remembered(stock.Silent, "")), "ja",
			"unclear", "売り切れ", "はっきりしません: 在庫の記載なし（20分前から）", "在庫の記載なし",
		},
		{
			"a record alone, before the first look after a restart", stock.InStock, remembered(stock.Silent, ""), nil, nil, "en",
			"unclear", "In stock", "Unclear: Stock not stated (since 20 min ago)", "",
		},
		{
			"one that lasts and is unreadable by now", stock.InStock, remembered(stock.Silent, ""), &stock.Problem{Reason: stock.Said("r"), Since: at}, nil, "en",
			"unclear", "In stock", "Unclear: Stock not stated (since 20 min ago)", "",
		},
		{
			"one unclear look", stock.InStock, nil, nil, unclear(stock.Silent, "", nil), "en",
			"now", "In stock", "", "Stock not stated",
		},
		{
			"unclear from the first look on", stock.Unknown, nil, nil, unclear(stock.Contradiction, stock.LeansYes, nil), "en",
			"unclear", "Two places contradict each other", "Unclear: Two places contradict each other, leans to in stock", "Two places contradict each other",
		},
		{
			"nothing but a doubt is known", stock.Unknown, remembered(stock.Silent, ""), nil, unclear(stock.Silent, "", remembered(stock.Silent, "")), "en",
			"unclear", "Stock not stated", "Unclear: Stock not stated (since 20 min ago)", "Stock not stated",
		},
		{
			"the look told it and the record comes", stock.InStock, remembered(stock.Silent, ""), nil,
			&stock.Look{At: time.Now(), Outcome: stock.OK, Availability: stock.InStock}, "en",
			"now", "In stock", "", "Read",
		},
		{
			"blocked in a doubt", stock.InStock, remembered(stock.Silent, ""), nil,
			&stock.Look{At: time.Now(), Outcome: stock.Blocked, Clarity: remembered(stock.Silent, "")}, "en",
			"unclear", "In stock", "Unclear: Stock not stated (since 20 min ago)", "Blocked by the shop",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := product("p", "n", "https://shop.example/a")
			w := p.Watches[0]
			s := web.New(web.Options{Language: tt.language, Products: func() []stock.Product { return []stock.Product{p} }, Store: &memory{}, Logger: testLog(t)})
			if tt.known != stock.Unknown || tt.recorded != nil {
				c := changeTo(p, w, tt.known, 100)
				c.Clarity, c.Problem = tt.recorded, tt.problem
				c.Offer.Quantity = nil
				s.Record(w.ID, 1, c)
			}
			if tt.look != nil {
				tt.look.Watch = w.ID
				s.Looks([]stock.Look{*tt.look})
			}
			doc := document(t, do(s.Handler(), "GET", "/"))
			row := doc.Find("#w-" + w.ID)
			if got := text(row.Find(".badge." + tt.class)); !row.HasClass(tt.class) || got != tt.badge {
				t.Errorf("the list: row %q, badge.%s %q, want row and badge %s, %q", row.AttrOr("class", ""), tt.class, got, tt.class, tt.badge)
			}
			if got := text(row.Find(".unsure")); got != tt.note {
				t.Errorf("the list says of the doubt %q, want %q", got, tt.note)
			}
			page := document(t, do(s.Handler(), "GET", "/watches/"+w.ID))
			if got := text(page.Find(".watch-head .unsure")); got != tt.note {
				t.Errorf("the watch's page says of the doubt %q, want %q", got, tt.note)
			}
			if got := text(page.Find(".watch-head dl")); tt.outcome != "" && !strings.Contains(got, ") "+tt.outcome) {
				t.Errorf("the watch's page says %q, want when the last look was, and %q", got, tt.outcome)
			}
			if in, want := doc.Find("#trouble").Length() == 1, tt.name == "blocked in a doubt"; in != want {
				t.Errorf("among the pages that cannot be read: %v, want %v", in, want)
			}
			var api struct {
				Clarity *stock.Clarity
			}
			if err := json.Unmarshal(do(s.Handler(), "GET", "/api/v1/watches/"+w.ID).Body.Bytes(), &api); err != nil {
				t.Fatal(err)
			}
			want := tt.recorded
			if tt.look != nil {
				want = tt.look.Clarity
			}
			if (api.Clarity == nil) != (want == nil) || want != nil && (api.Clarity.Reason != want.Reason || api.Clarity.Leans != want.Leans || !api.Clarity.Since.Equal(want.Since)) {
				t.Errorf("clarity in the API: %+v, want %+v", api.Clarity, want)
			}
		})
	}
}
