package notify

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// minding runs all that tells the owner until end is called.
func minding(t testing.TB, n *Notifier) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 2)
	go func() { done <- n.RunTimers(ctx) }()
	go func() { done <- n.Follow(ctx) }()
	return func() {
		cancel()
		for range 2 {
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Errorf("ended with %v, want its context's end", err)
			}
		}
	}
}

// toldKinds lists the letters as "kind channel", in alphabetical order.
func toldKinds(s *fakeStore) []string {
	list := []string{}
	for _, l := range s.letters() {
		list = append(list, string(l.Alert.Kind)+" "+l.Channel)
	}
	slices.Sort(list)
	return list
}

func wantTold(t *testing.T, s *fakeStore, when string, want ...string) {
	t.Helper()
	synctest.Wait()
	if got := toldKinds(s); !slices.Equal(got, want) {
		t.Fatalf("%s the outbox has %q, want %q", when, got, want)
	}
}

// shopPages is a product with so many pages of one shop.
func shopPages(n int) stock.Product {
	p := stock.Product{ID: "thing", Name: "Thing", NotifyAll: true}
	for i := range n {
		u := fmt.Sprintf("https://shop.example/%d", i)
		p.Watches = append(p.Watches, stock.Watch{ID: stock.WatchID(p.ID, u), URL: u})
	}
	return p
}

// readRecord returns the record that a page of the product cannot be read, "": that
// it can be read again.
func readRecord(p stock.Product, page int, why string, at time.Time) stock.Change {
	w := p.Watches[page]
	c := stock.Change{
		V: 1, Product: stock.ProductRef{ID: p.ID, Name: p.Name}, Kind: stock.Readable,
		Watch: stock.WatchRef{ID: w.ID, URL: w.URL, Source: "page"},
		State: stock.State{Availability: stock.OutOfStock, ObservedAt: at, Since: at},
	}
	if why != "" {
		outcome, text, _ := strings.Cut(why, ": ")
		c.Kind, c.Problem = stock.Unread, &stock.Problem{Outcome: stock.Outcome(outcome), Reason: stock.Said(text), Since: at.Add(-6 * time.Hour)}
	}
	return c
}

// owned is a notifier of a product, whose records are numbered by themselves.
type owned struct {
	t *testing.T
	p stock.Product
	s *fakeStore
	n *Notifier

	seq uint64
}

func (d *owned) record(page int, why string) {
	d.t.Helper()
	d.seq++
	route(d.t, d.n, d.s.add(d.seq, readRecord(d.p, page, why, time.Now())))
}

const blocked = "blocked: 403 Forbidden"

// The pages of a host that go together are told together, once, and once again
// when they are back, whatever is restarted in between.
func TestHostNews(t *testing.T) {
	down, up := []string{"host_unreadable mail", "host_unreadable phone"}, []string{"host_readable mail", "host_readable phone"}
	both := slices.Concat(up, down)
	for _, tt := range []struct {
		name string
		run  func(d *owned, wait func(time.Duration), want func(...string))
	}{
		{"one page", func(d *owned, wait func(time.Duration), want func(...string)) {
			d.record(0, blocked)
			want()
			wait(4 * time.Minute)
			want("unreadable mail", "unreadable phone")
			d.record(0, "")
			wait(4 * time.Minute)
			want("readable mail", "readable phone", "unreadable mail", "unreadable phone")
		}},
		{"one page that comes back at once", func(d *owned, wait func(time.Duration), want func(...string)) {
			d.record(0, blocked)
			wait(time.Minute)
			d.record(0, "")
			wait(4 * time.Minute)
			want()
		}},
		{"a blocked host", func(d *owned, wait func(time.Duration), want func(...string)) {
			for i := range 40 {
				d.record(i, blocked)
			}
			wait(4 * time.Minute)
			want(down...)
			d.record(40, blocked) // which is looked at less often
			wait(4 * time.Minute)
			want(down...)
			d.record(3, "")
			wait(4 * time.Minute)
			want(both...)
			for i := range 41 {
				if i != 3 {
					d.record(i, "")
				}
			}
			wait(4 * time.Minute)
			want(both...)
		}},
		{"a page after another", func(d *owned, wait func(time.Duration), want func(...string)) {
			d.record(0, blocked)
			wait(4 * time.Minute)
			d.record(1, blocked)
			wait(4 * time.Minute)
			d.record(2, blocked)
			wait(4 * time.Minute)
			want("host_unreadable mail", "host_unreadable phone", "unreadable mail", "unreadable phone")
		}},
		{"another trouble of the same host", func(d *owned, wait func(time.Duration), want func(...string)) {
			d.record(0, blocked)
			d.record(1, blocked)
			wait(4 * time.Minute)
			d.record(2, "unreadable: no offer")
			wait(4 * time.Minute)
			want(slices.Sorted(slices.Values(slices.Concat(down, down)))...)
		}},
		{"blocked again", func(d *owned, wait func(time.Duration), want func(...string)) {
			for range 2 {
				for _, why := range []string{blocked, ""} {
					d.record(0, why)
					d.record(1, why)
					wait(4 * time.Minute)
				}
			}
			want(slices.Sorted(slices.Values(slices.Concat(both, both)))...)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			atNoon(t, func(t *testing.T, _ time.Time) {
				people := newPeople()
				d := &owned{t: t, p: shopPages(50), s: newStore()}
				open := func() func() {
					d.n = New(Options{Store: d.s, People: people, Rules: rulesFor(d.p)})
					other := New(Options{Store: d.s, People: people, Rules: rulesFor(d.p)}) // as in the seconds of a change of the active one
					end, endOther := minding(t, d.n), minding(t, other)
					return func() { end(); endOther() }
				}
				end := open()
				wait := func(w time.Duration) {
					time.Sleep(w / 2)
					end()
					end = open()
					time.Sleep(w - w/2)
				}
				tt.run(d, wait, func(want ...string) { t.Helper(); wantTold(t, d.s, "then", want...) })
				end()
			})
		})
	}
}

func TestHostNewsSayHowMany(t *testing.T) {
	atNoon(t, func(t *testing.T, _ time.Time) {
		d := &owned{t: t, p: shopPages(5), s: newStore()}
		d.n = New(Options{Store: d.s, People: newPeople(), Rules: rulesFor(d.p)})
		end := minding(t, d.n)
		defer end()
		for i := range 3 {
			d.record(i, blocked)
		}
		time.Sleep(4 * time.Minute)
		d.record(1, "")
		time.Sleep(4 * time.Minute)
		for _, l := range d.s.letters() {
			news := l.Alert.News
			want := stock.News{Host: "shop.example", Outcome: stock.Blocked, Reason: stock.Said("403 Forbidden"), Pages: 5, Unreadable: 3}
			if l.Alert.Kind == stock.HostUp {
				want.Pages, want.Unreadable = 1, 2
			}
			if news == nil || news.Host != want.Host || news.Reason.Text != want.Reason.Text || news.Pages != want.Pages || news.Unreadable != want.Unreadable || news.Since.IsZero() {
				t.Errorf("%s says %+v, want %+v with its begin", l.Alert.Kind, news, want)
			}
		}
	})
}

// Programs, and whoever wants these kinds to ring, hear of each page at once.
func TestHostNewsAreForPeople(t *testing.T) {
	atNoon(t, func(t *testing.T, _ time.Time) {
		d := &owned{t: t, p: shopPages(2), s: newStore()}
		r := rulesFor(d.p)
		r.Targets[0].Type = "webhook"
		d.n = New(Options{Store: d.s, People: newPeople(), Rules: r})
		end := minding(t, d.n)
		d.record(0, blocked)
		d.record(1, blocked)
		wantTold(t, d.s, "at once", "unreadable phone", "unreadable phone")
		time.Sleep(time.Hour)
		wantTold(t, d.s, "after that", "host_unreadable mail", "unreadable phone", "unreadable phone")
		end()

		d.s = newStore()
		r.Kinds = append(r.Kinds, stock.Unread)
		d.n = New(Options{Store: d.s, People: newPeople(), Rules: r})
		d.record(0, blocked)
		wantTold(t, d.s, "at once", "unreadable mail", "unreadable phone")
	})
}

// All of it is told although half of the store's calls fail.
func TestNewsThroughTrouble(t *testing.T) {
	atNoon(t, func(t *testing.T, _ time.Time) {
		people := newPeople()
		d := &owned{t: t, p: shopPages(3), s: newStore()}
		d.n = New(Options{Store: d.s, People: people, Rules: rulesFor(d.p)})
		end := minding(t, d.n)
		defer func() { end() }()
		if err := d.n.channels.disable(t.Context(), Target{ID: "phone", Recipient: "rp"}, stock.Said("no such topic"), true); err != nil {
			t.Fatal(err)
		}
		d.record(0, blocked)
		d.record(1, blocked)
		luck, fate := rand.New(rand.NewPCG(3, 4)), rand.New(rand.NewPCG(5, 6)) // the latter is the facts' own
		people.mu.Lock()
		people.crash = func() (bool, bool) { return fate.IntN(4) == 0, fate.IntN(4) == 0 }
		people.mu.Unlock()
		for range 20 {
			d.s.mu.Lock()
			d.s.fail["Enqueue"], d.s.fail["Last"] = luck.IntN(3), luck.IntN(3)
			d.s.mu.Unlock()
			time.Sleep(time.Minute)
			end()
			d.n = New(Options{Store: d.s, People: people, Rules: rulesFor(d.p)})
			end = minding(t, d.n)
		}
		wantTold(t, d.s, "then", "channel_down mail", "host_unreadable mail", "host_unreadable phone")
		for len(people.keys(prefixOff)) > 0 {
			_, _ = d.n.Enable(t.Context(), "phone")
		}
		time.Sleep(10 * time.Minute)
		wantTold(t, d.s, "after all", "channel_down mail", "channel_up mail", "channel_up phone", "host_unreadable mail", "host_unreadable phone")
		if keys := people.keys(channelNews); len(keys) != 0 {
			t.Errorf("%v are left, want nothing", keys)
		}
	})
}

func TestNewsInQuietHours(t *testing.T) {
	for _, tt := range []struct {
		name string
		over bool
		want []string
	}{
		{"it goes on", false, []string{"channel_down mail"}},
		{"it was over before the morning", true, []string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			atNoon(t, func(t *testing.T, now time.Time) {
				p, s, people := switch2(), newStore(), newPeople()
				r := rulesFor(p)
				r.Owner = []string{"mail"}
				r.Quiet = map[string]stock.Quiet{"mail": {From: wallClock(now.UTC()), To: wallClock(now.UTC().Add(8 * time.Hour)), Location: time.UTC, Mode: stock.QuietHold}}
				n := New(Options{Store: s, People: people, Rules: r})
				end := minding(t, n)
				defer end()
				if err := n.channels.disable(t.Context(), Target{ID: "phone", Recipient: "rp"}, stock.Said("no such topic"), true); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Hour)
				if tt.over {
					if _, err := n.Enable(t.Context(), "phone"); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(time.Hour)
				wantTold(t, s, "in quiet hours")
				time.Sleep(7 * time.Hour)
				wantTold(t, s, "in the morning", tt.want...)
			})
		})
	}
}

// Every text holds, for every channel, what somebody else wrote as harmless words.
func TestNewsTextsAreHarmless(t *testing.T) {
	for _, info := range stock.AllKinds() {
		k := info.Kind
		if info.Record || info.Audience != stock.ForOwner {
			continue
		}
		a := stock.Alert{Kind: k, ObservedAt: noon, News: &stock.News{Host: "a\r\nb", Reason: stock.Said("\u202esee https://evil.example/\n" + strings.Repeat("x", 5000)), Since: noon}}
		m, err := alerttext.Render(stock.Letter{Event: "dn-x", Alert: a}, alerttext.View{Language: "en", Now: noon})
		if err != nil || m.URL != "" || strings.ContainsAny(m.Title, "\r\n\u202e") || strings.ContainsAny(m.Body, "\r\u202e") || strings.Contains(m.Body, "evil.example") || len(m.Body) > 1000 {
			t.Errorf("Render(%s) = %q, %q, %q (%v), want harmless lines and no link", k, m.Title, m.Body, m.URL, err)
		}
	}
}
