package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

const smallKettle = "https://small.example/kettle"

func TestLastLooks(t *testing.T) {
	s, _ := site(t, func(o *web.Options) { o.Location = time.UTC })
	tid := stock.WatchID("kettle", smallKettle)
	at := time.Now()
	look := func(o stock.Outcome, a stock.Availability, yen int64) {
		at = at.Add(time.Minute)
		k := stock.Look{Watch: tid, At: at, Outcome: o, Availability: a, Took: 300, Why: stock.Why(stock.Because(stock.ReasonItsTurn))}
		if yen > 0 {
			k.Price = stock.Yen(yen)
		}
		if !o.Good() {
			k.Reason = stock.Because(stock.ReasonHTTPStatus, "403 Forbidden")
		}
		s.Looks([]stock.Look{k})
	}
	look(stock.Blocked, stock.Unknown, 0)
	for i := range 20 {
		look(stock.OK, stock.InStock, 1000+int64(i/10))
	}
	look(stock.OK, stock.SoldOut, 1001)
	var got []string
	rows := document(t, do(s.Handler(), "GET", "/watches/"+tid)).Find("#looks li")
	for i := range rows.Length() {
		row := rows.Eq(i)
		got = append(got, text(row.Find(".badge"))+"|"+text(row.Find(".price"))+"|"+text(row.Find(".note"))+"|"+afterTimes(text(row.Find(".line .soft").First())))
	}
	want := []string{"Sold out|¥1,001||", "In stock|¥1,001||×10", "In stock|¥1,000||×10", "Blocked by the shop||403 Forbidden|", "Sold out|||"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the last looks (-want +got):\n%s", diff)
	}
	for i := range 40 {
		look(stock.OK, stock.InStock, int64(i+1))
	}
	page := document(t, do(s.Handler(), "GET", "/watches/"+tid))
	if n := page.Find("#looks li").Length(); n != 12 {
		t.Errorf("%d rows of looks are kept, want 12", n)
	}
	if n := page.Find("#looks .badge.trouble").Length(); n != 1 {
		t.Errorf("%d rows of looks that could not be read are kept, want 1", n)
	}
}

// afterTimes returns what stands behind the times of a row: how many looks it is of.
func afterTimes(s string) string {
	_, n, ok := strings.Cut(s, "×")
	if !ok {
		return ""
	}
	return "×" + n
}

func TestLookNow(t *testing.T) {
	tid := stock.WatchID("kettle", smallKettle)
	for _, tt := range []struct {
		name     string
		comes    bool
		location string
	}{
		{"the look comes", true, "../" + tid + "#looks"},
		{"the host is not free yet", false, "../" + tid + "?asked=1#looks"},
	} {
		var s *web.Server
		var asked []stock.Hint
		s, _ = site(t, func(o *web.Options) {
			o.Hint = func(h stock.Hint) error {
				asked = append(asked, h)
				if tt.comes {
					s.Looks([]stock.Look{{Watch: tid, At: time.Now().Add(time.Second), Outcome: stock.OK, Availability: stock.InStock}})
				}
				return nil
			}
		})
		ctx, cancel := context.WithCancel(t.Context())
		if !tt.comes {
			cancel() // as the end of its patience
		}
		w := submitWithin(ctx, s.Handler(), "/watches/"+tid+"/look", "")
		cancel()
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != tt.location {
			t.Errorf("%s: %d to %q, want 303 to %q", tt.name, w.Code, w.Header().Get("Location"), tt.location)
		}
		if len(asked) != 1 || asked[0].Watch != tid || asked[0].Product != "kettle" || !asked[0].Now {
			t.Errorf("%s: asked for %+v, want one look at the watch, now", tt.name, asked)
		}
	}
}

// submitWithin submits a form for as long as ctx lasts.
func submitWithin(ctx context.Context, h http.Handler, target, form string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(ctx, "POST", target, strings.NewReader(form))
	r.Host = "127.0.0.1:8480"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
