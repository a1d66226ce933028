package bus

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/sainyuka/sainyuka/internal/stock"
)

func TestDeliver(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	const n = 20
	for i := range n {
		mustEnqueue(t, b, letter(fmt.Sprint(i), "phone", "me"))
	}
	mustEnqueue(t, b, letter("1", "mail", "me"))

	var mu sync.Mutex
	tries := make(map[string][]int)
	during(t, func(ctx context.Context) error {
		return b.Deliver(ctx, "phone", time.Second, func(_ context.Context, l stock.Letter, try int) time.Duration {
			mu.Lock()
			defer mu.Unlock()
			tries[l.Event] = append(tries[l.Event], try)
			if l.Event == "7" && try < 3 {
				return time.Millisecond
			}
			return 0
		})
	})
	empty(ctx, t, b, "phone")
	mu.Lock()
	defer mu.Unlock()
	for i := range n {
		want := "[1]"
		if i == 7 {
			want = "[1 2 3]"
		}
		if got := fmt.Sprint(tries[fmt.Sprint(i)]); got != want {
			t.Errorf("letter %d was handed over as tries %s, want %s", i, got, want)
		}
	}
	if len(tries) != n || depth(t, b, "mail") != 1 {
		t.Errorf("%d letters were handed over and %d wait for mail, want %d and 1", len(tries), depth(t, b, "mail"), n)
	}
}

func TestAtMostEightAreInFlight(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	const n = 30
	for i := range n {
		mustEnqueue(t, b, letter(fmt.Sprint(i), "phone", "me"))
	}
	var now, most atomic.Int64
	begun, goOn := make(chan struct{}, n), make(chan struct{})
	during(t, func(ctx context.Context) error {
		return b.Deliver(ctx, "phone", time.Second, func(context.Context, stock.Letter, int) time.Duration {
			at := now.Add(1)
			for m := most.Load(); at > m && !most.CompareAndSwap(m, at); m = most.Load() {
			}
			begun <- struct{}{}
			<-goOn
			now.Add(-1)
			return 0
		})
	})
	for range inFlight {
		next(ctx, t, "eight handlers", begun)
	}
	// The server must not have given out more than are being handled: the
	// others' time to be acknowledged would run while they wait.
	cons, err := b.Letters.out.Consumer(ctx, "ch_phone")
	if err != nil {
		t.Fatal(err)
	}
	if info := cons.CachedInfo(); info.NumAckPending != inFlight || info.NumPending != n-inFlight {
		t.Errorf("the server has given out %d letters and keeps %d, want %d and %d", info.NumAckPending, info.NumPending, inFlight, n-inFlight)
	}
	if c := cons.CachedInfo().Config; c.AckWait != 16*time.Second || c.MaxAckPending != 1000 || c.MaxDeliver != -1 {
		t.Errorf("the channel's consumer is %+v", c)
	}
	close(goOn)
	empty(ctx, t, b, "phone")
	if m := most.Load(); m != inFlight {
		t.Errorf("at most %d letters were in flight, want %d", m, inFlight)
	}
}

func TestALetterPutOffComesAgainAfterARestart(t *testing.T) {
	ctx := within(t)
	dir := t.TempDir()
	b, s := newBusIn(t, dir)
	mustEnqueue(t, b, letter("1", "phone", "me"))
	mustEnqueue(t, b, letter("2", "phone", "me"))
	handed := make(chan string, 10)
	handle := func(_ context.Context, l stock.Letter, try int) time.Duration {
		handed <- fmt.Sprintf("%s/%d", l.Event, try)
		if try == 1 {
			return 500 * time.Millisecond
		}
		return 0
	}
	run := func(b *Bus) func() {
		return during(t, func(ctx context.Context) error { return b.Deliver(ctx, "phone", time.Second, handle) })
	}
	end := run(b)
	first := map[string]bool{next(ctx, t, "a letter", handed): true, next(ctx, t, "a letter", handed): true}
	if !first["1/1"] || !first["2/1"] {
		t.Fatalf("handed over first: %v, want 1/1 and 2/1", first)
	}
	end()
	s.Stop()

	b, _ = newBusIn(t, dir)
	run(b)
	second := map[string]bool{next(ctx, t, "a letter", handed): true, next(ctx, t, "a letter", handed): true}
	if !second["1/2"] || !second["2/2"] {
		t.Errorf("handed over after the restart: %v, want 1/2 and 2/2: the count is kept", second)
	}
	empty(ctx, t, b, "phone")
}

func TestDeliverSurvivesTheEngine(t *testing.T) {
	ctx := within(t)
	b, s := newBus(t)
	handed := make(chan string, 10)
	during(t, func(ctx context.Context) error {
		return b.Deliver(ctx, "phone", time.Second, func(_ context.Context, l stock.Letter, _ int) time.Duration {
			handed <- l.Event
			return 0
		})
	})
	for i := range 3 {
		l := letter(fmt.Sprint(i), "phone", "me")
		eventually(ctx, t, "the engine", func() error { return b.Enqueue(ctx, l) })
		if got := next(ctx, t, "a letter", handed); got != l.Event {
			t.Fatalf("handed over letter %s, want %s", got, l.Event)
		}
		if err := s.Restart(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDeliverMakesItsConsumerAgain(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	handed := make(chan string, 10)
	during(t, func(ctx context.Context) error {
		return b.Deliver(ctx, "phone", time.Second, func(_ context.Context, l stock.Letter, _ int) time.Duration {
			handed <- l.Event
			return 0
		})
	})
	for i := range 2 {
		mustEnqueue(t, b, letter(fmt.Sprint(i), "phone", "me"))
		next(ctx, t, "a letter", handed)
		eventually(ctx, t, "the consumer", func() error { return b.Letters.out.DeleteConsumer(ctx, "ch_phone") })
	}
}

func TestDeliverEndsWithALetterInHand(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	mustEnqueue(t, b, letter("1", "phone", "me"))
	begun, goOn := make(chan struct{}), make(chan struct{})
	end := during(t, func(ctx context.Context) error {
		return b.Deliver(ctx, "phone", time.Second, func(ctx context.Context, _ stock.Letter, _ int) time.Duration {
			begun <- struct{}{}
			<-goOn
			if ctx.Err() != nil {
				t.Error("a handler's context ended without grace")
			}
			return 0
		})
	})
	next(ctx, t, "the handler", begun)
	go close(goOn)
	end()
	if n := depth(t, b, "phone"); n != 0 {
		t.Errorf("%d letters are left, want none: the handler had finished", n)
	}
}

func TestALongHandlerKeepsItsLetter(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	progress := make(chan string, 100)
	sub, err := b.nc.Subscribe("$JS.ACK.OUT.ch_phone.>", func(m *nats.Msg) { progress <- string(m.Data) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sub.Unsubscribe() })
	mustEnqueue(t, b, letter("1", "phone", "me"))
	goOn := make(chan struct{})
	d := delivery{
		letters: b.Letters, channel: "phone", ackWait: 30 * time.Millisecond, grace: time.Minute, slots: make(chan struct{}, inFlight),
		handle: func(context.Context, stock.Letter, int) time.Duration { <-goOn; return 0 },
	}
	during(t, d.deliver)
	for range 3 {
		if got := next(ctx, t, "word of progress", progress); got != "+WPI" {
			t.Fatalf("the server was told %q, want +WPI", got)
		}
	}
	close(goOn)
	empty(ctx, t, b, "phone")
}

func TestAHandlerThatIsSlowToEndIsToldTo(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	mustEnqueue(t, b, letter("1", "phone", "me"))
	begun := make(chan int, 10)
	d := delivery{
		letters: b.Letters, channel: "phone", ackWait: time.Minute, grace: 10 * time.Millisecond, slots: make(chan struct{}, inFlight),
		handle: func(ctx context.Context, _ stock.Letter, try int) time.Duration {
			begun <- try
			<-ctx.Done()
			return time.Millisecond
		},
	}
	end := during(t, d.deliver)
	next(ctx, t, "the handler", begun)
	end()
	during(t, func(ctx context.Context) error {
		return b.Deliver(ctx, "phone", time.Second, func(_ context.Context, _ stock.Letter, try int) time.Duration {
			begun <- try
			return 0
		})
	})
	if try := next(ctx, t, "the letter again", begun); try != 2 {
		t.Errorf("the letter came as try %d, want 2", try)
	}
}

func TestALetterThatCannotBeReadIsBuried(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	for subject, body := range map[string]string{
		"out.phone.1.me": "garbage",
		"out.phone.2.me": `{"event":"2"}`,
		"out.phone.3":    "not even a subject of ours",
		"out.phone.4.ME": "nor this",
	} {
		if _, err := b.js.Publish(ctx, subject, []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	during(t, func(ctx context.Context) error {
		return b.Deliver(ctx, "phone", time.Second, func(_ context.Context, l stock.Letter, _ int) time.Duration {
			t.Errorf("letter %s was handed over", l.ID())
			return 0
		})
	})
	empty(ctx, t, b, "phone")
	dead, err := b.Dead(ctx)
	if err != nil || len(dead) != 2 {
		t.Fatalf("Dead: %+v, %v, want two letters", dead, err)
	}
	for _, d := range dead {
		if !strings.Contains(d.Text, "cannot be read") || d.Letter.Channel != "phone" || d.Tries != 1 {
			t.Errorf("dead letter is %+v, want its place and why", d)
		}
		if err := b.Redrive(ctx, d.Letter.ID()); err == nil {
			t.Errorf("Redrive(%s) of an unreadable letter succeeded", d.Letter.ID())
		}
	}
}

// Who gives the delivery seconds only, as `demo -for` does, still has them.
func TestDeliversUpToANearDeadline(t *testing.T) {
	b, _ := newBus(t)
	mustEnqueue(t, b, letter("1", "phone", "me"))
	ctx, cancel := context.WithTimeout(t.Context(), 2*pullHeartbeat-time.Millisecond)
	defer cancel()
	handled := 0
	err := b.Deliver(ctx, "phone", time.Second, func(context.Context, stock.Letter, int) time.Duration {
		handled++
		cancel()
		return 0
	})
	if handled != 1 {
		t.Errorf("%d letters were handed over before the deadline, want 1; Deliver ended with %v", handled, err)
	}
}
