package app

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/notify"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// kindBox is a channel that counts what it was sent.
type kindBox struct {
	mu  sync.Mutex
	got map[string]int // by "channel kind"
}

func (k *kindBox) Send(_ context.Context, m channel.Message) (channel.Receipt, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.got[m.Letter.Channel+" "+string(m.Letter.Alert.Kind)]++
	return channel.Receipt{}, nil
}

func (k *kindBox) counts() map[string]int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return maps.Clone(k.got)
}

// TestOwnersNewsOutliveARestart: trouble that began in one process is over in
// another, on an engine that was started again. Each of it is told once.
func TestOwnersNewsOutliveARestart(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	dir, box, now := t.TempDir(), &kindBox{got: map[string]int{}}, time.Now().UTC()
	p := stock.Product{ID: "switch2"}
	for i := range 3 {
		u := fmt.Sprintf("https://shop.example/%d", i)
		p.Watches = append(p.Watches, stock.Watch{ID: stock.WatchID(p.ID, u), URL: u})
	}
	phone := &leaving{Channel: box}
	phone.gone.Store(true)
	channels := []string{"mail", "phone"}
	rules := notify.Rules{
		Products: []stock.Product{p}, Kinds: []stock.Kind{stock.Restocked}, Location: time.UTC, Owner: channels,
		Weekly:  stock.DigestPlan{Weekly: true, Day: now.Weekday(), Channels: channels},
		Targets: []notify.Target{{ID: "mail", Recipient: "r", Channel: box}, {ID: "phone", Recipient: "r", Channel: phone}},
	}
	put := func(b *bus.Bus, key string, v any) {
		t.Helper()
		value, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		have, err := b.People.Fact(ctx, key)
		if err == nil {
			_, err = b.People.PutFact(ctx, key, value, have.Rev)
		}
		if err != nil {
			t.Fatalf("write %s: %v", key, err)
		}
	}
	appendAll := func(b *bus.Bus, problem *stock.Problem, kind stock.Kind) {
		t.Helper()
		for _, w := range p.Watches {
			_, last, err := b.Last(ctx, w.ID)
			if err != nil {
				t.Fatal(err)
			}
			c := stock.Change{
				Product: stock.ProductRef{ID: p.ID}, Watch: stock.WatchRef{ID: w.ID, URL: w.URL}, Kind: kind,
				State: stock.State{Availability: stock.OutOfStock, ObservedAt: time.Now(), Problem: problem},
			}
			if _, err := b.Append(ctx, c, last); err != nil {
				t.Fatalf("append %s: %v", kind, err)
			}
		}
		// Their three minutes are over once all three wait.
		waitFor(ctx, t, "the pages to be gathered", func() bool {
			facts, err := b.People.Facts(ctx, "news.host")
			if err != nil || len(facts) != 1 {
				return false
			}
			var h map[string]any
			if err := json.Unmarshal(facts[0].Value, &h); err != nil {
				t.Fatal(err)
			}
			pages, _ := h["new"].([]any)
			if len(pages) < len(p.Watches) {
				return false
			}
			h["due"] = now
			put(b, facts[0].Key, h)
			return true
		})
	}
	want := func(counts map[string]int) {
		t.Helper()
		waitFor(ctx, t, fmt.Sprint(counts), func() bool { return len(box.counts()) >= len(counts) })
		if got := box.counts(); !maps.Equal(got, counts) {
			t.Fatalf("told: %v, want %v", got, counts)
		}
	}

	first, stop := notifierOn(ctx, t, dir, rules)
	put(first, "off.phone.r", map[string]any{"reason": "no such topic", "since": now.Add(-time.Hour), "gone": true})
	put(first, "news.weekly", map[string]any{"at": now.Add(-8 * 24 * time.Hour)})
	appendAll(first, &stock.Problem{Reason: stock.Said("blocked: 403"), Since: now}, stock.Unread)
	began := map[string]int{"mail channel_down": 1, "mail host_unreadable": 1, "mail weekly": 1}
	want(began)
	// What was written to the phone while it was gone has ended there, or the next process would deliver it.
	waitFor(ctx, t, "the phone's letters to be dead", func() bool {
		letters, err := first.Dead(ctx)
		kinds := []string{}
		for _, d := range letters {
			kinds = append(kinds, d.Letter.Channel+" "+string(d.Letter.Alert.Kind))
		}
		slices.Sort(kinds)
		return err == nil && slices.Equal(kinds, []string{"phone host_unreadable", "phone weekly"})
	})
	stop()

	second, stop := notifierOn(ctx, t, dir, rules)
	defer stop()
	phone.gone.Store(false)
	if err := second.People.DeleteFact(ctx, "off.phone.r", 0); err != nil {
		t.Fatal(err)
	}
	appendAll(second, nil, stock.Readable)
	over := maps.Clone(began)
	for _, k := range []string{"mail channel_up", "phone channel_up", "mail host_readable", "phone host_readable"} {
		over[k] = 1
	}
	want(over)
	waitFor(ctx, t, "nothing to tell any more", func() bool {
		facts, err := second.People.Facts(ctx, "news")
		keys := []string{}
		for _, f := range facts {
			keys = append(keys, f.Key)
		}
		return err == nil && slices.Equal(keys, []string{"news.weekly"})
	})
	if got := box.counts(); !maps.Equal(got, over) {
		t.Errorf("told in the end: %v, want %v", got, over)
	}
}

// leaving is a channel whose recipient is gone for a while.
type leaving struct {
	channel.Channel
	gone atomic.Bool
}

func (l *leaving) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	if l.gone.Load() {
		return channel.Receipt{}, &channel.SendError{Class: channel.RecipientGone}
	}
	return l.Channel.Send(ctx, m)
}
