package web_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// chronicle is a site with a product whose pages were out of stock, unreadable, in
// stock and out again, an hour each.
func chronicle(t *testing.T, change func(*web.Options)) (*web.Server, stock.Product) {
	t.Helper()
	p := product("robot", "ロボット <b>R</b>", "https://shop.example/robot")
	w := p.Watches[0]
	begin := time.Now().Add(-5 * time.Hour).Truncate(time.Second)
	store := &memory{history: map[string][]stock.Entry{}}
	for i, one := range []struct {
		a   stock.Availability
		k   stock.Kind
		yen int64
		bad bool
	}{{stock.SoldOut, stock.Baseline, 5000, false}, {stock.SoldOut, stock.Unread, 5000, true}, {stock.SoldOut, stock.Readable, 5000, false}, {stock.InStock, stock.Restocked, 4800, false}, {stock.SoldOut, stock.SoldOutKind, 4800, false}} {
		c := changeTo(p, w, one.a, one.yen)
		c.Kind, c.ObservedAt, c.Since = one.k, begin.Add(time.Duration(i)*time.Hour), begin.Add(time.Duration(i)*time.Hour)
		if one.bad {
			c.Problem = &stock.Problem{Since: c.ObservedAt.Add(-20 * time.Minute), Reason: stock.Said("=cmd()")}
		}
		store.history[w.ID] = append(store.history[w.ID], stock.Entry{Seq: uint64(i + 1), Change: c, At: c.ObservedAt})
	}
	o := web.Options{Language: "en", Location: time.UTC, Products: func() []stock.Product { return []stock.Product{p} }, Store: store, Switches: &switches{}, Logger: testLog(t)}
	if change != nil {
		change(&o)
	}
	s := web.New(o)
	last := store.history[w.ID][4]
	s.Record(w.ID, last.Seq, last.Change)
	return s, p
}

func TestProductPageDrawsEachRecord(t *testing.T) {
	s, _ := chronicle(t, nil)
	doc := document(t, do(s.Handler(), "GET", "/products/robot"))
	if got := text(doc.Find("h1")); got != "ロボット <b>R</b>" {
		t.Errorf("the page is of %q", got)
	}
	var marks []string
	doc.Find("svg.chart a").Each(func(_ int, a *goquery.Selection) {
		marks = append(marks, a.AttrOr("href", "")+" "+a.Find("circle").AttrOr("class", ""))
	})
	if got, want := strings.Join(marks, ", "), "#r-1 mark out, #r-2 mark gap, #r-3 mark out, #r-4 mark in, #r-5 mark out"; got != want {
		t.Errorf("the chart has the points %s, want %s", got, want)
	}
	for _, m := range marks {
		if id := strings.Fields(m)[0]; doc.Find("li"+id).Length() != 1 {
			t.Errorf("the point %s leads nowhere", id)
		}
	}
	if got := doc.Find("svg.chart > rect.in").Length(); got != 2 { // behind the prices and in the shop's line
		t.Errorf("%d bars in stock, want 2", got)
	}
	if got := text(doc.Find("svg.chart a[href='#r-4'] title")); !strings.Contains(got, "Back in stock: In stock, ¥4,800") || !strings.Contains(got, "Page data: availability") {
		t.Errorf("the point of the restock says %q", got)
	}
	facts := text(doc.Find(".facts-now"))
	for _, want := range []string{"Lowest¥4,800", "Typical¥4,800", "Usually gone in60 min (of 1 times)", "Price limit¥54,978"} {
		if !strings.Contains(facts, want) {
			t.Errorf("the facts are %q, want %q", facts, want)
		}
	}
	if got := doc.Find(".heat rect:not(.h0)").Length(); got != 1 {
		t.Errorf("%d hours with a restock, want 1", got)
	}
	if w := do(s.Handler(), "GET", "/products/nosuch"); w.Code != 404 {
		t.Errorf("an unknown product: %d, want 404", w.Code)
	}
}

func TestHistoryAsJSONAndCSV(t *testing.T) {
	s, _ := chronicle(t, nil)
	w := do(s.Handler(), "GET", "/api/v1/products/robot/history.json")
	var got struct {
		Summary struct {
			Windows int     `json:"windows"`
			Gone    float64 `json:"usually_gone_seconds"`
		}
		Watches []struct {
			Points []struct {
				State string
				Seq   int
				Price stock.Price
			}
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	var states []string
	for _, p := range got.Watches[0].Points {
		states = append(states, fmt.Sprint(p.State, p.Seq))
	}
	if s, want := strings.Join(states, " "), "out1 unknown0 unknown2 out3 in4 out5"; s != want || got.Summary.Windows != 1 || got.Summary.Gone != 3600 {
		t.Errorf("points %q, summary %+v, want %q, one window of an hour", s, got.Summary, want)
	}
	w = do(s.Handler(), "GET", "/api/v1/products/robot/history.csv")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 7 {
		t.Fatalf("%d rows, %v, want a head and six points", len(rows), err)
	}
	if r := rows[5]; r[4] != "in" || r[5] != "4800" || r[7] != "JPY" || r[8] != "restocked" {
		t.Errorf("the restock is %q", r)
	}
	for _, row := range rows {
		for _, cell := range row {
			if strings.HasPrefix(cell, "=") {
				t.Errorf("a spreadsheet would run %q", cell)
			}
		}
	}
}

func TestMuteOnTheProductPage(t *testing.T) {
	sw := &switches{}
	s, _ := site(t, func(o *web.Options) { o.Switches = sw })
	w := submit(s.Handler(), "/products/kettle/mute", "back=product&for=24h")
	if w.Code != 303 || w.Header().Get("Location") != "../kettle" || strings.Join(sw.asked, ",") != "mute kettle 24h0m0s" {
		t.Errorf("mute for a day: %d to %q, asked %q", w.Code, w.Header().Get("Location"), sw.asked)
	}
}

// A browser keeps its own language; all else stays.
func TestLanguageOfABrowser(t *testing.T) {
	s, _ := site(t, func(o *web.Options) { o.Language = "en" })
	h := s.Handler()
	w := submit(h, "/settings/language", "language=ja")
	cookie, _, _ := strings.Cut(w.Header().Get("Set-Cookie"), ";")
	if w.Code != 303 || cookie != "sainyuka_lang=ja" {
		t.Fatalf("choosing Japanese: %d, cookie %q", w.Code, cookie)
	}
	for _, tt := range []struct{ cookie, want string }{{"", "en"}, {cookie, "ja"}, {"sainyuka_lang=xx", "en"}} {
		doc := document(t, do(h, "GET", "/", "Cookie", tt.cookie))
		if got := doc.Find("html").AttrOr("lang", ""); got != tt.want {
			t.Errorf("with the cookie %q the page is in %q, want %q", tt.cookie, got, tt.want)
		}
		if got := text(doc.Find("#p-kettle .badge").First()); got != map[string]string{"en": "In stock, few left", "ja": "在庫わずか"}[tt.want] {
			t.Errorf("with the cookie %q the row says %q", tt.cookie, got)
		}
	}
}

// The way back leads to the rows that one came from, and nowhere else.
func TestTheWayBackToTheList(t *testing.T) {
	s, _ := site(t, nil)
	for _, path := range []string{"/products/kettle", "/watches/" + stock.WatchID("kettle", "https://small.example/kettle")} {
		for from, want := range map[string]string{
			"":                              "../#p-kettle",
			"http://127.0.0.1:8480/":        "../#p-kettle",
			"http://127.0.0.1:8480/?page=2": "../?page=2#p-kettle",
			"http://127.0.0.1:8480/?q=a+%22b&state=no&page=3&evil=1": "../?page=3&q=a+%22b&state=no#p-kettle",
			"http://127.0.0.1:8480/products/camera?page=2":           "../#p-kettle",
			"http://evil.example/?page=2":                            "../#p-kettle",
			"http://127.0.0.1:8480/?page=javascript:&state=nonsense": "../#p-kettle",
		} {
			doc := document(t, do(s.Handler(), "GET", path, "Referer", from))
			if got := doc.Find(".crumb a").AttrOr("href", ""); got != want {
				t.Errorf("from %q the way back of %s is %q, want %q", from, path, got, want)
			}
		}
	}
}
