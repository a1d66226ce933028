package notify

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// What keeps a channel from being relied on is told on the others, once, and that
// it is over on all.
func TestChannelNews(t *testing.T) {
	down := []string{"channel_down mail"}
	both := []string{"channel_down mail", "channel_up mail", "channel_up phone"}
	for _, tt := range []struct {
		name, cause string
		begin, end  func(t *testing.T, n *Notifier, phone *fakeChannel)
	}{
		{
			"a recipient that is gone", stock.CauseDisabled,
			func(t *testing.T, n *Notifier, phone *fakeChannel) {
				phone.script = []func(context.Context, channel.Message) error{fails(channel.RecipientGone, 0), succeeds}
				n.Deliver(t.Context(), phoneLetter(), 1)
			},
			func(t *testing.T, n *Notifier, _ *fakeChannel) {
				if _, err := n.Enable(t.Context(), "phone"); err != nil {
					t.Error(err)
				}
			},
		},
		{
			"a test alert that gets through", stock.CauseRefused,
			func(t *testing.T, n *Notifier, phone *fakeChannel) {
				phone.script = []func(context.Context, channel.Message) error{fails(channel.BadCredential, 0), fails(channel.BadCredential, 0), succeeds}
				n.Deliver(t.Context(), phoneLetter(), 1)
				if _, _, err := n.Test(t.Context(), "phone", false); err == nil || len(n.Disabled()) != 1 {
					t.Errorf("a test alert that fails gives %v and leaves %v disabled, want an error and one", err, n.Disabled())
				}
			},
			func(t *testing.T, n *Notifier, _ *fakeChannel) {
				if _, _, err := n.Test(t.Context(), "phone", false); err != nil || len(n.Disabled()) != 0 {
					t.Errorf("a test alert gives %v and leaves %v disabled, want none", err, n.Disabled())
				}
			},
		},
		{
			"a quota", stock.CauseQuota,
			func(t *testing.T, n *Notifier, phone *fakeChannel) {
				phone.script = []func(context.Context, channel.Message) error{fails(channel.QuotaExhausted, 3*time.Hour), succeeds}
				n.Deliver(t.Context(), phoneLetter(), 1)
			},
			func(*testing.T, *Notifier, *fakeChannel) { time.Sleep(3 * time.Hour) },
		},
		{
			"a service that is down", stock.CauseFailing,
			func(t *testing.T, n *Notifier, phone *fakeChannel) {
				phone.script = []func(context.Context, channel.Message) error{fails(channel.Transient, 0)}
				for l, until := phoneLetter(), time.Now().Add(20*time.Minute); time.Now().Before(until); {
					time.Sleep(n.Deliver(t.Context(), l, 1))
				}
			},
			func(t *testing.T, n *Notifier, phone *fakeChannel) {
				phone.mu.Lock()
				phone.script = nil
				phone.mu.Unlock()
				time.Sleep(2 * time.Minute)
				if wait := n.Deliver(t.Context(), phoneLetter(), 1); wait != 0 {
					t.Errorf("Deliver = %v, want 0", wait)
				}
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			atNoon(t, func(t *testing.T, _ time.Time) {
				s, people, r := newStore(), newPeople(), rulesFor(switch2())
				phone := r.Targets[0].Channel.(*fakeChannel)
				open := func() (*Notifier, func()) {
					n := New(Options{Store: s, People: people, Rules: r})
					return n, minding(t, n)
				}
				n, end := open()
				time.Sleep(time.Second)
				tt.begin(t, n, phone)
				time.Sleep(time.Minute)
				wantTold(t, s, "then", down...)
				if news := s.letters()[0].Alert.News; news.Cause != tt.cause || news.Channel != "phone" {
					t.Errorf("it says %+v, want the cause %q of the phone", news, tt.cause)
				}
				end()
				n, end = open()
				defer func() { end() }()
				time.Sleep(time.Minute)
				wantTold(t, s, "after a restart", down...)
				tt.end(t, n, phone)
				time.Sleep(time.Minute)
				wantTold(t, s, "at the end", both...)
				if keys := slices.Concat(people.keys(channelNews), people.keys(failingNews)); len(keys) != 0 {
					t.Errorf("%v are left, want nothing", keys)
				}
			})
		})
	}
}

// A short outage is no news, nor is a recipient that is removed.
func TestNoChannelNews(t *testing.T) {
	atNoon(t, func(t *testing.T, _ time.Time) {
		s, r := newStore(), rulesFor(switch2())
		n := New(Options{Store: s, People: newPeople(), Rules: r})
		end := minding(t, n)
		defer end()
		phone := r.Targets[0].Channel.(*fakeChannel)
		phone.script = []func(context.Context, channel.Message) error{fails(channel.Transient, 0)}
		for l, until := phoneLetter(), time.Now().Add(10*time.Minute); time.Now().Before(until); {
			time.Sleep(n.Deliver(t.Context(), l, 1))
		}
		if err := n.channels.disable(t.Context(), Target{ID: "phone", Recipient: "rp"}, stock.Said("gone"), true); err != nil {
			t.Fatal(err)
		}
		r.Targets = r.Targets[1:]
		n.Set(r)
		time.Sleep(time.Hour)
		wantTold(t, s, "then")
	})
}

func TestStorageNews(t *testing.T) {
	atNoon(t, func(t *testing.T, _ time.Time) {
		s, r := newStore(), rulesFor(switch2())
		r.Owner = []string{"phone", "mail"}
		n := New(Options{Store: s, People: newPeople(), Rules: r})
		end := minding(t, n)
		defer end()
		var mu sync.Mutex
		var sick error
		set := func(err error) { mu.Lock(); defer mu.Unlock(); sick = err }
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() {
			done <- n.GuardStorage(ctx, func() error { mu.Lock(); defer mu.Unlock(); return sick })
		}()
		phone, mail := r.Targets[0].Channel.(*fakeChannel), r.Targets[1].Channel.(*fakeChannel)
		mail.script = []func(context.Context, channel.Message) error{fails(channel.Transient, 0), succeeds}

		set(errors.New("restarting"))
		time.Sleep(20 * time.Second)
		set(nil)
		time.Sleep(time.Minute)
		if phone.sends() != 0 {
			t.Errorf("a restart of the engine was told")
		}
		set(errors.New("no space left on device"))
		time.Sleep(3 * time.Hour)
		if phone.sends() != 1 || mail.sends() != 2 {
			t.Errorf("%d messages went to the phone and %d to mail, want one, and two since the first failed", phone.sends(), mail.sends())
		}
		if got := phone.got[0].Letter.Alert; got.Kind != stock.StorageDown || got.News.Reason.Text != "no space left on device" {
			t.Errorf("the phone got %s %+v", got.Kind, got.News)
		}
		wantTold(t, s, "meanwhile")
		set(nil)
		time.Sleep(time.Minute)
		wantTold(t, s, "at the end", "storage_up mail", "storage_up phone")
		set(errors.New("no space left on device"))
		time.Sleep(time.Minute)
		if phone.sends() != 2 {
			t.Errorf("%d messages went to the phone after a second outage, want 2", phone.sends())
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("GuardStorage = %v, want its context's end", err)
		}
	})
}

// The weekly news come once a week, whoever was down when.
func TestWeeklyNews(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) { // a Saturday
		p, s, people := shopPages(3), newStore(), newPeople()
		r := rulesFor(p)
		r.Owner, r.Location = []string{"mail"}, time.UTC
		at := now.UTC().Add(time.Hour).Truncate(time.Minute)
		r.Weekly = stock.DigestPlan{Weekly: true, Day: at.Weekday(), At: wallClock(at), Channels: r.Owner}
		s.add(1, readRecord(p, 0, blocked, now.Add(-time.Hour)))
		s.add(2, readRecord(p, 1, "", now.Add(-time.Hour)))
		open := func() func() {
			var ends []func()
			for range 2 {
				n := New(Options{Store: s, People: people, Rules: r})
				n.Looked([]stock.Look{{At: time.Now().Add(-time.Minute)}})
				ends = append(ends, minding(t, n))
			}
			return func() { ends[0](); ends[1]() }
		}
		end := open()
		time.Sleep(59 * time.Minute)
		wantTold(t, s, "before its time")
		end()
		time.Sleep(2 * time.Hour)
		end = open()
		time.Sleep(time.Minute)
		wantTold(t, s, "after it", "weekly mail")
		news := *s.letters()[0].Alert.News
		if news.Pages != 3 || news.Unreadable != 1 || news.Sent != 0 || time.Since(news.LastLook) > time.Hour || !news.Since.Equal(now.Truncate(5*time.Second).Add(5*time.Second)) {
			t.Errorf("it says %+v, want three pages, one unreadable, the last look and when the program began", news)
		}
		time.Sleep(6 * 24 * time.Hour)
		wantTold(t, s, "in the week", "weekly mail")
		time.Sleep(24 * time.Hour)
		wantTold(t, s, "a week later", "weekly mail", "weekly mail")
		end()
		time.Sleep(30 * 24 * time.Hour)
		end = open()
		time.Sleep(time.Minute)
		end()
		wantTold(t, s, "after a month's rest", "weekly mail", "weekly mail", "weekly mail")
	})
}

// phoneLetter is an alert for the phone, another one at another time.
func phoneLetter() stock.Letter {
	now := time.Now()
	a := fullAlert(switch2())
	a.ObservedAt = now
	return stock.Letter{Event: strconv.FormatInt(now.Unix(), 10), Channel: "phone", Recipient: "rp", Alert: a, MadeAt: now, NotAfter: now.Add(time.Hour)}
}
