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
	receipt, _, err := n.Test(t.Context(), "phone")
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
	if _, _, err := n.Test(t.Context(), "pager"); err == nil || !strings.Contains(err.Error(), `"pager" is not configured`) {
		t.Errorf("Test(pager) = %v, want that it is not configured", err)
	}
	phone.script = []func(context.Context, channel.Message) error{fails(channel.BadCredential, 0)}
	if _, _, err := n.Test(t.Context(), "phone"); err == nil || !strings.Contains(err.Error(), "not authorised") {
		t.Errorf("Test with a wrong token = %v, want the channel's error", err)
	}
}

func TestTestAlertWithoutProducts(t *testing.T) {
	for _, products := range [][]stock.Product{nil, {{ID: "x"}}, {{ID: "x", Watches: []stock.Watch{{URL: "rakuten-api:?jan=4902370553024"}}}}} {
		r := rulesFor(products...)
		phone := &fakeChannel{}
		r.Targets[0].Channel = phone
		if _, _, err := New(Options{Rules: r}).Test(t.Context(), "phone"); err != nil || phone.got[0].URL == "" {
			t.Errorf("Test with products %v = %v, want a message with a link", products, err)
		}
	}
}
