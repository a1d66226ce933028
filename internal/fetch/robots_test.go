package fetch

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

func robotsTxt(body string) http.HandlerFunc { return says("text/plain", body) }

func TestRobotsForbid(t *testing.T) {
	s := openShop(t, map[string]http.HandlerFunc{
		"/robots.txt": robotsTxt("User-agent: *\nDisallow: /\n\nUser-agent: sainyuka\nDisallow: /cart\nDisallow: /*?sort="),
		"/item/":      says("text/plain", "ok"),
	})
	c := newClient(t)
	wantOutcome(t, get(t, c, s.URL+"/item/"), stock.OK, "")
	wantOutcome(t, get(t, c, s.URL+"/cart/add"), stock.Disallowed, fmt.Sprintf("robots.txt of %s says %q", s.host(t), "Disallow: /cart"))
	wantOutcome(t, get(t, c, s.URL+"/item/?sort=price"), stock.Disallowed, fmt.Sprintf("robots.txt of %s says %q", s.host(t), "Disallow: /*?sort="))
	if got, want := s.paths(), []string{"/item/"}; !slices.Equal(got, want) {
		t.Errorf("the shop was asked for %q, want %q", got, want)
	}
	if n := len(s.seen()); n != 2 {
		t.Errorf("%d requests in all, want 2: robots.txt is asked once", n)
	}
}

func TestRobotsAnswers(t *testing.T) {
	const forbidden = "User-agent: *\nDisallow: /"
	tests := []struct {
		name    string
		robots  http.HandlerFunc
		outcome stock.Outcome
		reason  string // HOST stands for the host
		wait    time.Duration
	}{
		{"none", answers(404, forbidden), stock.OK, "", 0},
		{"secret", answers(403, forbidden), stock.OK, "", 0},
		{"gone", answers(410, forbidden), stock.OK, "", 0},
		{"empty", answers(204, ""), stock.OK, "", 0},
		{"HTML", says("text/html", "<html>\n<p>User-agent: *</p>\n<p>Disallow: /</p>"), stock.OK, "", 0},
		{"forbids", robotsTxt(forbidden), stock.Disallowed, `robots.txt of HOST says "Disallow: /"`, 0},
		{"moved", sends("/robots2.txt"), stock.Disallowed, `robots.txt of HOST says "Disallow: /"`, 0},
		{"moved to another host", sends("http://shop.example/robots.txt"), stock.OK, "", 0},
		{"moved in circles", sends("/robots.txt"), stock.OK, "", 0},
		{"moved nowhere", answers(302, ""), stock.OK, "", 0},
		{"server error", answers(500, ""), stock.Failed, "robots.txt of HOST: 500 Internal Server Error", 0},
		{"maintenance", answers(503, "maintenance"), stock.Failed, "robots.txt of HOST: 503 Service Unavailable", 0},
		{"busy", answers(503, "", "Retry-After", "60"), stock.RateLimited, "robots.txt of HOST: 503 Service Unavailable", time.Minute},
		{"rate limited", answers(429, "", "Retry-After", "60"), stock.RateLimited, "robots.txt of HOST: 429 Too Many Requests", time.Minute},
		{"broken", answers(200, "nothing like gzip", "Content-Encoding", "gzip"), stock.Failed, "robots.txt of HOST: broken gzip body: gzip: invalid header", 0},
		{"long, forbids early", robotsTxt(forbidden + strings.Repeat("\n# x", maxRobots/4)), stock.Disallowed, `robots.txt of HOST says "Disallow: /"`, 0},
		// The file is cut in the middle of "/items-of-yore", which must not become "/item".
		{"long, cut inside a rule", robotsTxt(padTo("User-agent: *\n", maxRobots-len("Disallow: /item")) + "Disallow: /items-of-yore\n"), stock.OK, "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := openShop(t, map[string]http.HandlerFunc{
				"/robots.txt":  tt.robots,
				"/robots2.txt": robotsTxt(forbidden),
				"/item/":       says("text/plain", "ok"),
			})
			c := newClient(t)
			for range 2 { // the second time by memory
				p := get(t, c, s.URL+"/item/")
				wantOutcome(t, p, tt.outcome, strings.ReplaceAll(tt.reason, "HOST", s.host(t)))
				if p.RetryAfter != tt.wait {
					t.Errorf("RetryAfter = %s, want %s", p.RetryAfter, tt.wait)
				}
			}
			if asked := len(s.seen()) - len(s.paths()); tt.name != "moved in circles" && asked != 1 {
				t.Errorf("robots.txt was asked %d times, want 1", asked)
			} else if asked > 1+maxHops {
				t.Errorf("robots.txt was asked %d times, want at most %d", asked, 1+maxHops)
			}
		})
	}
}

func padTo(s string, n int) string { return s + strings.Repeat("#", n-len(s)-1) + "\n" }

// What speaks for http does not speak for https or another port.
func TestRobotsPerOrigin(t *testing.T) {
	one := openShop(t, map[string]http.HandlerFunc{"/robots.txt": robotsTxt("User-agent: *\nDisallow: /")})
	two := openShop(t, map[string]http.HandlerFunc{"/": says("text/plain", "ok")})
	c := newClient(t)
	if p := get(t, c, one.URL+"/"); p.Outcome != stock.Disallowed {
		t.Errorf("Fetch(%s) = %s %q, want disallowed", p.URL, p.Outcome, p.Reason)
	}
	wantOutcome(t, get(t, c, two.URL+"/"), stock.OK, "")
}

func TestRobotsAskedOnceByMany(t *testing.T) {
	s := openShop(t, map[string]http.HandlerFunc{"/robots.txt": robotsTxt(""), "/": says("text/plain", "ok")})
	c := newClient(t)
	done := make(chan stock.Page)
	for range 10 {
		go func() { done <- c.Fetch(t.Context(), stock.Request{URL: s.URL + "/"}) }()
	}
	for range 10 {
		wantOutcome(t, <-done, stock.OK, "")
	}
	if got := len(s.seen()) - len(s.paths()); got != 1 {
		t.Errorf("robots.txt was asked %d times by ten at once, want 1", got)
	}
}

// A look that was given up says nothing about the host.
func TestRobotsCancelledIsNotRemembered(t *testing.T) {
	entered := make(chan struct{}, 1)
	var slow atomic.Bool
	slow.Store(true)
	s := openShop(t, map[string]http.HandlerFunc{
		"/robots.txt": func(_ http.ResponseWriter, r *http.Request) {
			if slow.Load() {
				entered <- struct{}{}
				<-r.Context().Done()
			}
		},
		"/": says("text/plain", "ok"),
	})
	c := newClient(t)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-entered
		slow.Store(false)
		cancel()
	}()
	wantOutcome(t, c.Fetch(ctx, stock.Request{URL: s.URL + "/"}), stock.Failed, "cancelled")
	wantOutcome(t, get(t, c, s.URL+"/"), stock.OK, "")
}

// A Crawl-delay above the gap counts from the answer that says so.
func TestRobotsCrawlDelay(t *testing.T) {
	s := openShop(t, map[string]http.HandlerFunc{
		"/robots.txt": robotsTxt("User-agent: *\nCrawl-delay: 3600\nDisallow: /cart"),
		"/":           says("text/plain", "ok"),
	})
	c := newClient(t)
	if p := get(t, c, s.URL+"/cart"); p.Outcome != stock.Disallowed {
		t.Errorf("Fetch(/cart) = %s %q, want disallowed", p.Outcome, p.Reason)
	}
	if wait := clock.Until(c.NextRequest(s.host(t))); wait < maxCrawlDelay/3 || wait > maxCrawlDelay {
		t.Errorf("next request in %s, want the rest of %s", wait, maxCrawlDelay)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	wantOutcome(t, c.Fetch(ctx, stock.Request{URL: s.URL + "/"}), stock.Failed, "timeout: the time for this look was over")
	if len(s.seen()) != 1 {
		t.Errorf("the shop saw %d requests, want robots.txt only", len(s.seen()))
	}
}

func TestRobotsCache(t *testing.T) {
	allow := robotsEntry{rules: robotRules{rules: []robotRule{{pattern: "/old"}}}}
	failed := robotsEntry{problem: &verdict{outcome: stock.Failed}}
	limited := robotsEntry{problem: &verdict{outcome: stock.RateLimited}}
	until := func(e robotsEntry, d time.Duration) robotsEntry {
		e.until = clock.In(d)
		return e
	}
	synctest.Test(t, func(t *testing.T) {
		r := newRobotsCache()
		if _, ok := r.fresh("o"); ok {
			t.Error("an origin never asked is fresh")
		}
		r.store("o", until(failed, robotsRetry))
		if e, ok := r.fresh("o"); !ok || e.problem == nil {
			t.Error("a failure is not remembered")
		}
		time.Sleep(robotsRetry)
		if _, ok := r.fresh("o"); ok {
			t.Errorf("a failure is remembered after %s", robotsRetry)
		}
		r.store("o", until(allow, time.Hour))
		time.Sleep(time.Hour)
		if e := r.store("o", until(failed, robotsRetry)); e.problem != nil || len(e.rules.rules) != 1 {
			t.Errorf("a failure displaced the rules known before: %+v", e)
		}
		time.Sleep(staleRetry - 1)
		if e, ok := r.fresh("o"); !ok || e.problem != nil {
			t.Error("the old rules do not serve on")
		}
		time.Sleep(time.Nanosecond)
		if _, ok := r.fresh("o"); ok {
			t.Errorf("the old rules serve longer than %s without asking again", staleRetry)
		}
		if e := r.store("o", until(limited, time.Minute)); e.problem == nil {
			t.Error("a host that asks to be left alone is asked on by old rules")
		}
	})
}

func TestRobotsCacheForgetsHosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRobotsCache()
		for i := range 5000 {
			r.store(fmt.Sprintf("https://h%d.example", i), robotsEntry{until: clock.In(robotsLife)})
			time.Sleep(time.Hour)
		}
		if n := len(r.entries); n > 2*minLanes {
			t.Errorf("%d entries are kept for hosts asked long ago, want at most %d", n, 2*minLanes)
		}
	})
}

func TestRobotsLife(t *testing.T) {
	tests := []struct {
		cacheControl string
		want         time.Duration
	}{
		{"", 24 * time.Hour},
		{"public", 24 * time.Hour},
		{"max-age=7200", 2 * time.Hour},
		{`public, Max-Age="7200"`, 2 * time.Hour},
		{"max-age=0", time.Hour},
		{"max-age=-5", time.Hour},
		{"max-age=604800", 24 * time.Hour},
		{"max-age=99999999999999", 24 * time.Hour},
		{"max-age=soon", 24 * time.Hour},
		{"no-store", time.Hour},
		{"private, no-cache", time.Hour},
	}
	for _, tt := range tests {
		if got := lifeOf(http.Header{"Cache-Control": {tt.cacheControl}}); got != tt.want {
			t.Errorf("Cache-Control %q: believed for %s, want %s", tt.cacheControl, got, tt.want)
		}
	}
}
