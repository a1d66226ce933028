package official

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	switch2 = "4902370553024"
	other   = "4549292208917"
)

func query(set ...func(*stock.Query)) stock.Query {
	q := stock.Query{API: stock.RakutenAPI, JAN: switch2, Condition: stock.ConditionNew}
	for _, f := range set {
		f(&q)
	}
	return q
}

func byWords(words string) func(*stock.Query) {
	return func(q *stock.Query) { q.JAN, q.Words = "", words }
}

func row(a stock.Availability, yen int64, set ...func(*Row)) Row {
	r := Row{Proof: stock.Evidence{Text: "said"}, Where: "Items[0]"}
	r.Availability, r.Title = a, fmt.Sprintf("Switch 2 for %d", yen)
	if yen > 0 {
		r.Price = stock.Yen(yen)
	}
	for _, f := range set {
		f(&r)
	}
	return r
}

// item asks for one page alone.
func item(q *stock.Query) { q.Item = "https://item.rakuten.co.jp/joshin/sw2/" }

func at(path string) func(*Row)        { return func(r *Row) { r.URL = "https://item.rakuten.co.jp" + path } }
func titled(title string) func(*Row)   { return func(r *Row) { r.Title = title } }
func with(text string) func(*Row)      { return func(r *Row) { r.Text = text } }
func jan(code string) func(*Row)       { return func(r *Row) { r.JAN = code } }
func condition(c string) func(*Row)    { return func(r *Row) { r.Condition = c } }
func answer(rows ...Row) Answer        { return Answer{Rows: rows, Total: int64(len(rows))} }
func (a Answer) of(total int64) Answer { a.Total = total; return a }

func TestObserve(t *testing.T) {
	const in, out, unknown = stock.InStock, stock.OutOfStock, stock.Unknown
	tests := []struct {
		name   string
		q      stock.Query
		a      Answer
		want   stock.Availability
		price  int64
		offers int
		says   string // in the reason of Unknown, else in the evidence
	}{
		{"cheapest that can be bought", query(), answer(row(out, 100), row(in, 300), row(in, 200)), in, 200, 3, "offer 1 of 2: the cheapest"},
		{"now before later, though dearer", query(), answer(row(stock.PreOrder, 100), row(in, 300)), in, 300, 2, ""},
		{"later before never", query(), answer(row(out, 100), row(stock.BackOrder, 300)), stock.BackOrder, 300, 2, ""},
		{"a price before none", query(), answer(row(in, 0), row(in, 300)), in, 300, 2, ""},
		{"none can be bought", query(), answer(row(out, 300), row(out, 200)), out, 200, 2, ""},
		{"nobody offers it", query(), answer(), out, 0, 0, "0 found"},
		{"no availability", query(), answer(row(unknown, 980)), unknown, 980, 1, "does not say"},
		{"no availability beside one that is sold out", query(), answer(row(out, 980), row(unknown, 970)), unknown, 980, 2, "does not say"},
		{"no availability beside one in stock", query(), answer(row(unknown, 970), row(in, 980)), in, 980, 2, ""},
		{"sold out as far as is shown", query(), answer(row(out, 200)).of(84), unknown, 200, 1, "first 1 of 84"},
		{"in stock, more are not shown", query(), answer(row(in, 200)).of(84), in, 200, 1, ""},
		{"a broken row", query(), Answer{Rows: []Row{row(out, 200)}, Total: 2, Broken: 1}, unknown, 200, 1, "could not be read: 1"},
		{"a broken row beside one in stock", query(), Answer{Rows: []Row{row(in, 200)}, Total: 2, Broken: 1}, in, 200, 1, ""},

		{"its code", query(), answer(row(in, 200, jan(switch2)), row(in, 100, jan(other))), in, 200, 1, "left out: 1 of another code"},
		{"only others' codes", query(), answer(row(in, 100, jan(other))), out, 0, 0, "left out: 1 of another code"},
		{"another code in the text", query(), answer(row(in, 100, with("JAN:"+other))), out, 0, 0, "1 of another code"},
		{"its code in the text", query(), answer(row(in, 100, with("JANコード４９０２３７０５５３０２４です"))), in, 100, 1, ""},
		{"a number that is no code", query(), answer(row(in, 100, with("電話 4912345678901"))), in, 100, 1, ""},
		{"several codes in the text", query(), answer(row(in, 100, with(switch2+" "+other))), unknown, 0, 0, "name other codes"},
		{"several codes in one, none in another", query(), answer(row(in, 100, with(switch2+" "+other)), row(out, 300)), out, 300, 1, "that name several codes"},
		{"a download", query(), answer(row(in, 100, func(r *Row) { r.Digital = true })), out, 0, 0, "1 of another code"},
		{"a UPC is an EAN", query(func(q *stock.Query) { q.JAN = "036000291452" }), answer(row(in, 100, jan("0036000291452"))), in, 100, 1, ""},

		{"its page", query(item), answer(row(in, 100, at("/other/1/")), row(out, 300, at("/joshin/SW2"))), out, 300, 1, "1 on other pages"},
		{"its page is not shown", query(item), answer(row(in, 100, at("/other/1/")), row(in, 100)), unknown, 0, 0, "watch the page itself"},

		{"used is not new", query(), answer(row(in, 100, condition(stock.ConditionUsed)), row(out, 300)), out, 300, 1, "1 in another condition"},
		{"used was asked for", query(func(q *stock.Query) { q.Condition = stock.ConditionUsed }), answer(row(in, 100, condition(stock.ConditionUsed)), row(in, 50)), in, 100, 1, ""},
		{"any condition", query(func(q *stock.Query) { q.Condition = stock.ConditionAny }), answer(row(in, 100, condition(stock.ConditionUsed)), row(in, 300)), in, 100, 2, ""},

		{"all words in the title", query(byWords("ｓｗｉｔｃｈ２ 本体")), answer(row(in, 100, titled("SWITCH2 ケース")), row(in, 300, titled("【新品】Switch2本体"))), in, 300, 1, "1 with other words"},
		{"a word that must not be", query(func(q *stock.Query) { q.Not = "ケース フィルム" }), answer(row(in, 100, titled("switch 2 用フィルム")), row(out, 300)), out, 300, 1, "1 with other words"},
		{"price limits", query(func(q *stock.Query) { q.MinPrice, q.MaxPrice = 200, 400 }), answer(row(in, 100), row(in, 500), row(in, 300)), in, 300, 1, "2 beyond the price limits"},

		{"second question, none", query(func(q *stock.Query) { q.InStock = true }), answer(), out, 0, 0, "all offers that can be bought"},
		{"second question, too many that are not meant", query(func(q *stock.Query) { q.InStock = true }), answer(row(in, 100, jan(other))).of(50), unknown, 0, 0, "first 1 of 50"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := Observe(tt.q, tt.a)
			if o.Outcome != stock.OK || o.Offer.Availability != tt.want || o.Offer.Price.Minor != tt.price || len(o.Offers) != tt.offers {
				t.Errorf("Observe = %s, %s for %s, %d offers; want ok, %s for %d, %d offers", o.Outcome, o.Offer.Availability, o.Offer.Price, len(o.Offers), tt.want, tt.price, tt.offers)
			}
			if o.Strong != (tt.want != unknown) || o.Reason.None() == (tt.want == unknown) {
				t.Errorf("strong %v, reason %q, want a known availability to be strong and Unknown to have a reason", o.Strong, o.Reason)
			}
			text := o.Reason
			if tt.want != unknown {
				text = stock.Said(fmt.Sprint(o.Evidence))
			}
			if !strings.Contains(text.Text, tt.says) {
				t.Errorf("it says %q, want %q in it", text, tt.says)
			}
		})
	}
}

// Whatever an answer holds: in stock is said for a row that says so and is meant,
// and sold out for no answer that leaves something open.
func TestObserveInvents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Row {
			return row(rapid.SampledFrom(stock.Availabilities()).Draw(t, "availability"), rapid.Int64Range(0, 9).Draw(t, "price"),
				jan(rapid.SampledFrom([]string{"", switch2, other}).Draw(t, "jan")),
				condition(rapid.SampledFrom([]string{"", stock.ConditionNew, stock.ConditionUsed}).Draw(t, "condition")))
		}), 0, 60).Draw(t, "rows")
		a := Answer{Rows: rows, Total: int64(len(rows)) + rapid.Int64Range(0, 2).Draw(t, "unseen"), Broken: rapid.IntRange(0, 1).Draw(t, "broken")}
		q := query()
		o := Observe(q, a)
		fits := func(r Row) bool { return r.JAN != other && r.Condition != stock.ConditionUsed }
		best, open := int64(-1), !a.complete()
		for _, r := range rows {
			if !fits(r) {
				continue
			}
			open = open || r.Availability == stock.Unknown
			if r.Availability.Purchasable() {
				best = max(best, r.Price.Minor)
			}
		}
		switch got := o.Offer.Availability.Group(); {
		case best >= 0 && !o.Offer.Availability.Purchasable():
			t.Fatalf("%v of %+v: something meant can be bought", o.Offer, a)
		case best < 0 && o.Offer.Availability.Purchasable():
			t.Fatalf("%v of %+v: nothing meant can be bought", o.Offer, a)
		case best < 0 && open != (got == stock.GroupUnknown):
			t.Fatalf("%v of %+v, open %v: sold out needs a complete answer", o.Offer, a, open)
		}
		if len(o.Offers) > maxOffers {
			t.Fatalf("%d offers", len(o.Offers))
		}
		if u := undecided(q, a); u != (o.Offer.Availability == stock.Unknown) {
			t.Fatalf("Undecided = %v with %s", u, o.Offer.Availability)
		}
	})
}

func TestRefusal(t *testing.T) {
	tests := []struct {
		name    string
		status  int
		outcome stock.Outcome // as fetch judges the status
		body    string
		want    stock.Outcome // "": an answer
		reason  string
	}{
		{"an answer", 200, stock.OK, `{"count":0}`, "", ""},
		{"not JSON is for the reader to refuse", 200, stock.OK, `<html>`, "", ""},
		{"bad parameter", 400, stock.Failed, `{"error":"wrong_parameter","error_description":"keyword is not valid"}`, stock.Unreadable, `the API does not accept the request; "wrong_parameter: keyword is not valid"`},
		{"bad parameter of Yahoo!", 400, stock.Failed, `{"Error":{"Code":400,"Message":"Bad Request"}}`, stock.Unreadable, `the API does not accept the request; "Bad Request"`},
		{"no Referer", 403, stock.Blocked, `{"errors":{"errorCode":403,"errorMessage":"REQUEST_CONTEXT_BODY_HTTP_REFERRER_MISSING"}}`, stock.Blocked, `the API refuses the key (403); "REQUEST_CONTEXT_BODY_HTTP_REFERRER_MISSING"; what to do`},
		{"address not on the list", 403, stock.Blocked, `{"errors":{"errorCode":403,"errorMessage":"CLIENT_IP_NOT_ALLOWED"}}`, stock.Blocked, `the API refuses the key (403); "CLIENT_IP_NOT_ALLOWED"; what to do`},
		{"no key", 401, stock.Blocked, ``, stock.Blocked, "the API refuses the key (401); what to do"},
		{"no data, or no such version", 404, stock.NotFound, `{"error":"not_found","error_description":"not found"}`, stock.Unreadable, `the API knows no such data, or this version of it has ended (404); "not_found: not found"`},
		{"a page of some server", 404, stock.NotFound, `<html>404</html>`, stock.Unreadable, "the API knows no such data, or this version of it has ended (404)"},
		{"too often", 429, stock.RateLimited, `{"error":"too_many_requests"}`, stock.RateLimited, `the API was asked too often (429); "too_many_requests"`},
		{"server error", 500, stock.Failed, `{"error":"system_error","error_description":"api logic error"}`, stock.Failed, `the API answers 500 Internal Server Error; "system_error: api logic error"`},
		{"maintenance", 503, stock.Blocked, `{"error":"service_unavailable"}`, stock.Blocked, `the API answers 503 Service Unavailable; "service_unavailable"`},
		{"an error in a 200", 200, stock.OK, `{"error":"wrong_parameter"}`, stock.Unreadable, `the API does not accept the request; "wrong_parameter"`},
		{"a limit in a 200", 200, stock.OK, `{"errors":{"errorCode":429}}`, stock.RateLimited, "the API was asked too often (429)"},
		{"trouble in a 200", 200, stock.OK, `{"error":"system_error"}`, stock.Failed, `the API has trouble (500); "system_error"`},
		{"an error without words", 200, stock.OK, `{"error":{}}`, stock.Unreadable, "the API does not accept the request"},
		{"no error", 200, stock.OK, `{"error":null,"count":1}`, "", ""},
		{"no connection", 0, stock.Failed, ``, stock.Failed, "connection refused"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := stock.Page{Status: tt.status, Outcome: tt.outcome, Body: []byte(tt.body)}
			switch {
			case tt.status == 0:
				p.Reason = stock.Said("connection refused")
			case tt.status == 500:
				p.Reason = stock.Said("500 Internal Server Error")
			case tt.status == 503:
				p.Reason = stock.Said("503 Service Unavailable")
			}
			o, found := Refusal(p, stock.Said("what to do"))
			if found != (tt.want != "") || o.Outcome != tt.want || o.Reason.Text != tt.reason {
				t.Errorf("Refusal(%d, %s) = %s, %q, %v, want %s, %q", tt.status, tt.body, o.Outcome, o.Reason, found, tt.want, tt.reason)
			}
		})
	}
}

func TestNumber(t *testing.T) {
	for raw, want := range map[string]stock.Price{
		`980`: stock.Yen(980), `"980"`: stock.Yen(980), `" 980 "`: stock.Yen(980),
		`true`: {}, `0`: {}, `"0"`: {}, `-5`: {}, `null`: {}, `""`: {}, `"980円"`: {}, `9.8`: {}, `[980]`: {}, `{}`: {},
		`99999999999999999999`: {}, `9223372036854775807`: {},
	} {
		var n Number
		if err := json.Unmarshal([]byte(raw), &n); err != nil || n.Yen() != want {
			t.Errorf("price %s = %s, %v, want %s", raw, n.Yen(), err, want)
		}
	}
}

func TestLink(t *testing.T) {
	const shop = "item.rakuten.co.jp"
	for raw, want := range map[string]string{
		"http://item.rakuten.co.jp/book/13770163/":                                  "https://item.rakuten.co.jp/book/13770163/",
		"https://item.rakuten.co.jp/a/b%2Fc/?rafcid=wsc_i_is_my-application-id#top": "https://item.rakuten.co.jp/a/b%2Fc/",
		"https://ITEM.rakuten.co.jp/a/":                                             "https://item.rakuten.co.jp/a/",
		"https://item.rakuten.co.jp:8443/a/":                                        "",
		"https://item.rakuten.co.jp@evil.example/a/":                                "",
		"https://me:pw@item.rakuten.co.jp/a/":                                       "",
		"https://item.rakuten.co.jp.evil.example/":                                  "",
		"https://hb.afl.rakuten.co.jp/hgc/x/?pc=https%3A%2F%2Fitem.rakuten.co.jp":   "",
		"javascript:alert(1)":                                                       "",
		"//item.rakuten.co.jp/a/":                                                   "",
		"":                                                                          "",
		"%":                                                                         "",
	} {
		if got := Link(raw, shop); got != want {
			t.Errorf("Link(%q) = %q, want %q", raw, got, want)
		}
	}
}
