package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// loadLines reads a configuration of these lines.
func loadLines(t *testing.T, lines ...string) (*Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(path)
}

// What is well written and will not do what its writer thinks is told, and is no error.
func TestWarnings(t *testing.T) {
	page := func(url string) []string { return []string{`[[product.watch]]`, `url = "` + url + `"`} }
	product := []string{`[[product]]`, `id = "a"`}
	log := []string{`[[channel]]`, `id = "log"`, `type = "log"`}
	for _, tt := range []struct {
		name  string
		lines [][]string
		want  []string // of each warning its line, key and beginning
	}{
		{"none", [][]string{product, page("https://shop.test/item/1"), log}, nil},
		{
			"the README's page",
			[][]string{product, page("https://item.rakuten.co.jp/shop/item/"), log},
			[]string{"4: product[0].watch[0].url: warning: is an example"},
		},
		{"a reserved host", [][]string{product, page("https://shop.example/1"), log}, []string{"4: product[0].watch[0].url: warning: is an example"}},
		{
			"terms",
			[][]string{product, page("https://jp.mercari.com/item/m1"), log},
			[]string{"4: product[0].watch[0].url: warning: is not asked: the terms of Mercari restrict automation. To take that upon yourself: fetch.terms_accepted = [\"jp.mercari.com\"]"},
		},
		{
			"terms accepted",
			[][]string{{`[fetch]`, `terms_accepted = ["jp.mercari.com"]`}, product, page("https://jp.mercari.com/item/m1"), log},
			nil,
		},
		{"a private address", [][]string{product, page("http://192.168.1.20/item"), log}, []string{"4: product[0].watch[0].url: warning: is an address of this machine or network"}},
		{"this machine", [][]string{product, page("http://localhost:8000/item"), log}, []string{"4: product[0].watch[0].url: warning: is an address of this machine or network"}},
		{
			"a private address that is allowed",
			[][]string{{`[fetch]`, `allow_private_addresses = true`}, product, page("http://192.168.1.20/item"), log},
			nil,
		},
		{
			"the README's topic",
			[][]string{product, page("https://shop.test/1"), {`[[channel]]`, `id = "phone"`, `type = "ntfy"`, `url = "https://ntfy.sh/my-topic"`}},
			[]string{"8: channel[0].url: warning: is an example"},
		},
		{
			"public_url by http",
			[][]string{{`[web]`, `public_url = "http://box.test:8480"`, `password = "long enough"`}, product, page("https://shop.test/1"), log},
			[]string{"2: web.public_url: warning: begins with http://"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var lines []string
			for _, part := range tt.lines {
				lines = append(lines, part...)
			}
			c, err := loadLines(t, lines...)
			if err != nil {
				t.Fatalf("Load: %v, want warnings and no error", err)
			}
			if len(c.Warnings) != len(tt.want) {
				t.Fatalf("warnings %q, want %d that begin with %q", c.Warnings, len(tt.want), tt.want)
			}
			for i, want := range tt.want {
				if !strings.Contains(c.Warnings[i], ".toml:"+want) {
					t.Errorf("warning %q, want one that begins with FILE:%s", c.Warnings[i], want)
				}
			}
		})
	}
}

// Who types with a Japanese keyboard hears what to type.
func TestWhatToTypeInstead(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{`max_price = 54,978`, "write the number without commas: 54978"},
		{`max_price = ５４９７８`, "there are full-width digits: write max_price = 54978"},
		{"max_price　= 54978", "there is a full-width space: type a normal one"},
		{`max_price ＝ 54978`, "there is a full-width ＝"},
		{`max_price = "５４，９７８円"`, "; write 54978"},
		{`max_price = "54,978"`, "; write 54978"},
		{`jan = "４９０２３７０５５３０２４"`, `write "4902370553024"`},
		{`jan = "4902370-553024"`, `write "4902370553024"`},
		{`jan = "4902370553025"`, `the check digit of "4902370553025" does not fit`},
	} {
		_, err := loadLines(t, `[[product]]`, `id = "a"`, tt.line, `[[product.watch]]`, `url = "https://shop.test/1"`, `[[channel]]`, `id = "log"`, `type = "log"`)
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), ".toml:3") {
			t.Errorf("%s: error %v, want one on line 3 that says %q", tt.line, err, tt.want)
		}
	}
}

func TestTypingLooksOutsideQuotesOnly(t *testing.T) {
	for line, want := range map[string]string{
		`name = "ニンテンドー　スイッチ２"`:      "",
		`name = 'a　b' # ５`:           "",
		`name = "a\"　" x`:            "",
		`x = "a" 　`:                  "there is a full-width space: type a normal one",
		`# max_price = 54,978`:       "",
		`max_price = 1,980 # yen`:    "write the number without commas: 1980",
		`interval = ["1,000", 2,000`: "",
	} {
		if diff := cmp.Diff(want, strings.TrimPrefix(typing(line).Error(), "; ")); diff != "" {
			t.Errorf("typing(%q) (-want +got):\n%s", line, diff)
		}
	}
}
