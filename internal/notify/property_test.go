package notify

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/pricing"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// hostOf is the host of a URL as a browser would ask it, by other means than
// the code under test.
func hostOf(t *rapid.T, raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u == nil {
		t.Fatalf("%q does not parse: %v", raw, err)
		return ""
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return strings.ToLower(u.Hostname()) + ":" + port
}

// Whatever the records say, the link to tap is on the watch's own host, the
// other shops are those that the user wrote down, and nothing above the limit
// rings.
func TestAlertsAreSafeToTap(t *testing.T) {
	kinds := stock.Kinds()
	rapid.Check(t, func(t *rapid.T) {
		p := switch2()
		p.AlertOnFirst = rapid.Bool().Draw(t, "alert_on_first")
		p.Limits = stock.Limits{RingUnpriced: rapid.Bool().Draw(t, "unpriced"), RingSuspicious: rapid.Bool().Draw(t, "suspicious")}
		if p.MaxEffective = stock.Yen(50000); rapid.Bool().Draw(t, "no effective limit") {
			p.MaxEffective = stock.Price{}
		}
		if rapid.Bool().Draw(t, "query") {
			const query = "rakuten-api:?jan=4902370553024"
			p.Watches[0] = stock.Watch{ID: stock.WatchID(p.ID, query), URL: query}
		}
		anyPrice := rapid.Custom(func(t *rapid.T) stock.Price {
			return stock.Price{Minor: rapid.Int64Range(0, 120000).Draw(t, "minor"), Currency: rapid.SampledFrom([]string{"JPY", "JPY", "JPY", "USD", ""}).Draw(t, "currency")}
		})
		anyURL := rapid.OneOf(rapid.SampledFrom(hostileURLs), rapid.String(), rapid.StringMatching(`https?://[a-z@:.\\/]{1,30}`))
		now := time.Now()
		record := func(w stock.Watch) stock.Change {
			return stock.Change{
				Product: stock.ProductRef{ID: p.ID}, Watch: stock.WatchRef{ID: w.ID, URL: anyURL.Draw(t, "watch url"), Source: "rakuten"},
				Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Also: rapid.SliceOfN(rapid.SampledFrom(kinds), 0, 2).Draw(t, "also"),
				State: stock.State{
					Availability: rapid.SampledFrom(stock.Availabilities()).Draw(t, "availability"), Price: anyPrice.Draw(t, "state price"), ObservedAt: now,
					Offer: stock.Offer{Price: anyPrice.Draw(t, "price"), URL: anyURL.Draw(t, "offer url"), Image: anyURL.Draw(t, "image"), Title: rapid.String().Draw(t, "title")},
				},
				Previous: &stock.Previous{Availability: stock.OutOfStock, Price: anyPrice.Draw(t, "before")},
			}
		}
		s := newStore()
		s.add(3, record(p.Watches[1]))
		r := rulesFor(p)
		r.Kinds = kinds
		r.Rates.Shops = map[string]pricing.Shop{"rakuten": {
			Currency: "JPY", PointWorth: 100, Points: stock.Share(rapid.Int64Range(0, 100_00).Draw(t, "points")), Shipping: new(rapid.Int64Range(0, 20000).Draw(t, "shipping")),
		}}
		c := record(p.Watches[0])
		e := s.add(9, c)
		n := New(Options{Store: s, Rules: r})
		if err := n.Route(t.Context(), e.Seq, e.Change, e.At); err != nil {
			t.Fatalf("Route = %v", err)
		}
		above := func(q stock.Price) bool { return q.Currency == "JPY" && q.Minor > p.MaxPrice.Minor }
		for _, l := range s.letters() {
			m, err := alerttext.Render(l, alerttext.View{Language: "ja", Product: p, Now: now})
			if err != nil {
				t.Fatalf("Render = %v", err)
			}
			for _, link := range []string{l.Alert.Offer.URL, m.URL} {
				if _, query := stock.IsQuery(p.Watches[0].URL); query && link == "" {
					continue // an API has no page of its own to open
				}
				if hostOf(t, link) != "item.rakuten.co.jp:443" || strings.Contains(link, "@item") || strings.Contains(link, "pw@") {
					t.Fatalf("offer url %q made the link %q, want one on the watch's host", c.Offer.URL, link)
				}
			}
			for _, o := range l.Alert.Others {
				if o.URL != p.Watches[1].URL && o.URL != p.Watches[2].URL {
					t.Fatalf("others names %q, which the user did not", o.URL)
				}
			}
			if m.Image != "" && !strings.HasPrefix(m.Image, "http") {
				t.Fatalf("image = %q", m.Image)
			}
			// With all kinds configured to ring, only news of the watch itself may pass the limit.
			owners := []stock.Kind{stock.Unread, stock.Readable, stock.StaleOut, stock.Gone}
			if e := l.Alert.Offer.Effective; p.MaxEffective.Known() && e.Comparable(p.MaxEffective) && e.Minor > p.MaxEffective.Minor && !slices.Contains(owners, l.Alert.Kind) {
				t.Fatalf("a %s of %v in the end rang above the limit of %v", l.Alert.Kind, e, p.MaxEffective)
			}
			if (above(l.Alert.Offer.Price) || above(c.Price)) && !slices.Contains(owners, l.Alert.Kind) {
				t.Fatalf("a %s of %v rang above the limit of %v", l.Alert.Kind, l.Alert.Offer.Price, p.MaxPrice)
			}
		}
	})
}

// A text has one line for a title, no control characters, nothing that a phone
// would make a link of, and an end.
func TestTextsAreHarmless(t *testing.T) {
	hostile := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		strings.Repeat("再", 10000), "a\r\nX-Evil: 1", "\u202eevil\u202c", "<script>alert(1)</script>", "@everyone", "https://evil.example/login", "www.evil.example.com",
		"e\u0301" + strings.Repeat("\u0301", 5000), "\x1b[31mred\x07", "\xff\xfe", "192.168.0.1", strings.Repeat("👨‍👩‍👧‍👦", 500), "\u2028\u2029\u0085", "\u200b\u00ad",
	}))
	rapid.Check(t, func(t *rapid.T) {
		p := switch2()
		a := fullAlert(p)
		a.Product.Name = "" // the title is then the shop's
		a.Kind = rapid.SampledFrom(append(stock.Kinds(), stock.Flapping)).Draw(t, "kind")
		a.Offer.Title, a.Offer.Seller, a.Offer.Condition = hostile.Draw(t, "title"), hostile.Draw(t, "seller"), hostile.Draw(t, "condition")
		a.Offer.Variant, a.Evidence[0].Text = hostile.Draw(t, "variant"), hostile.Draw(t, "says")
		a.Problem = &stock.Problem{Reason: stock.Said(hostile.Draw(t, "reason"))}
		a.Evidence[0].Where = hostile.Draw(t, "where")
		a.Reckoning = []stock.Step{{Label: stock.StepPrice, Amount: stock.Yen(1)}, {Label: stock.StepCoupon, Name: "c", Amount: stock.Yen(-1)}}
		language := rapid.SampledFrom([]string{"ja", "en"}).Draw(t, "language")
		m, err := alerttext.Render(stock.Letter{Alert: a}, alerttext.View{Language: language, Product: p, Now: noon.Add(time.Second), Type: rapid.SampledFrom([]string{"ntfy", "email"}).Draw(t, "type")})
		if err != nil {
			t.Fatalf("Render = %v", err)
		}
		if m.Title == "" || len(m.Title) > 4096 || len(m.Body) > 32<<10 {
			t.Fatalf("title of %d bytes, body of %d", len(m.Title), len(m.Body))
		}
		for _, r := range m.Title + strings.ReplaceAll(m.Body, "\n", "") {
			if r < ' ' || r == 0x7f || strings.ContainsRune("\u0085\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2028\u2029\u2066\u2067\u2068\u2069", r) {
				t.Fatalf("%U in %q\n%q", r, m.Title, m.Body)
			}
		}
		for _, link := range []string{"://", "evil.example", "192.168.0.1"} {
			if strings.Contains(m.Title+m.Body, link) {
				t.Fatalf("%q in %q\n%q", link, m.Title, m.Body)
			}
		}
		if lines := strings.Count(m.Body, "\n"); lines > 20 {
			t.Fatalf("%d lines:\n%s", lines, m.Body)
		}
	})
}
