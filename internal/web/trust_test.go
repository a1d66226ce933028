package web_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// trust knows of one host, where json-ld is no evidence until it is reset.
type trust struct{ resets []string }

const trustedHost = "item.rakuten.co.jp"

func (*trust) AskedHost(watchURL string) string {
	u, err := url.Parse(watchURL)
	if err != nil {
		return ""
	}
	return u.Host
}

func (f *trust) HostTrust(_ context.Context, host string) (stock.HostTrust, error) {
	learned := stock.HostTrust{Host: host, Methods: []stock.MethodTrust{}}
	if host != trustedHost {
		return learned, web.ErrNoHost
	}
	if len(f.resets) == 0 {
		learned.Methods = []stock.MethodTrust{
			{Method: stock.MethodBuyBox, Trusted: true, Watches: []stock.WatchTrust{}},
			{Method: stock.MethodJSONLD, Since: time.Now(), Watches: []stock.WatchTrust{{Watch: "w", Says: stock.InStock, Turns: 2, Seen: time.Now()}}},
		}
	}
	return learned, nil
}

func (f *trust) ResetTrust(_ context.Context, host string) error {
	if host != trustedHost {
		return web.ErrNoHost
	}
	f.resets = append(f.resets, host)
	return nil
}

// What was learned of a host's evidence is seen and reset, through the API and on the
// page of a watch.
func TestTrust(t *testing.T) {
	tid := stock.WatchID("kettle", "https://item.rakuten.co.jp/kitte/kettle/")
	for _, tt := range []struct {
		method, path string
		status       int
		resets       string
	}{
		{"GET", "/api/v1/hosts/item.rakuten.co.jp/trust", 200, ""},
		{"GET", "/api/v1/hosts/Item.Rakuten.co.jp/trust", 200, ""},
		{"GET", "/api/v1/hosts/evil.example/trust", 404, ""},
		{"DELETE", "/api/v1/hosts/item.rakuten.co.jp/trust", 204, trustedHost},
		{"DELETE", "/api/v1/hosts/evil.example/trust", 404, ""},
		{"POST", "/api/v1/hosts/item.rakuten.co.jp/trust", 405, ""},
		{"POST", "/watches/" + tid + "/trust", 303, trustedHost},
		{"POST", "/watches/none/trust", 404, ""},
		{"GET", "/watches/" + tid + "/trust", 405, ""},
	} {
		f := &trust{}
		s, _ := site(t, func(o *web.Options) { o.Trust = f })
		got := do(s.Handler(), tt.method, tt.path)
		if got.Code != tt.status || strings.Join(f.resets, ",") != tt.resets {
			t.Errorf("%s %s = %d and resets %q, want %d and %q; body: %.200s", tt.method, tt.path, got.Code, f.resets, tt.status, tt.resets, got.Body)
		}
	}

	f := &trust{}
	s, _ := site(t, func(o *web.Options) { o.Trust = f })
	v := decode(t, do(s.Handler(), "GET", "/api/v1/hosts/item.rakuten.co.jp/trust"), 200)
	if got := at(v, "methods", 1, "trusted"); got != false {
		t.Errorf("the second method is trusted: %v, want false", got)
	}
	notice := document(t, do(s.Handler(), "GET", "/watches/"+tid)).Find(`form[action$="/trust"]`)
	if got, want := text(notice), "No evidence of stock here (item.rakuten.co.jp): Structured data (JSON-LD)"; !strings.HasPrefix(got, want) || strings.Contains(got, "Order form") {
		t.Errorf("the page of a watch says %q, want %q and no method that is trusted", got, want)
	}
	f.resets = []string{trustedHost}
	if n := document(t, do(s.Handler(), "GET", "/watches/"+tid)).Find(`form[action$="/trust"]`).Length(); n != 0 {
		t.Errorf("after a reset the page has %d notices of lost trust, want none", n)
	}
}
