package web_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// switches notes what it was asked for.
type switches struct{ asked []string }

func (s *switches) Mute(_ context.Context, product string, d time.Duration) error {
	if product != "kettle" {
		return fmt.Errorf("mute %s: %w", product, web.ErrNoProduct)
	}
	s.asked = append(s.asked, fmt.Sprint("mute ", product, " ", d))
	return nil
}

func (s *switches) Unmute(_ context.Context, product string) error {
	if product != "kettle" {
		return fmt.Errorf("unmute %s: %w", product, web.ErrNoProduct)
	}
	s.asked = append(s.asked, "unmute "+product)
	return nil
}

func (s *switches) Enable(_ context.Context, channel string) (int, error) {
	if channel != "phone" {
		return 0, fmt.Errorf("enable %s: %w", channel, web.ErrNoChannel)
	}
	s.asked = append(s.asked, "enable "+channel)
	return 2, nil
}

func (s *switches) Mutes() []stock.Mute {
	return []stock.Mute{{Product: "kettle", Until: time.Now().Add(time.Hour)}, {Product: "camera"}}
}

func (s *switches) Disabled() []stock.Disabled {
	return []stock.Disabled{{Channel: "phone", Recipient: "rp", Reason: stock.Said("no such <recipient>"), Since: time.Now(), Gone: true}, {Channel: "hook", Recipient: "rh", Reason: stock.Said("not authorised"), Since: time.Now()}}
}

func (s *switches) Quotas() []stock.Quota {
	return []stock.Quota{{Channel: "line", Sent: 3, Limit: 200}}
}

func (s *switches) Troubles() []stock.News {
	return []stock.News{{Channel: "line", Cause: stock.CauseQuota, Since: time.Now()}, {Channel: "mail", Cause: stock.CauseFailing, Reason: stock.Said("no answer"), Since: time.Now()}}
}

func TestSwitches(t *testing.T) {
	for _, tt := range []struct {
		method, path string
		status       int
		asked        string
	}{
		{"POST", "/api/v1/products/kettle/mute", 204, "mute kettle 0s"},
		{"POST", "/api/v1/products/kettle/mute?for_seconds=3600", 204, "mute kettle 1h0m0s"},
		{"POST", "/api/v1/products/kettle/mute?for_seconds=0", 400, ""},
		{"POST", "/api/v1/products/kettle/mute?for_seconds=1h", 400, ""},
		{"POST", "/api/v1/products/kettle/mute?for_seconds=99999999999", 400, ""},
		{"POST", "/api/v1/products/nothing/mute", 404, ""},
		{"DELETE", "/api/v1/products/kettle/mute", 204, "unmute kettle"},
		{"DELETE", "/api/v1/products/nothing/mute", 404, ""},
		{"GET", "/api/v1/products/kettle/mute", 405, ""},
		{"POST", "/api/v1/channels/phone/enable", 200, "enable phone"},
		{"POST", "/api/v1/channels/pager/enable", 404, ""},
		{"POST", "/products/kettle/mute", 303, "mute kettle 1h0m0s"},
		{"POST", "/products/kettle/unmute", 303, "unmute kettle"},
		{"POST", "/channels/phone/enable", 303, "enable phone"},
		{"POST", "/channels/pager/enable", 404, ""},
		{"GET", "/channels/phone/enable", 405, ""},
	} {
		w := &switches{}
		s, _ := site(t, func(o *web.Options) { o.Switches = w })
		got := do(s.Handler(), tt.method, tt.path)
		if got.Code != tt.status || strings.Join(w.asked, ",") != tt.asked {
			t.Errorf("%s %s = %d and %q, want %d and %q; body: %.200s", tt.method, tt.path, got.Code, w.asked, tt.status, tt.asked, got.Body)
		}
	}
}

func TestTheFrontPageShowsWhatIsSwitchedOff(t *testing.T) {
	s, _ := site(t, func(o *web.Options) { o.Switches = &switches{} })
	doc := document(t, do(s.Handler(), "GET", "/"))
	var notices []string
	for _, n := range doc.Find("#channels form, #mutes form").EachIter() {
		notices = append(notices, text(n))
	}
	all := strings.Join(notices, "\n")
	for _, want := range []string{"Nothing is sent to phone", "no such <recipient>", "Refused, and tried again: hook", "tried every few minutes: line", "Out of reach, and tried again: mail", "電気ケトル YK-07 until", "camera Unmute"} {
		if !strings.Contains(all, want) {
			t.Errorf("notices = %q, want one with %q", notices, want)
		}
	}
	v := decode(t, do(s.Handler(), "GET", "/api/v1/status"), 200)
	for _, tt := range []struct {
		path []any
		want any
	}{
		{[]any{"muted", 0, "product"}, "kettle"},
		{[]any{"muted", 1, "until"}, nil},
		{[]any{"disabled", 0, "reason"}, "no such <recipient>"},
		{[]any{"quotas", 0, "sent"}, 3.0},
	} {
		if got := at(v, tt.path...); got != tt.want {
			t.Errorf("status %v = %v, want %v", tt.path, got, tt.want)
		}
	}
}
