package feed

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// bot is a feed whose answers a test sets.
type bot struct {
	mu    sync.Mutex
	page  stock.Page
	asked []time.Time
	hints []stock.Hint
	mine  bool
	ctx   context.Context // of the tenure
}

func (b *bot) reader() *Reader {
	return New(Options{
		Fetch: func(context.Context, stock.Request) stock.Page {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.asked = append(b.asked, time.Now())
			return b.page
		},
		Own: func(host string) (context.Context, bool) {
			b.mu.Lock()
			defer b.mu.Unlock()
			return b.ctx, b.mine && host == "bot.example"
		},
		Hint: func(h stock.Hint) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.hints = append(b.hints, h)
		},
	})
}

func (b *bot) says(p stock.Page) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.page = p
}

// take returns what was hinted since the last call: "product@age".
func (b *bot) take() (list []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, h := range b.hints {
		list = append(list, fmt.Sprintf("%s@%v", h.Product, time.Since(h.At).Round(time.Second)))
	}
	b.hints = nil
	return list
}

func (b *bot) looks() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.asked)
}

// rss is an answer with items, newest first: "TITLE|AGE" or "TITLE".
func rss(items ...string) stock.Page {
	var s strings.Builder
	s.WriteString(`<?xml version="1.0" encoding="Shift_JIS"?><rss version="2.0"><channel><title>bot</title>`)
	for _, x := range items {
		title, age, dated := strings.Cut(x, "|")
		fmt.Fprintf(&s, "<item><title>%s</title><guid>%s</guid>", title, title)
		if d, err := time.ParseDuration(age); dated && err == nil {
			fmt.Fprintf(&s, "<pubDate>%s</pubDate>", time.Now().Add(-d).Format(time.RFC1123Z))
		}
		s.WriteString("</item>")
	}
	s.WriteString("</channel></rss>")
	return stock.Page{Outcome: stock.OK, Body: []byte(s.String())}
}

var products = []stock.Product{
	{ID: "switch2", Name: "Switch 2", Keywords: []string{"Switch 2", "スイッチ2"}},
	{ID: "ps5", Name: "PS5", JAN: "4948872415934"},
}

// following runs a reader of one feed, looked at every minute, in virtual time.
func following(t *testing.T, b *bot, test func(r *Reader)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		b.mine, b.ctx = true, ctx
		r := b.reader()
		r.Set([]Feed{{ID: "bot", URL: "https://bot.example/feed", Interval: time.Minute}}, products)
		ended := make(chan error)
		go func() { ended <- r.Run(ctx) }()
		test(r)
		stop()
		if err := <-ended; err != context.Canceled {
			t.Errorf("Run ended with %v, want %v", err, context.Canceled)
		}
	})
}

// Every answer is asked for a minute after it was written.
func TestNewItemsBecomeHints(t *testing.T) {
	b := &bot{page: stock.Page{Outcome: stock.NotModified}}
	following(t, b, func(*Reader) {
		synctest.Wait()
		for _, step := range []struct {
			story string
			items []string
			want  []string
		}{
			{"the first answer is old news, but for what has just come", []string{"スイッチ２ 復活|2m", "PS5 4948872415934|30m", "Switch 2 undated"}, []string{"switch2@3m0s"}},
			{"the same again", []string{"スイッチ２ 復活|3m", "PS5 4948872415934|31m", "Switch 2 undated"}, nil},
			{"a new item, dated", []string{"JAN 4948872415934 入荷|20m", "スイッチ２ 復活|4m"}, []string{"ps5@21m0s"}},
			{"a new item without a date", []string{"PS5 再入荷", "JAN 4948872415934 入荷|21m"}, []string{"ps5@0s"}},
			{"a new item that is too old", []string{"PS5 先週の入荷|2h", "PS5 再入荷"}, nil},
			{"two new items on one product", []string{"PS5 a|5s", "PS5 b|6s"}, []string{"ps5@1m5s"}},
			{"an item of the future", []string{"PS5 c|-1h"}, []string{"ps5@0s"}},
			{"nobody's product", []string{"Xbox"}, nil},
			{"not modified", nil, nil},
			{"nothing at all", []string{}, nil},
		} {
			page := stock.Page{Outcome: stock.NotModified}
			if step.items != nil {
				page = rss(step.items...)
			}
			b.says(page)
			before := b.looks()
			time.Sleep(time.Minute)
			synctest.Wait()
			if b.looks() != before+1 {
				t.Fatalf("%s: %d looks in a minute, want 1", step.story, b.looks()-before)
			}
			if got := b.take(); !slices.Equal(got, step.want) {
				t.Errorf("%s: hints %q, want %q", step.story, got, step.want)
			}
		}
	})
}

func TestBrokenFeedIsAskedLessOften(t *testing.T) {
	for _, tt := range []struct {
		name string
		page stock.Page
		want int // looks in three hours
	}{
		{"well", rss(), 180},
		{"not a feed", stock.Page{Outcome: stock.OK, Body: []byte("<html><p>sorry")}, 8}, // 1, 2, 4 ... 60 minutes apart
		{"gone", stock.Page{Outcome: stock.NotFound}, 8},
		{"asks to be left alone", stock.Page{Outcome: stock.RateLimited, RetryAfter: 2 * time.Hour}, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := &bot{}
			following(t, b, func(*Reader) {
				b.says(tt.page)
				time.Sleep(3*time.Hour - time.Second)
				if got := b.looks(); got != tt.want {
					t.Errorf("looks in three hours = %d, want %d", got, tt.want)
				}
			})
		})
	}
}

func TestOnlyTheOwnerAsks(t *testing.T) {
	b := &bot{}
	following(t, b, func(*Reader) {
		b.mu.Lock()
		b.mine = false
		b.mu.Unlock()
		time.Sleep(time.Hour)
		n := b.looks() // the first may have been before
		if n > 1 {
			t.Errorf("looks at a host of somebody else = %d, want none after the first", n)
		}
		b.mu.Lock()
		b.mine = true
		b.mu.Unlock()
		b.says(rss("PS5 old|30m"))
		time.Sleep(time.Minute)
		if got := b.take(); b.looks() == n || got != nil {
			t.Errorf("back with us: %d looks and hints %q, want some and none: it is the first answer again", b.looks()-n, got)
		}
	})
}

// A reload may come with every edit of the configuration: it makes nothing new.
func TestReloadKeepsWhatWasSeen(t *testing.T) {
	b := &bot{}
	following(t, b, func(r *Reader) {
		b.says(rss("PS5 a|5s"))
		time.Sleep(time.Second)
		b.take()
		for range 5 {
			r.Set([]Feed{{ID: "bot", URL: "https://bot.example/feed", Interval: time.Minute}}, products)
			time.Sleep(time.Second)
		}
		if b.looks() != 1 || b.take() != nil {
			t.Errorf("after five reloads in a minute: %d looks, want 1 and no hint", b.looks())
		}
		r.Set(nil, products)
		time.Sleep(time.Hour)
		if b.looks() != 1 {
			t.Errorf("looks at a feed that is no more = %d, want none", b.looks()-1)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add(rss("スイッチ２ 復活|2m", "PS5 4948872415934").Body)
	f.Add([]byte(`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>PS5</title><updated>2026-04-01T10:00:00Z</updated></entry></feed>`))
	f.Add([]byte(`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","content_text":"PS5"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		hints := 0
		x := &follower{products: products, o: New(Options{Hint: func(stock.Hint) { hints++ }}).o}
		_ = x.read(stock.Page{Outcome: stock.OK, Body: body}, time.Now())
		if hints > len(products) || len(x.seen) > maxItems {
			t.Errorf("%d hints and %d items remembered of one answer, want at most %d and %d", hints, len(x.seen), len(products), maxItems)
		}
	})
}
