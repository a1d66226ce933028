package fetch

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

func TestRedirects(t *testing.T) {
	elsewhere := openShop(t, map[string]http.HandlerFunc{"/": says("text/plain", "the other shop")})
	s := openShop(t, map[string]http.HandlerFunc{
		"/robots.txt": robotsTxt("User-agent: *\nDisallow: /login"),
		"/item/":      says("text/plain", "ok"),
		"/1":          sends("/2"),
		"/2":          answers(http.StatusMovedPermanently, "moved", "Location", "3"),
		"/3":          answers(http.StatusSeeOther, "", "Location", "./4"),
		"/4":          answers(http.StatusTemporaryRedirect, "", "Location", "/5#part"),
		"/5":          answers(http.StatusPermanentRedirect, "", "Location", "/item/"),
		"/0":          sends("/1"),
		"/loop":       sends("/loop"),
		"/wall":       sends("/login?to=item"),
		"/away":       sends(elsewhere.URL + "/"),
		"/names":      sends("https://Shop.Example.:443/item"),
		"/private":    sends("http://10.0.0.1/"),
		"/nowhere":    answers(http.StatusFound, ""),
		"/broken":     sends("http://me:hunter2@[::1/"),
		"/slashes":    sends(`/\shop.example/`),
		"/scheme":     sends("myapp://item/1"),
		"/user":       sends("http://me:hunter2@shop.example/"),
		"/gone":       sends("/missing"),
	})
	host := s.host(t)
	tests := []struct {
		path    string
		outcome stock.Outcome
		reason  string
		final   string
		asked   []string
	}{
		{"/1", stock.OK, "", "/item/", []string{"/1", "/2", "/3", "/4", "/5", "/item/"}},
		{"/0", stock.Failed, "more than 5 redirects", "/5", []string{"/0", "/1", "/2", "/3", "/4", "/5"}},
		{"/loop", stock.Failed, "more than 5 redirects", "/loop", slices.Repeat([]string{"/loop"}, 6)},
		{"/wall", stock.Disallowed, `robots.txt of ` + host + ` says "Disallow: /login"`, "", []string{"/wall"}},
		{"/away", stock.WrongProduct, "redirects to " + elsewhere.host(t) + ": watch that URL", "/away", []string{"/away"}},
		{"/names", stock.WrongProduct, "redirects to shop.example: watch that URL", "/names", []string{"/names"}},
		{"/private", stock.WrongProduct, "redirects to 10.0.0.1: watch that URL", "/private", []string{"/private"}},
		{"/nowhere", stock.Failed, "redirects without a usable Location", "/nowhere", []string{"/nowhere"}},
		{"/broken", stock.Failed, "redirects without a usable Location", "/broken", []string{"/broken"}},
		{"/slashes", stock.Failed, "redirects without a usable Location", "/slashes", []string{"/slashes"}},
		{"/scheme", stock.Failed, `redirects to a URL that cannot be asked: only http and https URLs can be asked, not "myapp"`, "/scheme", []string{"/scheme"}},
		{"/user", stock.Failed, "redirects to a URL that cannot be asked: the URL holds a user name or password: not allowed", "/user", []string{"/user"}},
		{"/gone", stock.NotFound, "404 Not Found", "/missing", []string{"/gone", "/missing"}},
	}
	c := newClient(t)
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			before := len(s.paths())
			p := get(t, c, s.URL+tt.path)
			wantOutcome(t, p, tt.outcome, tt.reason)
			if got := strings.TrimPrefix(p.FinalURL, s.URL); got != tt.final {
				t.Errorf("FinalURL = %q, want %q", got, tt.final)
			}
			if got := s.paths()[before:]; !slices.Equal(got, tt.asked) {
				t.Errorf("the shop was asked for %q, want %q", got, tt.asked)
			}
		})
	}
	if n := len(elsewhere.seen()); n != 0 {
		t.Errorf("the other host was asked %d times", n)
	}
}

func TestRedirectToHTTPS(t *testing.T) {
	secure := newShop(map[string]http.HandlerFunc{"/item/": says("text/plain", "ok")})
	secure.StartTLS()
	t.Cleanup(secure.Close)
	plain := openShop(t, map[string]http.HandlerFunc{"/item/": sends(secure.URL + "/item/")})
	secure.pages["/back"] = sends(plain.URL + "/item/")
	c := newClient(t)
	trust(c, secure)
	p := get(t, c, plain.URL+"/item/")
	wantOutcome(t, p, stock.OK, "")
	if p.FinalURL != secure.URL+"/item/" {
		t.Errorf("FinalURL = %q, want %s/item/", p.FinalURL, secure.URL)
	}
	if n := len(secure.seen()); n != 2 {
		t.Errorf("the https shop saw %d requests, want its robots.txt and the page", n)
	}
	wantOutcome(t, get(t, c, secure.URL+"/back"), stock.Failed, "redirects from https to plain http: not followed")
}

func TestSameHost(t *testing.T) {
	tests := []struct {
		from, to string
		same     bool
	}{
		{"http://shop.example/a", "http://shop.example/b", true},
		{"http://shop.example/", "https://shop.example/", true},
		{"http://shop.example:8080/", "https://shop.example:8443/", true},
		{"https://shop.example/", "https://shop.example:443/", true},
		{"https://shop.example/", "https://SHOP.example./", true},
		{"https://shop.example/", "https://www.shop.example/", false},
		{"https://shop.example/", "https://shop.example:8443/", false},
		{"http://shop.example/", "https://www.shop.example/", false},
		{"http://shop.example/", "http://shop.example:8080/", false},
	}
	for _, tt := range tests {
		from, err := parseTarget(tt.from)
		if err != nil {
			t.Fatal(err)
		}
		got, err := redirectTarget(from, tt.to)
		if (err == nil) != tt.same {
			t.Errorf("redirect from %s to %s: %v, %v; want followed: %t", tt.from, tt.to, got.url, err, tt.same)
		}
	}
}

// What a redirect leads to is checked like any other URL.
func FuzzRedirectTarget(f *testing.F) {
	f.Add("//shop.example/x")
	f.Add("http:a")
	f.Add("?#")
	from, err := parseTarget("http://shop.example/a/b?c")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, location string) {
		to, err := redirectTarget(from, location)
		if err != nil {
			return
		}
		again, err := url.Parse(to.url.String())
		if err != nil || again.Hostname() != "shop.example" {
			t.Errorf("Location %q leads to %s", location, to.url)
		}
	})
}
