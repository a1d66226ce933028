package e2e

import (
	"html"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

var (
	demoAddress = regexp.MustCompile(`Dashboard: (http://\S+/)`)
	outward     = regexp.MustCompile(`(?:href|src)="(http[^"]*)"`)
	inward      = regexp.MustCompile(`(?:href|src)="((?:\./|\.\./)*(?:products|watches|pictures|alerts|health|settings)[^"#]*)"`)
	linkInText  = regexp.MustCompile(`http://[^\s）)]+`)
)

// In the demo every link leads somewhere, without internet: those of the dashboard, of its
// pictures, and of the alerts.
func TestLinksOfTheDemo(t *testing.T) {
	p := start(t, "sainyuka", "demo", "-for", "120s")
	eventually(t, "the first alerts of the demo", func() bool { return strings.Count(p.stdout.String(), "再入荷】") >= 2 })
	home := demoAddress.FindStringSubmatch(p.stdout.String())
	if home == nil {
		t.Fatalf("the demo printed no address of its dashboard: %s", p.stdout.String())
	}
	eventually(t, "a picture", func() bool { return strings.Contains(demoPage(t, home[1]), "pictures/") })
	seen := map[string]bool{}
	kinds := map[string]int{}
	var walk func(at string)
	walk = func(at string) {
		if seen[at] {
			return
		}
		seen[at] = true
		body := demoPage(t, at)
		for _, m := range outward.FindAllStringSubmatch(body, -1) {
			link := html.UnescapeString(m[1])
			if strings.Contains(at, "/elsewhere") || seen[link] { // searches of real shops
				continue
			}
			seen[link] = true
			kinds["shop"]++
			leadsToAPage(t, at, link)
		}
		for _, m := range inward.FindAllStringSubmatch(body, -1) {
			path := strings.TrimLeft(html.UnescapeString(m[1]), "./")
			kind, _, _ := strings.Cut(path, "/")
			kinds[kind]++
			walk(home[1] + path)
		}
	}
	walk(home[1])
	for _, link := range linkInText.FindAllString(p.stdout.String(), -1) {
		if !seen[link] {
			seen[link] = true
			kinds["alert"]++
			leadsToAPage(t, "an alert", link)
		}
	}
	for _, kind := range []string{"shop", "products", "watches", "pictures", "alerts"} {
		if kinds[kind] == 0 {
			t.Errorf("the demo has no link of the kind %q: %v", kind, kinds)
		}
	}
	if !strings.Contains(p.stdout.String(), "127.0.0.1") || !strings.Contains(p.stdout.String(), "item.rakuten.co.jp/") {
		t.Errorf("the alerts name no page of the street:\n%s", p.stdout.String())
	}
}

// leadsToAPage fails the test unless a link leads to a page of this machine. The street's
// malls have their bad moments.
func leadsToAPage(t *testing.T, from, link string) {
	t.Helper()
	if !strings.HasPrefix(link, "http://127.0.0.1:") {
		t.Errorf("%s links to %s, which is not on this machine", from, link)
		return
	}
	eventually(t, from+" to lead to a page by "+link, func() bool {
		resp, err := http.Get(link)
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

func demoPage(t *testing.T, address string) string {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatalf("get %s: %v", address, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("get %s: %v", address, err)
	}
	if resp.StatusCode != http.StatusOK {
		t.Errorf("get %s: %s, want a page", address, resp.Status)
	}
	return string(body)
}
