package fetch

import (
	"strings"
	"testing"
)

func TestParseTarget(t *testing.T) {
	tests := []struct{ raw, url, host string }{
		{"http://shop.example", "http://shop.example/", "shop.example"},
		{"HTTPS://Shop.Example:443/Item?q=%E5%86%8D#buy", "https://shop.example/Item?q=%E5%86%8D", "shop.example"},
		{"http://shop.example:80/", "http://shop.example/", "shop.example"},
		{"http://shop.example:443/", "http://shop.example:443/", "shop.example:443"},
		{"http://shop.example.:8080/", "http://shop.example:8080/", "shop.example:8080"},
		{"https://日本語.jp/商品/", "https://xn--wgv71a119e.jp/%E5%95%86%E5%93%81/", "xn--wgv71a119e.jp"},
		{"https://ショップ。jp/", "https://xn--xckya1d0c.jp/", "xn--xckya1d0c.jp"},
		{"http://my_shop.example/", "http://my_shop.example/", "my_shop.example"},
		{"http://127.0.0.1:8081/", "http://127.0.0.1:8081/", "127.0.0.1:8081"},
		{"http://[2001:DB8:0::1]/", "http://[2001:db8::1]/", "[2001:db8::1]"},
		{"http://[::1]:8080/", "http://[::1]:8080/", "[::1]:8080"},
		{"http://[::ffff:7f00:1]/", "http://[::ffff:127.0.0.1]/", "[::ffff:127.0.0.1]"},
		{"http://１２７.０.０.１/", "http://127.0.0.1/", "127.0.0.1"},
		{"http://4711.example/", "http://4711.example/", "4711.example"},
	}
	for _, tt := range tests {
		got, err := parseTarget(tt.raw)
		if err != nil {
			t.Errorf("parseTarget(%q): %v", tt.raw, err)
			continue
		}
		if got.url.String() != tt.url || got.host != tt.host {
			t.Errorf("parseTarget(%q) = %s, host %s; want %s, host %s", tt.raw, got.url, got.host, tt.url, tt.host)
		}
		again, err := parseTarget(got.url.String())
		if err != nil || again.url.String() != tt.url {
			t.Errorf("parseTarget(%q) a second time = %v, %v; want it unchanged", tt.raw, again.url, err)
		}
		if host := HostOf(tt.raw); host != tt.host {
			t.Errorf("HostOf(%q) = %q, want %q", tt.raw, host, tt.host)
		}
		if key := hostKey(tt.host); key != tt.host {
			t.Errorf("hostKey(%q) = %q, want it unchanged", tt.host, key)
		}
	}
}

func TestParseTargetRefuses(t *testing.T) {
	tests := []struct{ raw, says string }{
		{"", "only http and https"},
		{"/item/", "only http and https"},
		{"ftp://shop.example/", "only http and https"},
		{"file:///etc/passwd", "only http and https"},
		{"javascript:alert(1)", "only http and https"},
		{"http://", "names no host"},
		{"http:///item", "names no host"},
		{"http://./", "names no host"},
		{"http:shop.example", "names no host"},
		{"http://me:hunter2@shop.example/", "user name or password"},
		{"http://me@shop.example/", "user name or password"},
		{"http://me:hunter2@shop.example:port/", "does not parse"},
		{"http://me:hunter 2@shop.example/", "does not parse"},
		{`http://shop.example\@127.0.0.1/`, "backslash"},
		{`http:\\127.0.0.1/`, "backslash"},
		{`http://shop.example/\..\`, "backslash"},
		{"http://shop.example:0/", "port"},
		{"http://shop.example:70000/", "port"},
		{"http://shop.example/%zz", "invalid URL escape"},
		{"http://shop.example/\x00", "does not parse"},
		{"http://shop example/", "does not parse"},
		{"http://2130706433/", "in disguise"},
		{"http://0x7f000001/", "in disguise"},
		{"http://0x7F.1/", "in disguise"},
		{"http://0177.0.0.1/", "in disguise"},
		{"http://127.1/", "in disguise"},
		{"http://127.0.0.1.2/", "in disguise"},
		{"http://127.0.0.01/", "in disguise"},
		{"http://shop.123/", "in disguise"},
		{"http://[::1/", "does not parse"},
		{"http://shop..example/", "not a host name"},
		{"http://" + strings.Repeat("a", maxURL) + ".example/", "longer than"},
	}
	for _, tt := range tests {
		got, err := parseTarget(tt.raw)
		switch {
		case err == nil:
			t.Errorf("parseTarget(%q) = %s, want an error that says %q", tt.raw, got.url, tt.says)
		case !strings.Contains(err.Error(), tt.says):
			t.Errorf("parseTarget(%q) = %q, want it to say %q", tt.raw, err, tt.says)
		case strings.Contains(err.Error(), "hunter"):
			t.Errorf("parseTarget(%q) = %q: repeats the password", tt.raw, err)
		}
	}
}

func FuzzParseTarget(f *testing.F) {
	for _, seed := range []string{"http://shop.example/", "https://日本語.jp:444/a?b#c", "http://[::1%25eth0]/", "http://0x7f.1/", `http:\\a`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := parseTarget(raw)
		if err != nil {
			return
		}
		again, err := parseTarget(got.url.String())
		if err != nil || again.host != got.host {
			t.Errorf("parseTarget(%q) gives %s, which reads as %v, %v", raw, got.url, again.url, err)
		}
		if got.url.User != nil || got.url.Fragment != "" || got.host == "" {
			t.Errorf("parseTarget(%q) = %#v", raw, got.url)
		}
	})
}
