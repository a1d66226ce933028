package notify

import (
	"context"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/stock"
)

func TestTestAlert(t *testing.T) {
	r := rulesFor(switch2())
	phone := &fakeChannel{}
	r.Targets[0].Channel = phone
	n := New(Options{Rules: r, Version: "v1.2.3"})
	receipt, _, err := n.Test(t.Context(), "phone", true)
	if err != nil || receipt.ProviderID != "id-1" || phone.sends() != 1 {
		t.Fatalf("Test(phone) = %+v, %v after %d sends, want id-1 after one", receipt, err, phone.sends())
	}
	m := phone.got[0]
	if m.URL != rakutenURL || !strings.HasPrefix(m.Letter.Event, "d") || !strings.Contains(m.Body, "試験") || !strings.Contains(m.Body, "v1.2.3") {
		t.Errorf("test alert %s to %s:\n%s\nwant it to say that it is a test of v1.2.3, and to open the user's page", m.Letter.Event, m.URL, m.Body)
	}
	if len(m.Event) < 4000 {
		t.Errorf("the test's event has %d bytes, want it as long as they come", len(m.Event))
	}
	if _, _, err := n.Test(t.Context(), "pager", false); err == nil || !strings.Contains(err.Error(), `"pager" is not configured`) {
		t.Errorf("Test(pager) = %v, want that it is not configured", err)
	}
	phone.script = []func(context.Context, channel.Message) error{fails(channel.BadCredential, 0)}
	if _, _, err := n.Test(t.Context(), "phone", false); err == nil || !strings.Contains(err.Error(), "not authorised") {
		t.Errorf("Test with a wrong token = %v, want the channel's error", err)
	}
}

func TestTestAlertWithoutProducts(t *testing.T) {
	for _, products := range [][]stock.Product{nil, {{ID: "x"}}, {{ID: "x", Watches: []stock.Watch{{URL: "rakuten-api:?jan=4902370553024"}}}}} {
		r := rulesFor(products...)
		phone := &fakeChannel{}
		r.Targets[0].Channel = phone
		if _, _, err := New(Options{Rules: r}).Test(t.Context(), "phone", false); err != nil || phone.got[0].URL == "" {
			t.Errorf("Test with products %v = %v, want a message with a link", products, err)
		}
	}
}

// A test looks like a restock of the user's own product: as its page was last
// read where that is known, else at the user's own price.
func TestTestAlertIsRealistic(t *testing.T) {
	p := switch2()
	read := restock(p, noon)
	read.Offer.Price, read.Offer.Seller, read.Offer.Shipping = stock.Yen(48800), "ビッグ商店", new(stock.Yen(550))
	store := newStore()
	store.add(1, read)
	for _, tt := range []struct {
		name  string
		store Store
		want  []string
	}{
		{"of a page that was read", store, []string{"¥48,800", "送料¥550", "ビッグ商店", "楽天市場", "試験"}},
		{"of a page that nobody read", newStore(), []string{"¥49,980", "楽天市場", "試験"}},
		{"without a store", nil, []string{"¥49,980", "楽天市場", "試験"}},
	} {
		r := rulesFor(p)
		phone := &fakeChannel{}
		r.Targets[0].Channel = phone
		if _, _, err := New(Options{Store: tt.store, Rules: r, Version: "v1.2.3"}).Test(t.Context(), "phone", false); err != nil {
			t.Fatalf("%s: Test(phone) = %v", tt.name, err)
		}
		m := phone.got[0]
		for _, want := range append(tt.want, p.Name, "v1.2.3") {
			if !strings.Contains(m.Title+"\n"+m.Body, want) {
				t.Errorf("%s: the test alert says\n%s\n%s\nwithout %q", tt.name, m.Title, m.Body, want)
			}
		}
		if m.URL != rakutenURL || len(m.Body) > 800 {
			t.Errorf("%s: the test alert opens %s and has %d bytes, want the watch's page and a short text:\n%s", tt.name, m.URL, len(m.Body), m.Body)
		}
	}
}
