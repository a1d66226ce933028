package stock

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"
)

func TestEveryReasonHasWords(t *testing.T) {
	for _, code := range ReasonCodes() {
		if code != ReasonOther && code != ReasonHTTPStatus && code != ReasonAPISays {
			checkWords(t, "the reason "+string(code), reasons[code])
		}
	}
}

func TestReasonIn(t *testing.T) {
	status := Because(ReasonHTTPStatus, "403 Forbidden")
	tests := []struct {
		name   string
		r      Reason
		en, ja string
	}{
		{"alone", Because(ReasonMaintenance), "the shop is under maintenance", "お店がメンテナンス中です"},
		{"two", status.And(Because(ReasonGuard)), "403 Forbidden; the shop's guard refuses programs", "403 Forbidden／お店の防御機構がプログラムを拒んでいます"},
		{"one in another", Because(ReasonRobots, "shop.example", Because(ReasonTimeout, 15*time.Second)), "robots.txt of shop.example: timeout after 15s", "shop.example の robots.txt が読めません: 15s 以内に応答がありません"},
		{"methods", Because(ReasonMethodsContradict, MethodJSONLD, MethodBuyBox, "InStock", "OutOfStock"), "json-ld and buy-box contradict each other: InStock against OutOfStock", "構造化データ (JSON-LD)と購入欄が食い違っています（InStock と OutOfStock）"},
		{"a time", Because(ReasonSoldOutAgo, 5*time.Minute), "sold out 5 minutes ago: carts expire", "5分前に売り切れ。カートの期限切れを待って確認"},
		{"an error", Because(ReasonRedirectBadURL, Because(ReasonURLUser).Err()), "redirects to a URL that cannot be asked: the URL holds a user name or password: not allowed", "見に行けないURLへの転送です: URLにユーザー名やパスワードを含めることはできません"},
		{"others' words", Said("no space left"), "no space left", "no space left"},
		{"of an old record", Reason{Text: "blocked: 403"}, "blocked: 403", "blocked: 403"},
		{"of another version", Reason{Text: "the moon", Code: "moon"}, "the moon", "the moon"},
		{"none", Reason{}, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.r.In(English); got != tt.en || tt.r.Text != tt.en {
				t.Errorf("in English %q (text %q), want %q", got, tt.r.Text, tt.en)
			}
			if got := tt.r.In(Japanese); got != tt.ja && tt.name != "an error" {
				t.Errorf("in Japanese %q, want %q", got, tt.ja)
			}
		})
	}
}

// Dead letters and disabled recipients of the version before have a sentence alone: it
// is shown as it is, and those of today in the reader's language.
func TestReasonsOfLettersJSON(t *testing.T) {
	for _, tt := range []struct{ name, in, en, ja string }{
		{"of the version before", `{"reason":"expired: 503","tries":3,"gone":true,"since":"2026-11-23T08:00:00Z"}`, "expired: 503", "expired: 503"},
		{"of today", `{"reason":"told on mail instead","reason_code":"told_instead","reason_args":["mail"],"since":"2026-11-23T08:00:00Z"}`, "told on mail instead", "代わりに「mail」で知らせました"},
	} {
		var dead DeadLetter
		var off Disabled
		if err := errors.Join(json.Unmarshal([]byte(tt.in), &dead), json.Unmarshal([]byte(tt.in), &off)); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		for what, r := range map[string]Reason{"dead letter": dead.Reason, "disabled recipient": off.Reason} {
			if r.In(English) != tt.en || r.In(Japanese) != tt.ja {
				t.Errorf("a %s %s says %q and %q, want %q and %q", what, tt.name, r.In(English), r.In(Japanese), tt.en, tt.ja)
			}
		}
	}
}

// A problem of the version before had its outcome in its text: it is read and shown
// as it is.
func TestProblemJSON(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"of the version before", `{"reason":"blocked: 403 Forbidden","since":"2026-11-23T08:00:00Z"}`, "blocked: 403 Forbidden"},
		{"of today", `{"outcome":"blocked","reason":"403 Forbidden","reason_code":"http_status","reason_args":["403 Forbidden"],"since":"2026-11-23T08:00:00Z"}`, "ブロック: 403 Forbidden"},
	} {
		var p Problem
		if err := json.Unmarshal([]byte(tt.in), &p); err != nil {
			t.Fatal(err)
		}
		if got := p.In(Japanese); got != tt.want {
			t.Errorf("a problem %s says %q, want %q", tt.name, got, tt.want)
		}
		if b, err := json.Marshal(p); err != nil || string(b) != tt.in {
			t.Errorf("a problem %s is written again as %s (%v), want %s", tt.name, b, err, tt.in)
		}
	}
}

func TestReasonOf(t *testing.T) {
	r := Because(ReasonGuard)
	if got, ok := ReasonOf(fmt.Errorf("look: %w", r.Err())); !ok || !reflect.DeepEqual(got, r) {
		t.Errorf("ReasonOf a wrapped reason = %v, %v, want %v", got, ok, r)
	}
	if got, ok := ReasonOf(errors.New("odd")); ok {
		t.Errorf("ReasonOf another error = %v, want none", got)
	}
}
