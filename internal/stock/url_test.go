package stock

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestNormalizeURL has the examples of RFC 3986 section 6.2 (first four groups)
// and what shops and people make of URLs.
func TestNormalizeURL(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"6.2.2 whole", "eXAMPLE://a/./b/../b/%63/%7bfoo%7d", "example://a/b/c/%7Bfoo%7D"},
		{"6.2.2.1 case", "HTTP://www.EXAMPLE.com/", "http://www.example.com/"},
		{"6.2.2.1 path keeps its case", "http://example.com/Path?Q=A", "http://example.com/Path?Q=A"},
		{"6.2.2.1 escapes in upper case", "http://example.com/a%c3%a9?x=%e3%81%82", "http://example.com/a%C3%A9?x=%E3%81%82"},
		{"6.2.2.2 unreserved", "http://example.com/%7Esmith/%41%2d%2E%5f", "http://example.com/~smith/A-._"},
		{"6.2.2.2 reserved stays escaped", "http://example.com/a%2Fb?x=%26%3d", "http://example.com/a%2Fb?x=%26%3D"},
		{"6.2.2.3 dot segments", "http://example.com/a/./b/../c", "http://example.com/a/c"},
		{"6.2.2.3 dots at the end", "http://example.com/a/b/..", "http://example.com/a/"},
		{"6.2.2.3 one dot at the end", "http://example.com/a/.", "http://example.com/a/"},
		{"6.2.2.3 above the root", "http://example.com/../../a", "http://example.com/a"},
		{"6.2.2.3 escaped dots", "http://example.com/a/%2e%2E/b", "http://example.com/b"},
		{"6.2.3 no path", "http://example.com", "http://example.com/"},
		{"6.2.3 empty port", "http://example.com:/", "http://example.com/"},
		{"6.2.3 default port", "http://example.com:80/", "http://example.com/"},
		{"6.2.3 default port of https", "https://example.com:443/x", "https://example.com/x"},
		{"6.2.3 the other's port", "https://example.com:80/x", "https://example.com:80/x"},
		{"6.2.3 own port", "http://example.com:8080/", "http://example.com:8080/"},
		{"no path but a query", "http://example.com?x=1", "http://example.com/?x=1"},
		{"an empty query is not none", "http://example.com/?", "http://example.com/?"},
		{"order and repetition of a query", "http://example.com/?b=2&a=1&b=2", "http://example.com/?b=2&a=1&b=2"},
		{"end slash is a name", "http://example.com/a/", "http://example.com/a/"},
		{"double slash is a name", "http://example.com/a//b/./c", "http://example.com/a//b/c"},
		{"double slash beside a hidden file", "http://example.com/a//.b", "http://example.com/a//.b"},
		{"fragment", "http://example.com/#%7e", "http://example.com/#~"},
		{"spaces around", "  http://example.com/a \n", "http://example.com/a"},
		{"Japanese as typed", "https://item.rakuten.co.jp/店/a%2Fb/?q=再入荷", "https://item.rakuten.co.jp/%E5%BA%97/a%2Fb/?q=%E5%86%8D%E5%85%A5%E8%8D%B7"},
		{"EUC-JP stays EUC-JP", "https://example.jp/?q=%ba%c6", "https://example.jp/?q=%BA%C6"},
		{"what no URL holds", `https://example.jp/{a}?q="b"|c`, "https://example.jp/%7Ba%7D?q=%22b%22%7Cc"},
		{"a percent sign alone", "https://example.jp/?q=100%", "https://example.jp/?q=100%25"},
		{"an escape made by undoing one", "https://example.jp/?q=%%34%31", "https://example.jp/?q=%2541"},
		{"IPv6", "http://[2001:DB8::1]:80/", "http://[2001:db8::1]/"},
		{"API watch", "rakuten-api:?jan=4902370553024", "rakuten-api:?jan=4902370553024"},
		{"API watch in other words", "YAHOO-API:?q=%7ea", "yahoo-api:?q=~a"},
		{"empty authority", "file:///a/./b", "file:///a/b"},
		{"not a URL", " switch 2 ", "switch 2"},
		{"does not parse", "http://[::1/", "http://[::1/"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := NormalizeURL(tt.in); got != tt.want {
				t.Errorf("NormalizeURL(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestNormalizeURLTwiceIsOnce(t *testing.T) {
	part := rapid.StringOfN(rapid.RuneFrom([]rune("aZ09%%%4142eEfF./?#:@&=+~{|\"\\店 ")), 0, 24, -1)
	prefix := rapid.SampledFrom([]string{"http://h", "HTTPS://H:443", "http://h/", "http://u:p@h/", "x:", "x:/", "file://", ""})
	rapid.Check(t, func(t *rapid.T) {
		raw := prefix.Draw(t, "prefix") + part.Draw(t, "rest")
		once := NormalizeURL(raw)
		if twice := NormalizeURL(once); twice != once {
			t.Fatalf("NormalizeURL(%q) = %q, and of that %q", raw, once, twice)
		}
	})
}

// TestWatchIDIsFrozen holds identities that stand in users' streams: a change
// here loses the state of their watches.
func TestWatchIDIsFrozen(t *testing.T) {
	tests := []struct{ product, url, normal, want string }{
		{"switch2", "https://item.rakuten.co.jp/shop/item/", "https://item.rakuten.co.jp/shop/item/", "runofwbkok67kidjnyr2tqv63v"},
		{"switch2", "HTTPS://Item.Rakuten.co.jp:443/shop/./item/", "https://item.rakuten.co.jp/shop/item/", "runofwbkok67kidjnyr2tqv63v"},
		{"ps5", "https://store.shopping.yahoo.co.jp/%7eshop/%e3%81%82.html?x=1", "https://store.shopping.yahoo.co.jp/~shop/%E3%81%82.html?x=1", "ay5fbypxm6anvkhdkcq5ovagc6"},
		{"ps5", "rakuten-api:?jan=4902370553024", "rakuten-api:?jan=4902370553024", "ie4eshx4lh4ndoral4tbpgtd7f"},
	}
	for _, tt := range tests {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s", tt.product, tt.normal))
		byHand := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:26]
		got := WatchID(tt.product, tt.url)
		if got != byHand || got != tt.want {
			t.Errorf("WatchID(%q, %q) = %q, want %q (frozen), and %q by the contract's rule", tt.product, tt.url, got, tt.want, byHand)
		}
	}
}

func TestShortHash(t *testing.T) {
	const want = "jqics2l64nmhcxj2" // sha256("owner") in base32
	if got := ShortHash("owner"); got != want {
		t.Errorf("ShortHash(%q) = %q, want %q", "owner", got, want)
	}
}
