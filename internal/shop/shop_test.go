package shop

import (
	"regexp"
	"testing"
)

func TestCatalogueIsWhole(t *testing.T) {
	ids, hosts := map[string]bool{}, map[string]string{}
	for _, s := range All() {
		for _, id := range append([]string{s.ID}, s.Was...) {
			if ids[id] {
				t.Errorf("id %q stands twice", id)
			}
			ids[id] = true
		}
		if s.JA == "" || s.EN == "" {
			t.Errorf("%s: names %q and %q, want one in each language", s.ID, s.JA, s.EN)
		}
		if api := s.Mall != ""; api == (len(s.Hosts) > 0) {
			t.Errorf("%s: mall %q and hosts %q, want one of the two", s.ID, s.Mall, s.Hosts)
		}
		if _, ok := ByID(s.Mall); s.Mall != "" && !ok {
			t.Errorf("%s: its mall %q is not in the catalogue", s.ID, s.Mall)
		}
		for _, h := range s.Hosts {
			if other, taken := hosts[h]; taken {
				t.Errorf("host %s is both %s and %s", h, other, s.ID)
			}
			hosts[h] = s.ID
		}
		if !regexp.MustCompile(`^(20\d\d(-\d\d)?)?$`).MatchString(s.Proven) {
			t.Errorf("%s: proven %q, want a month such as 2025-01, or nothing", s.ID, s.Proven)
		}
	}
}

func TestShopOfAHost(t *testing.T) {
	for _, tt := range []struct{ host, want string }{
		{"item.rakuten.co.jp", "rakuten"},
		{"www.amazon.co.jp", "amazon"},
		{"amazon.co.jp", "amazon"},
		{"notamazon.co.jp", ""},
		{"www.amazon.com.br", "amazon"},
		{"smile.amazon.com", "amazon"},
		{"amazon.example", ""},
		{"limited.yodobashi.com", "yodobashi"},
		{"shop.example", ""},
		{"", ""},
	} {
		if got, _ := OfHost(tt.host); got.ID != tt.want {
			t.Errorf("shop of host %q: %q, want %q", tt.host, got.ID, tt.want)
		}
	}
}

func TestNames(t *testing.T) {
	for _, tt := range []struct{ id, host, language, want string }{
		{"amazon", "www.amazon.co.jp", "ja", "Amazon.co.jp"},
		{"amazon", "www.amazon.de", "en", "Amazon.de"},
		{"amazon", "smile.amazon.com", "ja", "Amazon.com"},
		{"amazon", "amzn.asia", "ja", "Amazon.co.jp"},
		{"amazon", "", "ja", "Amazon.co.jp"},
		{"mercari", "jp.mercari.com", "en", "Mercari"},
		{"rakutenbooks", "", "ja", "楽天ブックス"},
		{"rakuten-books-page", "books.rakuten.co.jp", "en", "Rakuten Books"},
		{"yahoo-api", "", "en", "Yahoo! Shopping"},
		{"page", "shop.example", "en", ""},
	} {
		if got := NameAt(tt.id, tt.host, tt.language); got != tt.want {
			t.Errorf("name of %s at %q in %s: %q, want %q", tt.id, tt.host, tt.language, got, tt.want)
		}
	}
}
