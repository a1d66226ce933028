package reason

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// verbs are the places of facts in a text of fmt.
var verbs = regexp.MustCompile(`%\+?[0-9.]*[a-z]`)

// TestEveryReasonHasJapanese fails when code says a reason that the table lacks.
// Add its Japanese to texts.go, or, when no dashboard can show it, the text to
// noReasons below.
func TestEveryReasonHasJapanese(t *testing.T) {
	var english []string
	for _, p := range texts() {
		english = append(english, p.english)
	}
	table := strings.Join(english, "\n")
	found := reasons(t, "sources", "fetch", "watch", "schedule", "app", "diff")
	for _, text := range slices.Sorted(maps.Keys(found)) {
		for part := range strings.SplitSeq(verbs.ReplaceAllString(text, "{}"), "; ") {
			if strings.Contains(part, " ") && !strings.Contains(table, part) && !slices.Contains(noReasons, part) {
				t.Errorf("%s: no Japanese for %q", found[text], part)
			}
		}
	}
}

// noReasons are texts that the collector finds and no reason holds.
var noReasons = []string{
	// evidence of what is known
	"no availability", "{}, {} in its name", "{}, but the sale begins at {}", "{}, but the sale ended at {}", "{}, comes out on {}",
	"ended without a buyer", "ended, somebody has won", "open, with a buy-now price",
	"open for bids only: without a buy-now price nobody can buy it",
	// errors of a configuration, told at the start
	"user agent {}: must be plain ASCII and begin with a name", "proxy: not a URL like http://127.0.0.1:3128",
	"proxy: only http:// and https:// proxies can be used", "proxy: the URL holds more than a host and a port",
	"not a URL like http://127.0.0.1:9222", "only http://, https://, ws:// and wss:// can be dialled",
	// errors that are matched, or begin another
	"{}: encode: {}", "{}: it sent more than we are willing to read", "{}: it sent what is no message",
	"open the WebSocket: status {}", "request without a ticket",
	// others' words, and functions of the same name
	"Allow: ", "Disallow: ", "keep the {}'s id: {}", "read the {}'s id: {}",
}

func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range texts() {
		switch n := strings.Count(p.english, "{}"); {
		case seen[p.english]:
			t.Errorf("%q is in the table twice", p.english)
		case strings.Contains(p.english, "; "):
			t.Errorf("%q holds two reasons: give each its own row", p.english)
		case strings.ContainsFunc(p.english, lower) && !strings.ContainsFunc(p.japanese, foreign) && p.english != "open-graph":
			t.Errorf("%q has no Japanese: %q", p.english, p.japanese)
		default:
			for i := range n {
				if place := "{" + strconv.Itoa(i+1) + "}"; strings.Count(p.japanese, place) != 1 {
					t.Errorf("%q: %q must hold %s once", p.english, p.japanese, place)
				}
			}
			if got := strings.Count(p.japanese, "{"); got != n {
				t.Errorf("%q has %d facts, %q %d", p.english, n, p.japanese, got)
			}
		}
		seen[p.english] = true
	}
}

func lower(r rune) bool   { return 'a' <= r && r <= 'z' }
func foreign(r rune) bool { return r > unicode.MaxLatin1 }

// Each row is reached: none stands behind a wider one.
func TestEveryRowIsReached(t *testing.T) {
	for _, p := range texts() {
		english, want := p.english, p.japanese
		for i := 1; strings.Contains(english, "{}"); i++ {
			fact := "F" + strconv.Itoa(i)
			english = strings.Replace(english, "{}", fact, 1)
			want = strings.ReplaceAll(want, "{"+strconv.Itoa(i)+"}", fact)
		}
		if got := Japanese(english); got != want {
			t.Errorf("Japanese(%q) = %q, want %q", english, got, want)
		}
	}
}

func TestJapanese(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"alone", "the shop is under maintenance", "お店がメンテナンス中です"},
		{"two", "403 Forbidden; the shop's guard refuses programs", "403 Forbidden／お店の防御機構がプログラムを拒んでいます"},
		{"one in another", "robots.txt of shop.example: timeout after 15s", "shop.example の robots.txt が読めません: 15s 以内に応答がありません"},
		{"in a record of trouble", "blocked: 403 Forbidden; the shop's guard refuses programs", "ブロック: 403 Forbidden／お店の防御機構がプログラムを拒んでいます"},
		{"an API's own words", `the API refuses the key (403): "REQUEST_CONTEXT"`, "APIがキーを拒んでいます（403）: 「REQUEST_CONTEXT」"},
		{"two methods", `json-ld and buy-box contradict each other: InStock against OutOfStock "品切れ"`, `構造化データ (JSON-LD)と購入欄が食い違っています（InStock と OutOfStock "品切れ"）`},
		{"why a look", "sold out 5 minutes ago: carts expire", "5分前に売り切れ。カートの期限切れを待って確認"},
		{"unknown", "a reason of another version", "a reason of another version"},
		{"none", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Japanese(tt.text); got != tt.want {
				t.Errorf("Japanese(%q)\n got %q\nwant %q", tt.text, got, tt.want)
			}
		})
	}
}
