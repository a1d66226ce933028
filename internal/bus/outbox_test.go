package bus

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

func mustEnqueue(t testing.TB, b *Bus, l stock.Letter) {
	t.Helper()
	if err := b.Enqueue(within(t), l); err != nil {
		t.Fatalf("Enqueue(%s): %v", l.ID(), err)
	}
}

func depth(t testing.TB, b *Bus, channel string) int {
	t.Helper()
	n, oldest, err := b.Outbox(within(t), channel)
	if err != nil {
		t.Fatalf("Outbox(%s): %v", channel, err)
	}
	if (n == 0) != oldest.IsZero() {
		t.Errorf("Outbox(%s): %d letters, the oldest of %v", channel, n, oldest)
	}
	return n
}

// empty waits until no letter of the channel is left.
func empty(ctx context.Context, t testing.TB, b *Bus, channel string) {
	t.Helper()
	eventually(ctx, t, "an empty outbox", func() error {
		if n := depth(t, b, channel); n > 0 {
			return fmt.Errorf("%d letters are left", n)
		}
		return nil
	})
}

func TestALetterIsPendingOnce(t *testing.T) {
	ctx := within(t)
	b, s := newBus(t)
	l := letter("17", "phone", "me")
	mustEnqueue(t, b, l)
	mustEnqueue(t, b, l)
	mustEnqueue(t, b, letter("17", "phone", "you"))
	mustEnqueue(t, b, letter("17", "mail", "me"))
	if n := depth(t, b, "phone"); n != 2 {
		t.Errorf("%d letters wait for phone, want 2", n)
	}
	if err := s.Restart(); err != nil { // the server's memory of message ids is gone
		t.Fatal(err)
	}
	eventually(ctx, t, "the engine", func() error { return b.Enqueue(ctx, l) })
	if n := depth(t, b, "phone"); n != 2 {
		t.Errorf("after a restart %d letters wait for phone, want 2", n)
	}
	m, err := b.Letters.out.GetLastMsgForSubject(ctx, "out.phone.17.me.e1")
	if err != nil {
		t.Fatal(err)
	}
	for h, want := range map[string]string{"Nats-Msg-Id": "17.phone.me.e1"} {
		if got := m.Header.Get(h); got != want {
			t.Errorf("header %s is %q, want %q", h, got, want)
		}
	}
	for _, bad := range []stock.Letter{letter("", "phone", "me"), letter("17", "a.b", "me"), letter("17", "phone", "me@x.example")} {
		if err := b.Enqueue(ctx, bad); err == nil {
			t.Errorf("Enqueue(%s) succeeded", bad.ID())
		}
	}
	if n := depth(t, b, "nobody"); n != 0 {
		t.Errorf("%d letters wait for a channel without any", n)
	}
}

// only knows some channels.
func only(channels ...string) func(string) bool {
	return func(c string) bool { return slices.Contains(channels, c) }
}

func TestOrphansAreBuried(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	for _, l := range []stock.Letter{
		letter("1", "phone", "me"), letter("2", "phone", "gone"), letter("3", "gone", "me"), letter("4", "gone", "me"),
	} {
		mustEnqueue(t, b, l)
	}
	n, err := b.BuryOrphans(ctx, only("phone"), func(_, recipient string) bool { return recipient == "me" })
	if n != 3 || err != nil {
		t.Errorf("BuryOrphans: %d, %v, want 3", n, err)
	}
	if depth(t, b, "phone") != 1 || depth(t, b, "gone") != 0 {
		t.Errorf("%d letters wait for phone and %d for gone, want 1 and 0", depth(t, b, "phone"), depth(t, b, "gone"))
	}
	dead, err := b.Dead(ctx)
	if err != nil || len(dead) != 3 {
		t.Fatalf("Dead: %d, %v, want 3", len(dead), err)
	}
	for _, d := range dead {
		if !strings.Contains(d.Text, "no longer configured") || d.Letter.Alert.Kind != stock.Restocked {
			t.Errorf("dead letter is %+v, want the whole letter and why", d)
		}
	}
}

func TestSentCountsWithinAnEpoch(t *testing.T) {
	ctx := within(t)
	b, s := newBus(t)
	l := letter("1", "phone", "me")
	if _, ok, err := b.Sent(ctx, l); ok || err != nil {
		t.Fatalf("Sent of a new letter: %v, %v", ok, err)
	}
	want := stock.Receipt{SentAt: observed, ObservedAt: observed, Product: "switch2", Kind: stock.Restocked, Tries: 2, ProviderID: "x"}
	if err := b.MarkSent(ctx, l, want); err != nil {
		t.Fatalf("MarkSent: %v", err)
	}
	if err := s.Restart(); err != nil {
		t.Fatal(err)
	}
	want.Epoch = l.Epoch
	eventually(ctx, t, "the engine", func() error {
		got, ok, err := b.Sent(ctx, l)
		if err == nil && (!ok || got != want) {
			t.Errorf("Sent: %+v, %v, want %+v", got, ok, want)
		}
		return err
	})
	other := l
	other.Epoch = "e2"
	if _, ok, err := b.Sent(ctx, other); ok || err != nil {
		t.Errorf("Sent in another epoch: %v, %v, want no", ok, err)
	}
	if b.sent.CachedInfo().Config.AllowDirect {
		t.Error("SENT may be read from a replica that lags")
	}
}

func TestDeadLetters(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	l := letter("1", "phone", "me")
	mustEnqueue(t, b, l)
	end := during(t, func(ctx context.Context) error {
		return b.Deliver(ctx, "phone", time.Second, func(ctx context.Context, l stock.Letter, tries int) time.Duration {
			for range 2 { // as after a crash between burying and acknowledging
				if err := b.Bury(ctx, stock.DeadLetter{Letter: l, Reason: stock.Said("403 " + strings.Repeat("x", 5000)), Tries: tries}); err != nil {
					t.Errorf("Bury: %v", err)
				}
			}
			return 0
		})
	})
	empty(ctx, t, b, "phone")
	end()
	dead, err := b.Dead(ctx)
	if err != nil || len(dead) != 1 || dead[0].Letter.ID() != l.ID() || dead[0].At.IsZero() || len(dead[0].Text) != 1000 {
		t.Fatalf("Dead: %+v, %v, want letter %s once", dead, err, l.ID())
	}

	before := time.Now()
	if err := b.Redrive(ctx, l.ID()); err != nil { // at once: its message id is still known
		t.Fatalf("Redrive: %v", err)
	}
	if n := depth(t, b, "phone"); n != 1 {
		t.Fatalf("%d letters wait after Redrive, want 1", n)
	}
	m, err := b.Letters.out.GetLastMsgForSubject(ctx, "out.phone.1.me.e1")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := decodeLetter(m.Data); err != nil || got.NotAfter.Before(before.Add(time.Hour-time.Second)) || !got.MadeAt.Equal(l.MadeAt) {
		t.Errorf("the letter redriven is %+v, %v, want another hour to live", got, err)
	}
	if dead, err = b.Dead(ctx); err != nil || len(dead) != 0 {
		t.Errorf("Dead after Redrive: %v, %v, want none", dead, err)
	}

	if err := b.Bury(ctx, stock.DeadLetter{Letter: l, Reason: stock.Said("again")}); err != nil {
		t.Fatal(err)
	}
	if err := b.Discard(ctx, l.ID()); err != nil {
		t.Errorf("Discard: %v", err)
	}
	for _, id := range []string{l.ID(), "", "x", "1_phone", "1_phone_me_x", "*_*_*", "1_>_me"} {
		if err := b.Redrive(ctx, id); !errors.Is(err, ErrNotFound) {
			t.Errorf("Redrive(%q): %v, want %v", id, err, ErrNotFound)
		}
		if err := b.Discard(ctx, id); !errors.Is(err, ErrNotFound) {
			t.Errorf("Discard(%q): %v, want %v", id, err, ErrNotFound)
		}
	}
}

func TestDeliveriesAreListedNewestFirst(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	if got, err := b.Deliveries(ctx, 5); err != nil || len(got) != 0 {
		t.Fatalf("Deliveries of an empty stream = %+v, %v; want none", got, err)
	}
	mark := func(event string, tries int) {
		t.Helper()
		r := stock.Receipt{Product: "switch2", Kind: stock.Restocked, SentAt: observed.Add(time.Second), ObservedAt: observed, MadeAt: observed, Tries: tries, ProviderID: "p" + event}
		if err := b.MarkSent(ctx, letter(event, "phone", "me"), r); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 12 {
		mark(fmt.Sprint(i), 1)
	}
	mark("3", 2) // again: it is there once, as the newest
	for n, want := range map[int][]string{0: nil, 1: {"3"}, 3: {"3", "11", "10"}, 100: {"3", "11", "10", "9", "8", "7", "6", "5", "4", "2", "1", "0"}} {
		got, err := b.Deliveries(ctx, n)
		var events []string
		for _, d := range got {
			events = append(events, d.Event)
		}
		if err != nil || !slices.Equal(events, want) {
			t.Errorf("Deliveries(%d) = %v, %v; want %v", n, events, err, want)
		}
	}
	got, err := b.Deliveries(ctx, 1)
	if err != nil || got[0].Channel != "phone" || got[0].Tries != 2 || got[0].ProviderID != "p3" || got[0].Took() != time.Second || got[0].ID() != letter("3", "phone", "me").ID() {
		t.Errorf("the newest delivery is %+v, %v; want all of its receipt", got, err)
	}
}

func TestSentSince(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	began := time.Now()
	for _, l := range []stock.Letter{letter("1", "phone", "me"), letter("2", "phone", "me"), letter("dn-a", "mail", "me"), letter("1", "phone", "me")} {
		if err := b.MarkSent(ctx, l, stock.Receipt{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		since time.Time
		want  int
	}{{began.Add(-time.Minute), 3}, {time.Now().Add(time.Hour), 0}} {
		if n, err := b.SentSince(ctx, tt.since); err != nil || n != tt.want {
			t.Errorf("SentSince(%v) = %d, %v, want %d", tt.since, n, err, tt.want)
		}
	}
}
