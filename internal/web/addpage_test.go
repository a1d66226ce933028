package web_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// editor is an Editor that notes what it was asked, and refuses what err says.
type editor struct {
	asked []string
	err   error
	entry web.ProductEntry
}

func (e *editor) note(what string, body []byte) (web.ProductEntry, error) {
	e.asked = append(e.asked, strings.TrimSpace(what+" "+string(body)))
	return e.entry, e.err
}
func (e *editor) Entry(string) (web.ProductEntry, error) { return e.entry, nil }
func (e *editor) Entries() map[string]web.ProductEntry {
	return map[string]web.ProductEntry{e.entry.ID: e.entry}
}

func (e *editor) Create(_ context.Context, table []byte, origin string) (web.ProductEntry, error) {
	return e.note("create "+origin, table)
}

func (e *editor) Put(_ context.Context, id string, table []byte, _ uint64) (web.ProductEntry, error) {
	return e.note("put "+id, table)
}

func (e *editor) Patch(_ context.Context, id string, patch []byte, _ uint64) (web.ProductEntry, error) {
	return e.note("patch "+id, patch)
}

func (e *editor) Delete(_ context.Context, id string, _ uint64) error {
	_, err := e.note("delete "+id, nil)
	return err
}

func (e *editor) Add(_ context.Context, id string, watches []byte) (web.ProductEntry, error) {
	return e.note("add "+id, watches)
}

func (e *editor) Pause(_ context.Context, id string, paused bool) (web.ProductEntry, error) {
	return e.note(map[bool]string{true: "pause ", false: "resume "}[paused]+id, nil)
}
func (e *editor) Export() ([]byte, error) { return []byte("[[product]]\n"), nil }

// lookAt is what a page says before it is watched.
func lookAt(_ context.Context, ask stock.LookRequest) (web.Preview, error) {
	if strings.Contains(ask.URL, "refused") {
		return web.Preview{}, web.MistakesError{Lines: []string{"url: is no web page"}}
	}
	return web.Preview{
		Look: stock.Observation{
			URL: ask.URL, Outcome: stock.OK, Source: "rakuten",
			Offer:    stock.Offer{Availability: stock.InStock, Price: stock.Yen(54980), Title: "Robot <b>", JAN: "4902370553024"},
			Evidence: []stock.Evidence{{Method: stock.MethodPageData, Fact: stock.FactAvailability, Value: "InStock"}},
		},
		Host: "shop.example", Shop: "Some shop", Every: 2 * time.Second, Kinds: []stock.Kind{stock.Restocked},
	}, nil
}

func addSite(t *testing.T) (http.Handler, *editor) {
	t.Helper()
	e := &editor{entry: web.ProductEntry{ID: "robot", Revision: 7, Origin: "web", Table: json.RawMessage(`{"name":"Kettle","max_price":9000}`)}}
	s, _ := site(t, func(o *web.Options) {
		o.Editor, o.Entries, o.Preview = e, e.Entries, lookAt
		o.Health = func(context.Context) web.Health {
			return web.Health{Channels: []web.ChannelHealth{{ID: "phone"}, {ID: "mail"}}}
		}
		o.Elsewhere = func(_ context.Context, jan, words string) (web.Found, error) {
			f := web.NewFound(jan, words)
			f.Offers = []web.FoundOffer{{Source: "yahoo", Offer: stock.Offer{URL: "https://store.shopping.yahoo.co.jp/a/b.html", Title: "Other", Price: stock.Yen(5000), Availability: stock.InStock}}}
			return f, nil
		}
	})
	return s.Handler(), e
}

func TestAddShowsWhatThePageSays(t *testing.T) {
	h, _ := addSite(t)
	for _, tt := range []struct{ name, query string }{
		{"pasted", "url=" + url.QueryEscape("https://shop.example/robot")},
		{"shared by an app, with a title around it", "title=" + url.QueryEscape("ロボット") + "&text=" + url.QueryEscape("これ見て https://shop.example/robot")},
	} {
		doc := document(t, do(h, "GET", "/add?"+tt.query))
		if got := text(doc.Find(".preview .line")); got != "In stock ¥54,980 Some shop" || text(doc.Find("#preview-h")) != "Robot <b>" {
			t.Errorf("%s: the preview says %q of %q", tt.name, got, text(doc.Find("#preview-h")))
		}
		for selector, want := range map[string]string{"#save [name=address]": "https://shop.example/robot", "#f-name": "Robot <b>", "#f-jan": "4902370553024"} {
			if got := doc.Find(selector).AttrOr("value", ""); got != want {
				t.Errorf("%s: %s has %q, want %q", tt.name, selector, got, want)
			}
		}
	}
	if w := do(h, "GET", "/add?url="+url.QueryEscape("https://small.example/kettle")); w.Code != 303 || !strings.HasPrefix(w.Header().Get("Location"), "products/kettle#w-") {
		t.Errorf("a watched address: %d to %q, want 303 to its product", w.Code, w.Header().Get("Location"))
	}
	if got := text(document(t, do(h, "GET", "/add?url=https://refused.example/")).Find("[role=alert]")); got != "url: is no web page" {
		t.Errorf("a refused address says %q", got)
	}
	if got := document(t, do(h, "GET", "/add?url=nothing")).Find("[role=alert]").Length(); got != 1 {
		t.Errorf("a text without an address has %d messages, want one", got)
	}
	if got := document(t, do(h, "GET", "/add?url="+url.QueryEscape("https://a.example/1\nhttps://b.example/2"))).Find("#save input[name=address]").Length(); got != 2 {
		t.Errorf("two addresses give %d to choose from", got)
	}
}

func TestAddSaves(t *testing.T) {
	for _, tt := range []struct {
		name, form string
		err        error
		code       int
		location   string
		asked      string
	}{
		{
			"one page", "address=https://shop.example/robot&name=Robot&max_price=５４，９７８円&tags=games、toys&jan=&interval=5m&notify_all=1", nil, 303, "products/robot",
			`create web {"interval":"5m","max_price":54978,"name":"Robot","tags":["games","toys"],"urls":["https://shop.example/robot"]}`,
		},
		{
			"for some channels", "address=https://shop.example/robot&notify=mail", nil, 303, "products/robot",
			`create web {"notify":["mail"],"urls":["https://shop.example/robot"]}`,
		},
		{
			"several pages of one product", "address=https://a.example/1&address=https://b.example/2&name=R&notify_all=1", nil, 303, "products/robot",
			`create web {"name":"R","urls":["https://a.example/1","https://b.example/2"]}`,
		},
		{
			"each a product", "address=https://a.example/1&address=https://b.example/2&each=1&notify_all=1", nil, 303, "products/robot",
			`create web {"urls":["https://a.example/1"]}|create web {"urls":["https://b.example/2"]}`,
		},
		{"to a product", "address=https://a.example/1&to=robot", nil, 303, "products/robot", `add robot {"urls":["https://a.example/1"]}`},
		{"a mistake", "address=https://a.example/1&max_price=many&notify_all=1", web.MistakesError{Lines: []string{"max_price: no"}}, 422, "", `create web {"max_price":"many","urls":["https://a.example/1"]}`},
		{"somebody was quicker", "address=https://a.example/1&notify_all=1", web.WatchedError{Product: "theirs", URL: "u"}, 303, "products/theirs", `create web {"urls":["https://a.example/1"]}`},
		{"no address", "address=", nil, 422, "", ""},
	} {
		h, e := addSite(t)
		e.err = tt.err
		w := submit(h, "/add", tt.form)
		if got := strings.Join(e.asked, "|"); w.Code != tt.code || w.Header().Get("Location") != tt.location || got != tt.asked {
			t.Errorf("%s: %d to %q, asked\n%s\nwant %d to %q, asked\n%s", tt.name, w.Code, w.Header().Get("Location"), got, tt.code, tt.location, tt.asked)
		}
		if tt.code == 422 {
			if doc := document(t, w); doc.Find("[role=alert]").Length() != 1 {
				t.Errorf("%s: no message", tt.name)
			}
		}
	}
}

func TestEditInPlace(t *testing.T) {
	h, e := addSite(t)
	doc := document(t, do(h, "GET", "/products/kettle"))
	for selector, want := range map[string]string{"#edit #f-name": "Kettle", "#edit #f-max": "9000", "#edit [name=revision]": "7", "#remove [name=revision]": "7"} {
		if got := doc.Find(selector).AttrOr("value", ""); got != want {
			t.Errorf("%s has %q, want %q", selector, got, want)
		}
	}
	if w := submit(h, "/products/kettle/edit", "revision=7&name=New&notify_all=1"); w.Code != 303 || w.Header().Get("Location") != "../kettle" {
		t.Errorf("an edit: %d to %q, want 303 to the product", w.Code, w.Header().Get("Location"))
	}
	for _, verb := range []string{"pause", "resume"} {
		if w := submit(h, "/products/kettle/"+verb, ""); w.Code != 303 {
			t.Errorf("%s: %d, want 303", verb, w.Code)
		}
	}
	if w := submit(h, "/products/kettle/remove", "revision=7"); w.Code != 303 || w.Header().Get("Location") != "../../" {
		t.Errorf("remove: %d to %q, want 303 to the list", w.Code, w.Header().Get("Location"))
	}
	want := `patch kettle {"alert_on_first":null,"jan":null,"max_price":null,"name":"New","notify":null,"tags":null}|pause kettle|resume kettle|delete kettle`
	if got := strings.Join(e.asked, "|"); got != want {
		t.Errorf("the editor was asked\n%s\nwant\n%s", got, want)
	}
	e.err = stock.ErrConflict
	w := submit(h, "/products/kettle/edit", "revision=6&name=Mine&notify_all=1")
	doc = document(t, w)
	if w.Code != 409 || !strings.Contains(text(doc.Find("[role=alert]")), "Somebody else") || doc.Find("#edit #f-name").AttrOr("value", "") != "Mine" || doc.Find("#edit [name=revision]").AttrOr("value", "") != "7" {
		t.Errorf("an edit over an older revision: %d, %q, with what was written %q", w.Code, text(doc.Find("[role=alert]")), doc.Find("#edit #f-name").AttrOr("value", ""))
	}
}

func TestFindElsewhere(t *testing.T) {
	h, _ := addSite(t)
	doc := document(t, do(h, "GET", "/products/kettle/elsewhere"))
	if got := doc.Find("input[name=address]").AttrOr("value", ""); got != "https://store.shopping.yahoo.co.jp/a/b.html" {
		t.Errorf("the page offers %q", got)
	}
	if got := doc.Find("input[name=to]").AttrOr("value", ""); got != "kettle" {
		t.Errorf("it adds to %q, want kettle", got)
	}
}

// The list says of each product who made it, and over which revision it can be written.
func TestTheListHasRevisions(t *testing.T) {
	h, e := addSite(t)
	e.entry.ID = "kettle"
	var list struct {
		Products []struct {
			ID, Origin string
			Revision   uint64
		}
	}
	if err := json.Unmarshal(do(h, "GET", "/api/v1/products").Body.Bytes(), &list); err != nil {
		t.Fatal(err)
	}
	if p := list.Products; len(p) != 2 || p[0].ID != "kettle" || p[0].Origin != "web" || p[0].Revision != 7 || p[1].Revision != 0 {
		t.Errorf("the list is %+v, want kettle from the web with revision 7", p)
	}
}
