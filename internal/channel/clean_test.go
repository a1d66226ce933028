package channel

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"pgregory.net/rapid"
)

func TestClean(t *testing.T) {
	family := "👨‍👩‍👧‍👦"
	for _, tt := range []struct {
		in   string
		n    int
		want string
	}{
		{"", 5, ""},
		{"Nintendo Switch 2", 40, "Nintendo Switch 2"},
		{" a\r\n\tb　c ", 40, "a b c"},
		{"在庫あり", 4, "在庫あり"},
		{"在庫あり!", 4, "在庫あ…"},
		{family + family, 2, family + family},
		{family + family + family, 2, family + "…"},
		{"か\u3099き", 2, "か\u3099き"},
		{"\u202eevil\u202c \u200bx\ufeff\x00\x1b[0m", 40, "evil x[0m"},
		{"a\xffb", 40, "ab"},
		{"e" + strings.Repeat("\u0301", 200), 5, "e"},
	} {
		if got := Clean(tt.in, tt.n); got != tt.want {
			t.Errorf("Clean(%q, %d) = %q, want %q", tt.in, tt.n, got, tt.want)
		}
	}
}

func TestCleanShopText(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"https://evil.example/a.b", "https: //evil. example/a. b"},
		{"see www.evil.co.jp now", "see www. evil. co. jp now"},
		{"日本語.jp", "日本語. jp"},
		{"evil。com evil．com", "evil。 com evil． com"},
		{"Ver. 2.0, 1.5 kg", "Ver. 2.0, 1.5 kg"},
		{"at 192.168.0.1", "at 192. 168. 0. 1"},
		{"x@evil.example", "x@evil. example"},
	} {
		if got := CleanShopText(tt.in, 100); got != tt.want {
			t.Errorf("CleanShopText(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestCutBytes(t *testing.T) {
	for _, tt := range []struct {
		in   string
		n    int
		want string
	}{
		{"abc", 3, "abc"},
		{"abcdef", 5, "ab…"},
		{"在庫あり", 12, "在庫あり"},
		{"在庫あり", 11, "在庫…"},
		{"か\u3099か\u3099", 11, "か\u3099…"},
		{"👨‍👩‍👧‍👦x", 25, "…"},
		{"abc", 2, ""}, // no room for an ellipsis
		{"abc", 0, ""},
	} {
		if got := CutBytes(tt.in, tt.n); got != tt.want {
			t.Errorf("CutBytes(%q, %d) = %q, want %q", tt.in, tt.n, got, tt.want)
		}
	}
}

func TestCutBytesProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, n := rapid.String().Draw(t, "s"), rapid.IntRange(0, 64).Draw(t, "n")
		got := CutBytes(s, n)
		if len(got) > n || !utf8.ValidString(got) {
			t.Fatalf("CutBytes(%q, %d) = %q, %d bytes", s, n, got, len(got))
		}
		kept := strings.TrimSuffix(got, "…")
		if got == s {
			return
		}
		if !strings.HasPrefix(s, kept) {
			t.Fatalf("CutBytes(%q, %d) = %q, which is not its beginning", s, n, got)
		}
		if uniseg.GraphemeClusterCount(kept)+uniseg.GraphemeClusterCount(s[len(kept):]) != uniseg.GraphemeClusterCount(s) {
			t.Fatalf("CutBytes(%q, %d) = %q tears a grapheme cluster", s, n, got)
		}
	})
}
