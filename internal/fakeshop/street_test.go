package fakeshop_test

import (
	"context"
	"errors"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/text/encoding/japanese"

	"github.com/sainyuka/sainyuka/internal/fakeshop"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	ichiba = "http://item.rakuten.co.jp/kitte-denki/kettle-07/"
	yahoo  = "http://store.shopping.yahoo.co.jp/kitte-denki/kettle-07.html"
	flea   = "http://jp.mercari.com/item/m12345678901"
	small  = "http://kitte-denki.example/items/7"
)

func kettle(a stock.Availability) fakeshop.Item {
	return fakeshop.Item{
		Title: "湯気の立たない電気ケトル YK-07 <白>", Availability: a, Price: stock.Yen(8800), ListPrice: stock.Yen(12800),
		Seller: "キッテ電機", JAN: "4900000000078", Quantity: 3,
	}
}

// open serves the street and returns a client that reaches it as its proxy.
func open(t *testing.T) (*fakeshop.Street, *http.Client, string) {
	t.Helper()
	street := fakeshop.New()
	srv := httptest.NewServer(street)
	t.Cleanup(srv.Close)
	t.Cleanup(street.Close)
	proxy, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{
		Proxy:              func(r *http.Request) (*url.URL, error) { return proxy, nil },
		DisableCompression: true,
	}
	t.Cleanup(tr.CloseIdleConnections)
	client := &http.Client{Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return street, client, srv.URL
}

func get(t *testing.T, c *http.Client, rawURL string, header ...string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, rawURL, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatalf("get %s: %v", rawURL, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("read %s: %v", rawURL, err)
	}
	return resp, body
}

func TestEachShopSaysItInItsOwnWay(t *testing.T) {
	street, client, addr := open(t)
	direct := addr + "/items/8"
	weak, micro := small+"-og", small+"-micro"
	for _, u := range []string{ichiba, yahoo, flea, small, direct} {
		street.Set(u, kettle(stock.InStock))
	}
	for u, l := range map[string]fakeshop.Layout{weak: fakeshop.OpenGraph, micro: fakeshop.Microdata} {
		it := kettle(stock.InStock)
		it.Layout = l
		street.Set(u, it)
	}
	for _, tt := range []struct {
		name, url, selector, in, out string
	}{
		{"ichiba", ichiba, "script#item-page-app-data", `"purchaseCondition":"enabled"`, `"purchaseCondition":"sold-out"`},
		{"yahoo", yahoo, "script#__NEXT_DATA__", `"isAvailable":true`, `"isAvailable":false`},
		{"mercari", flea, `script[type="application/ld+json"]`, "schema.org/InStock", "schema.org/SoldOut"},
		{"small shop", small, `script[type="application/ld+json"]`, "schema.org/InStock", "schema.org/SoldOut"},
		{"by its address", direct, `script[type="application/ld+json"]`, "schema.org/InStock", "schema.org/SoldOut"},
		{"microdata", micro, `[itemprop=offers]`, "schema.org/InStock", "schema.org/SoldOut"},
		{"open graph", weak, `head`, `content="in stock"`, `content="out of stock"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := client
			if tt.url == direct {
				c = http.DefaultClient
			}
			for _, step := range []struct {
				availability stock.Availability
				want, not    string
			}{{stock.InStock, tt.in, tt.out}, {stock.SoldOut, tt.out, tt.in}} {
				street.Change(tt.url, func(it *fakeshop.Item) { it.Availability = step.availability })
				resp, body := get(t, c, tt.url)
				if strings.Contains(resp.Header.Get("Content-Type"), "EUC-JP") {
					utf8, err := japanese.EUCJP.NewDecoder().Bytes(body)
					if err != nil {
						t.Fatal(err)
					}
					body = utf8
				}
				doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(body)))
				if err != nil {
					t.Fatal(err)
				}
				got, err := doc.Find(tt.selector).First().Html()
				if err != nil {
					t.Fatal(err)
				}
				got, _, _ = strings.Cut(html.UnescapeString(got), `"recommend"`) // the decoys of the island
				if !strings.Contains(got, step.want) || strings.Contains(got, step.not) {
					t.Errorf("%s with %v: %s says %s, want %s and not %s", tt.url, step.availability, tt.selector, got, step.want, step.not)
				}
				if name := doc.Find("h1").First().Text(); name != "湯気の立たない電気ケトル YK-07 <白>" {
					t.Errorf("%s: h1 = %q, want the title as it was set", tt.url, name)
				}
			}
		})
	}
}

func TestPagesAreTheSameEveryTimeAndCarryDecoys(t *testing.T) {
	street, client, _ := open(t)
	for _, u := range []string{ichiba, yahoo, flea, small} {
		street.Set(u, kettle(stock.InStock))
		_, a := get(t, client, u)
		_, b := get(t, client, u)
		if string(a) != string(b) {
			t.Errorf("two answers for %s differ", u)
		}
		if u == ichiba {
			a, _ = japanese.EUCJP.NewDecoder().Bytes(a)
		}
		if !strings.Contains(string(a), "売り切れ") {
			t.Errorf("%s is in stock and says 売り切れ nowhere: no decoy", u)
		}
	}
}

func TestFaults(t *testing.T) {
	street, client, _ := open(t)
	for _, tt := range []struct {
		name   string
		fault  fakeshop.Fault
		status int
		header string // name=value
		says   string
	}{
		{"forbidden", fakeshop.Status(403), 403, "", "Forbidden"},
		{"gone", fakeshop.Status(410), 410, "", "Gone"},
		{"reference", fakeshop.Reference(), 200, "", "Reference  #18."},
		{"captcha", fakeshop.Captcha(), 200, "", "captchacharacters"},
		{"maintenance", fakeshop.Maintenance(), 200, "", "ページが表示できません"},
		{"login", fakeshop.LoginWall(), 302, "Location=/login", ""},
		{"other item", fakeshop.RedirectTo("/items/9"), 302, "Location=/items/9", ""},
		{"other host", fakeshop.RedirectTo("http://other.example/"), 302, "Location=http://other.example/", ""},
		{"too many", fakeshop.TooMany(90 * time.Second), 429, "Retry-After=90", ""},
		{"unavailable", fakeshop.Unavailable(0), 503, "Retry-After=", "アクセスが集中"},
		{"shell", fakeshop.Shell(), 200, "", `id="root"`},
		{"empty", fakeshop.Empty(), 200, "", ""},
		{"huge", fakeshop.Huge(100_000), 200, "", strings.Repeat(" ", 100_000)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			street.Set(small, kettle(stock.InStock))
			street.Fail(small, tt.fault)
			defer street.Heal(small)
			resp, body := get(t, client, small)
			if resp.StatusCode != tt.status || !strings.Contains(string(body), tt.says) {
				t.Errorf("answer = %d %.80q, want %d with %.80q", resp.StatusCode, body, tt.status, tt.says)
			}
			if name, want, ok := strings.Cut(tt.header, "="); ok && resp.Header.Get(name) != want {
				t.Errorf("%s = %q, want %q", name, resp.Header.Get(name), want)
			}
			if strings.Contains(string(body), "schema.org/InStock") {
				t.Errorf("the answer says InStock all the same")
			}
		})
	}
	if len(reference(t, street, client)) != 43 {
		t.Errorf("the refusal has %d bytes, want the 43 of the real one", len(reference(t, street, client)))
	}
}

func reference(t *testing.T, street *fakeshop.Street, client *http.Client) []byte {
	t.Helper()
	street.Fail(small, fakeshop.Reference().Times(1))
	_, body := get(t, client, small)
	return body
}

func TestFaultsOfAHostSpareItsRobots(t *testing.T) {
	street, client, _ := open(t)
	street.Robots("kitte-denki.example", "User-agent: *\nDisallow: /items/\n")
	street.Fail("kitte-denki.example", fakeshop.Status(403).Times(2))
	for i, want := range []struct {
		path   string
		status int
	}{{"/robots.txt", 200}, {"/items/7", 403}, {"/", 403}, {"/items/7", 404}} {
		resp, body := get(t, client, "http://kitte-denki.example"+want.path)
		if resp.StatusCode != want.status {
			t.Errorf("request %d, %s = %d, want %d", i, want.path, resp.StatusCode, want.status)
		}
		if want.path == "/robots.txt" && !strings.Contains(string(body), "Disallow: /items/") {
			t.Errorf("robots.txt = %q, want what was set", body)
		}
	}
	street.Fail("http://kitte-denki.example/robots.txt", fakeshop.Status(500))
	if resp, _ := get(t, client, "http://kitte-denki.example/robots.txt"); resp.StatusCode != 500 {
		t.Errorf("a failing robots.txt = %d, want 500", resp.StatusCode)
	}
}

func TestHangEndsWithTheClientAndCutBreaks(t *testing.T) {
	street, client, _ := open(t)
	street.Set(small, kettle(stock.InStock))

	street.Fail(small, fakeshop.Cut())
	resp, err := client.Get(small)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.ReadAll(resp.Body)
	resp.Body.Close()
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("reading a cut page: %v, want an unexpected end", err)
	}

	street.Fail(small, fakeshop.Hang())
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, small, nil)
	if resp, err := client.Do(req); err == nil {
		resp.Body.Close()
		t.Errorf("a hanging page answered %d, want no answer", resp.StatusCode)
	}
}

func TestValidators(t *testing.T) {
	street, client, _ := open(t)
	it := kettle(stock.InStock)
	it.Validators = true
	street.Set(small, it)
	resp, _ := get(t, client, small)
	tag := resp.Header.Get("ETag")
	if tag == "" {
		t.Fatal("no ETag, want one")
	}
	if resp, _ := get(t, client, small, "If-None-Match", tag); resp.StatusCode != http.StatusNotModified {
		t.Errorf("with the page's ETag: %d, want 304", resp.StatusCode)
	}
	street.Change(small, func(it *fakeshop.Item) { it.Availability = stock.SoldOut })
	if resp, _ := get(t, client, small, "If-None-Match", tag); resp.StatusCode != http.StatusOK {
		t.Errorf("with an old ETag: %d, want 200", resp.StatusCode)
	}
	if all := street.Requests("kitte-denki.example"); len(all) != 3 || !all[1].Validated || all[1].Status != http.StatusNotModified {
		t.Errorf("recorded %+v, want three requests, the second validated and answered 304", all)
	}
}

func TestCompression(t *testing.T) {
	street, client, _ := open(t)
	street.Set(small, kettle(stock.InStock))
	_, want := get(t, client, small)
	for _, coding := range []string{"gzip", "zstd"} {
		resp, body := get(t, client, small, "Accept-Encoding", coding)
		if got := resp.Header.Get("Content-Encoding"); got != coding {
			t.Errorf("asked for %s: Content-Encoding = %q", coding, got)
		}
		if got := unpack(t, coding, body); string(got) != string(want) {
			t.Errorf("%s: unpacked page differs from the plain one", coding)
		}
	}
}

func TestTLSAndPostsAreRefused(t *testing.T) {
	street := fakeshop.New()
	for method, want := range map[string]int{http.MethodConnect: 501, http.MethodPost: 405} {
		w := httptest.NewRecorder()
		street.ServeHTTP(w, httptest.NewRequest(method, "http://shop.example:443/", nil))
		if w.Code != want {
			t.Errorf("%s = %d, want %d", method, w.Code, want)
		}
	}
}

func TestStatsTellHowPolitelyAHostWasAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		street := fakeshop.New()
		ask := func(ctx context.Context, u string) {
			r := httptest.NewRequest(http.MethodGet, u, nil).WithContext(ctx)
			street.ServeHTTP(httptest.NewRecorder(), r)
		}
		for _, gap := range []time.Duration{5 * time.Second, 2 * time.Second, 3 * time.Second} {
			ask(t.Context(), small)
			time.Sleep(gap)
		}
		ask(t.Context(), "http://other.example/")
		if got, want := street.Stats("kitte-denki.example"), (fakeshop.Stats{Requests: 3, MinGap: 2 * time.Second, MaxInFlight: 1}); got != want {
			t.Errorf("Stats = %+v, want %+v", got, want)
		}

		street.Fail("other.example", fakeshop.Hang())
		ctx, leave := context.WithCancel(t.Context())
		for range 3 {
			go ask(ctx, "http://other.example/")
		}
		synctest.Wait()
		leave()
		synctest.Wait()
		if got := street.Stats("OTHER.example"); got.MaxInFlight != 3 || got.Requests != 4 || got.MinGap != 0 {
			t.Errorf("Stats = %+v, want 4 requests, 3 at the same time, without a gap", got)
		}
		if got := street.Hosts(); len(got) != 2 || got[0] != "kitte-denki.example" || got[1] != "other.example" {
			t.Errorf("Hosts = %v", got)
		}
		if got := len(street.Requests("")); got != 7 {
			t.Errorf("%d requests recorded in all, want 7", got)
		}
	})
}

func TestTheJournalIsBounded(t *testing.T) {
	street := fakeshop.New()
	const asked = 9000
	for range asked {
		street.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "http://a.example/robots.txt", nil))
	}
	if got := len(street.Requests("a.example")); got != 8192 {
		t.Errorf("%d requests kept of %d, want 8192", got, asked)
	}
	if got := street.Stats("a.example").Requests; got != asked {
		t.Errorf("%d requests counted, want all %d", got, asked)
	}
}

func TestScript(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		street := fakeshop.New()
		var seen []time.Duration
		begin := time.Now()
		note := func(*fakeshop.Street) { seen = append(seen, time.Since(begin)) }
		script := fakeshop.Script{{At: 3 * time.Second, Do: note}, fakeshop.Turn(5*time.Second, small, stock.InStock), {At: 20 * time.Second, Do: note}}

		ctx, cancel := context.WithTimeout(t.Context(), 65*time.Second)
		defer cancel()
		if err := script.Loop(ctx, street, 30*time.Second); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Loop = %v, want the context's error", err)
		}
		want := []time.Duration{3, 20, 33, 50, 63}
		if len(seen) != len(want) {
			t.Fatalf("steps at %v, want at %v seconds", seen, want)
		}
		for i := range want {
			if seen[i] != want[i]*time.Second {
				t.Errorf("step %d at %v, want at %ds", i, seen[i], want[i])
			}
		}
	})
}
