package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// memory is a Store that notes what it was asked to change.
type memory struct {
	mu      sync.Mutex
	history map[string][]stock.Entry
	dead    []stock.DeadLetter
	sent    []stock.Delivery
	done    []string
	err     error
}

func (m *memory) History(_ context.Context, tid string, n int) ([]stock.Entry, error) {
	h := m.history[tid]
	return h[max(0, len(h)-n):], m.err
}

func (m *memory) Dead(context.Context) ([]stock.DeadLetter, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.dead), m.err
}

func (m *memory) Deliveries(_ context.Context, n int) ([]stock.Delivery, error) {
	return m.sent[:min(n, len(m.sent))], m.err
}
func (m *memory) Redrive(_ context.Context, id string) error { return m.take("redrive", id) }
func (m *memory) Discard(_ context.Context, id string) error { return m.take("discard", id) }

func (m *memory) take(verb, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.dead, func(d stock.DeadLetter) bool { return d.Letter.ID() == id })
	if i < 0 {
		return stock.ErrNotFound
	}
	m.dead = slices.Delete(m.dead, i, i+1)
	m.done = append(m.done, verb+" "+id)
	return nil
}

// testLog sends the server's log to the test's.
func testLog(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), nil))
}

func product(id, name string, urls ...string) stock.Product {
	p := stock.Product{ID: id, Name: name, MaxPrice: stock.Yen(54978), JAN: "4900000000078"}
	for _, u := range urls {
		p.Watches = append(p.Watches, stock.Watch{ID: stock.WatchID(id, u), URL: u, Interval: time.Minute})
	}
	return p
}

// site is a server with a few products; change alters its options before it is
// made.
func site(t *testing.T, change func(*web.Options)) (*web.Server, *memory) {
	t.Helper()
	products := []stock.Product{
		product("kettle", "電気ケトル YK-07", "https://item.rakuten.co.jp/kitte/kettle/", "https://small.example/kettle", "https://blocked.example/kettle", "https://new.example/kettle"),
		product("camera", "", "rakuten-api:?jan=4900000000092"),
	}
	store := &memory{history: map[string][]stock.Entry{}, dead: []stock.DeadLetter{letter("12"), letter("d7")}}
	o := web.Options{
		Language: "en", Location: time.UTC, Products: func() []stock.Product { return products }, Store: store,
		Version: "v9", Logger: testLog(t),
		Ops: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ops "+r.URL.Path) }),
	}
	if change != nil {
		change(&o)
	}
	s := web.New(o)
	w := products[0].Watches
	s.Record(w[0].ID, 11, changeTo(products[0], w[0], stock.LimitedAvailability, 8800))
	s.Record(w[1].ID, 12, changeTo(products[0], w[1], stock.SoldOut, 9200))
	s.Record(w[2].ID, 13, changeTo(products[0], w[2], stock.InStock, 54979))
	now := time.Now()
	s.Looks([]stock.Look{
		{Watch: w[0].ID, At: now, Outcome: stock.OK, Availability: stock.LimitedAvailability, Next: now.Add(time.Minute), Why: stock.Why(stock.Said("its slot"))},
		{Watch: w[1].ID, At: now, Outcome: stock.NotModified, Availability: stock.SoldOut},
		{Watch: w[2].ID, At: now, Outcome: stock.Blocked, Reason: stock.Said("status 403 from blocked.example")},
	})
	store.history[w[0].ID] = []stock.Entry{
		{Seq: 9, Change: changeTo(products[0], w[0], stock.SoldOut, 9300)},
		{Seq: 11, Change: changeTo(products[0], w[0], stock.LimitedAvailability, 8800)},
	}
	return s, store
}

func changeTo(p stock.Product, w stock.Watch, a stock.Availability, yen int64) stock.Change {
	three, at := int64(3), time.Now().Add(-5*time.Minute)
	c := stock.Change{V: 1, Product: stock.ProductRef{ID: p.ID, Name: p.Name}, Watch: stock.WatchRef{ID: w.ID, URL: w.URL, Source: "rakuten"}, Kind: stock.Restocked}
	c.State = stock.State{
		Availability: a, Price: stock.Yen(yen), Since: at, ObservedAt: at, Seen: []string{"aaaa"},
		Offer:    stock.Offer{Availability: a, Price: stock.Yen(yen), Seller: "Kitte", Quantity: &three},
		Evidence: []stock.Evidence{{Method: stock.MethodPageData, Fact: stock.FactAvailability, Value: "InStock", Text: "enabled", Where: "purchaseInfo.purchaseCondition"}},
	}
	c.Previous = &stock.Previous{Availability: stock.SoldOut, Price: stock.Yen(9300)}
	return c
}

func letter(event string) stock.DeadLetter {
	return stock.DeadLetter{
		Letter: stock.Letter{
			Event: event, Channel: "phone", Recipient: "abcdefgh23456777",
			Alert: stock.Alert{Kind: stock.Restocked, Product: stock.ProductRef{ID: "kettle", Name: "電気ケトル"}},
		},
		Reason: stock.Said("answered 403"), Tries: 8, At: time.Now(),
	}
}

// do asks a handler as a browser on the same machine would.
func do(h http.Handler, method, target string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	r.Host = "127.0.0.1:8480"
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func document(t *testing.T, w *httptest.ResponseRecorder) *goquery.Document {
	t.Helper()
	if got := w.Header().Get("Content-Type"); !strings.HasPrefix(got, "text/html") {
		t.Fatalf("Content-Type = %q, want HTML; body: %.200s", got, w.Body)
	}
	doc, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func text(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

func TestFrontPageShowsEachProductInARow(t *testing.T) {
	s, _ := site(t, nil)
	doc := document(t, do(s.Handler(), "GET", "/"))
	id := func(u string) string { return "#w-" + stock.WatchID("kettle", u) }
	rakuten, small, blocked, fresh := id("https://item.rakuten.co.jp/kitte/kettle/"), id("https://small.example/kettle"), id("https://blocked.example/kettle"), id("https://new.example/kettle")
	for _, tt := range []struct{ name, selector, want string }{
		{"the product that can be bought comes first", "#rows li.row:first-child h2", "電気ケトル YK-07"},
		{"its row is that of its best offer", "#p-kettle.now .what .offer .badge.now", "In stock, few left"},
		{"product without name", "#p-camera h2", "camera"},
		{"quantity", rakuten + " .soft", "Units left: 3"},
		{"price", rakuten + " .price", "¥8,800"},
		{"shop", rakuten + " .shop", "Rakuten Ichiba"},
		{"since", "#p-kettle .when time", "5 min ago"},
		{"the shop's page", "#p-kettle a.go", "To the shop 電気ケトル YK-07"},
		{"others folded", "#p-kettle details summary", "Other shops: 3"},
		{"sold out", "#p-kettle details " + small + " .badge.no", "Sold out"},
		{"over the limit, by what was read last", "#p-kettle details " + blocked + " .badge.held", "In stock"},
		{"why blocked", blocked + " .note", "Blocked by the shop status 403 from blocked.example Last known state: In stock"},
		{"not looked at", fresh + " .badge.waiting", "Not looked at yet"},
		{"blocked, behind the counter", "#trouble li .badge", "Blocked by the shop"},
		{"blocked, why", "#trouble li .reason", "status 403 from blocked.example"},
		{"pages that cannot be read", "#trouble summary", "Pages that cannot be read 1"},
		{"count now", ".states .now a[href='./?state=now']", "1 can be bought"},
		{"count waiting", ".states .waiting a", "1 not yet looked at"},
		{"dead letters", ".states a[href='alerts#dead']", "2 Undelivered alerts"},
		{"version", "footer span", "sainyuka v9"},
		{"the current page", "nav a[aria-current=page]", "Watches"},
	} {
		if got := text(doc.Find(tt.selector).First()); got != tt.want {
			t.Errorf("%s: %s says %q, want %q", tt.name, tt.selector, got, tt.want)
		}
	}
	if n := doc.Find("#trouble[open], #p-kettle details[open]").Length(); n != 0 {
		t.Errorf("%d folds are open, want none", n)
	}
	doc.Find("a[target=_blank]").Each(func(_ int, a *goquery.Selection) {
		if rel := a.AttrOr("rel", ""); rel != "noopener noreferrer" {
			t.Errorf("link %s has rel %q, want noopener noreferrer", a.AttrOr("href", ""), rel)
		}
	})
}

func TestWatchPageShowsHistoryNewestFirst(t *testing.T) {
	s, _ := site(t, nil)
	doc := document(t, do(s.Handler(), "GET", "/watches/"+stock.WatchID("kettle", "https://item.rakuten.co.jp/kitte/kettle/")))
	for _, tt := range []struct{ selector, want string }{
		{"h1", "電気ケトル YK-07"},
		{".big .badge.now", "In stock, few left"},
		{".big .price", "¥8,800"},
		{".history tbody tr:nth-child(1) .badge", "In stock, few left"},
		{".history tbody tr:nth-child(1) [data-label='What happened']", "Back in stock"},
		{".history tbody tr:nth-child(1) .soft.block", "before: Sold out / ¥9,300"},
		{".history tbody tr:nth-child(2) .badge", "Sold out"},
		{"a.button[href='https://item.rakuten.co.jp/kitte/kettle/']", "Open the shop's page"},
	} {
		if got := text(doc.Find(tt.selector).First()); got != tt.want {
			t.Errorf("%s says %q, want %q", tt.selector, got, tt.want)
		}
	}
	if w := do(s.Handler(), "GET", "/watches/nosuch"); w.Code != 404 || text(document(t, w).Find("main .card")) != "no such watch" {
		t.Errorf("an unknown watch: %d, want a page with 404", w.Code)
	}
}

func TestDeadLettersCanBeSentAgainAndDiscarded(t *testing.T) {
	s, store := site(t, nil)
	h := s.Handler()
	doc := document(t, do(h, "GET", "/dead"))
	if got := doc.Find("tr.letter").Length(); got != 2 {
		t.Fatalf("%d letters shown, want 2", got)
	}
	var actions []string
	doc.Find("form").Each(func(_ int, f *goquery.Selection) {
		if f.AttrOr("method", "") != "post" {
			t.Errorf("form %s has method %q, want post", f.AttrOr("action", ""), f.AttrOr("method", ""))
		}
		actions = append(actions, strings.TrimPrefix(f.AttrOr("action", ""), "."))
	})
	for _, a := range []string{actions[0], actions[3]} {
		if w := do(h, "POST", a); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "../../dead" {
			t.Errorf("POST %s = %d to %q, want 303 to ../../dead", a, w.Code, w.Header().Get("Location"))
		}
	}
	want := []string{"redrive 12_phone_abcdefgh23456777", "discard d7_phone_abcdefgh23456777"}
	if !slices.Equal(store.done, want) {
		t.Errorf("the store did %v, want %v", store.done, want)
	}
	if w := do(h, "POST", actions[0]); w.Code != http.StatusNotFound {
		t.Errorf("sending a letter again that is gone: %d, want 404", w.Code)
	}
	if got := text(document(t, do(h, "GET", "/dead")).Find("main .card")); got != "Every alert was delivered." {
		t.Errorf("without dead letters the page says %q", got)
	}
}

func TestErrorsAreNotShown(t *testing.T) {
	s, store := site(t, func(o *web.Options) { o.Logger = slog.New(slog.DiscardHandler) })
	store.err = errors.New("secret detail of the store")
	h, tid := s.Handler(), stock.WatchID("kettle", "https://small.example/kettle")
	for _, target := range []string{"/dead", "/watches/" + tid, "/api/v1/dead", "/api/v1/watches/" + tid} {
		w := do(h, "GET", target)
		if body := w.Body.String(); w.Code != 500 || !strings.Contains(body, "internal error") || strings.Contains(body, "secret") {
			t.Errorf("GET %s = %d %.100s, want 500 and only \"internal error\"", target, w.Code, body)
		}
	}
	doc := document(t, do(h, "GET", "/"))
	if got := text(doc.Find(".notice.bad")); got != "The undelivered alerts cannot be read" {
		t.Errorf("the front page says %q of the store", got)
	}
	if n := doc.Find(".offer").Length(); n != 5 {
		t.Errorf("the front page shows %d offers without the store, want all 5", n)
	}
}

func TestPagesAreAccessibleAndFitTheirPolicy(t *testing.T) {
	for _, language := range []string{"ja", "en"} {
		s, _ := site(t, func(o *web.Options) { o.Language = language })
		for _, target := range []string{"/", "/dead", "/alerts", "/health", "/settings", "/products/kettle", "/watches/" + stock.WatchID("kettle", "https://small.example/kettle"), "/nosuch"} {
			doc := document(t, do(s.Handler(), "GET", target))
			if got := doc.Find("html").AttrOr("lang", ""); got != language {
				t.Errorf("%s: lang = %q, want %q", target, got, language)
			}
			for _, tt := range []struct {
				what, selector string
				want           int
			}{
				{"h1", "h1", 1},
				{"main", "main", 1},
				{"header cells without scope", "th:not([scope])", 0},
				{"images without alt", "img:not([alt])", 0},
				{"inline styles", "[style], style", 0},
				{"inline scripts", "script:not([src])", 0},
				{"event handlers", "[onclick], [onload], [onerror]", 0},
				{"buttons without words", "button:empty, a:empty", 0},
				{"viewport", "meta[name=viewport]", 1},
			} {
				if got := doc.Find(tt.selector).Length(); got != tt.want {
					t.Errorf("%s in %s: %d of %s, want %d", target, language, got, tt.what, tt.want)
				}
			}
			level := 0
			doc.Find("h1, h2, h3, h4, h5, h6").Each(func(_ int, h *goquery.Selection) {
				of := int(goquery.NodeName(h)[1] - '0')
				if of > level+1 {
					t.Errorf("%s in %s: the heading %q of level %d stands below one of level %d", target, language, h.Text(), of, level)
				}
				level = of
			})
		}
	}
}

func TestManyProductsArePaged(t *testing.T) {
	var products []stock.Product
	for i := range 250 {
		products = append(products, product("p"+string(rune('a'+i%26))+string(rune('a'+i/26)), "", "https://a.example/"+string(rune('a'+i%26))))
	}
	products = append(products, product("last", "", "https://z.example/"))
	s, _ := site(t, func(o *web.Options) { o.Products = func() []stock.Product { return products } })
	for _, tt := range []struct {
		target         string
		shown          int
		previous, next string
	}{
		{"/", 50, "", "./?page=2"},
		{"/?page=2", 50, "./?page=1", "./?page=3"},
		{"/?page=6", 1, "./?page=5", ""},
		{"/?page=99", 50, "", "./?page=2"},
		{"/?page=x", 50, "", "./?page=2"},
		{"/?q=last", 1, "", ""},
	} {
		doc := document(t, do(s.Handler(), "GET", tt.target))
		if got := doc.Find("#rows > li").Length(); got != tt.shown {
			t.Errorf("%s shows %d products, want %d", tt.target, got, tt.shown)
		}
		if p, n := doc.Find("a[rel=prev]").AttrOr("href", ""), doc.Find("a[rel=next]").AttrOr("href", ""); p != tt.previous || n != tt.next {
			t.Errorf("%s leads to %q and %q, want %q and %q", tt.target, p, n, tt.previous, tt.next)
		}
	}
}

func TestOldRecordsAndLooksDoNotReplaceNewOnes(t *testing.T) {
	s, _ := site(t, nil)
	p := product("kettle", "k", "https://small.example/kettle")
	w := p.Watches[0]
	state := func() string {
		var got struct {
			Record struct{ Availability string }
			Look   struct{ Outcome string }
		}
		if err := json.Unmarshal(do(s.Control(), "GET", "/api/v1/watches/"+w.ID).Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		return got.Record.Availability + " " + got.Look.Outcome
	}
	old := changeTo(p, w, stock.InStock, 1)
	old.ObservedAt = old.ObservedAt.Add(-time.Hour)
	s.Record(w.ID, 3, old)
	s.Looks([]stock.Look{{Watch: w.ID, At: time.Now().Add(-time.Hour), Outcome: stock.Failed}})
	if got := state(); got != "SoldOut not_modified" {
		t.Errorf("after older news the watch is %q, want it unchanged", got)
	}
	fresh := changeTo(p, w, stock.InStock, 1)
	fresh.ObservedAt = time.Now()
	s.Record(w.ID, 1, fresh) // a new stream counts from one
	if got := state(); got != "InStock not_modified" {
		t.Errorf("after a later record with a lower sequence the watch is %q, want InStock", got)
	}
}

// submit sends a form as a browser does.
func submit(h http.Handler, target, form string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", target, strings.NewReader(form))
	r.Host = "127.0.0.1:8480"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
