package fetch

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/stock"
)

func mustTake(t *testing.T, s *share, n int64) {
	t.Helper()
	if err := s.take(t.Context(), n, nil); err != nil {
		t.Errorf("take(%d) = %v", n, err)
	}
}

func TestAShareWaitsForRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(100)
		first, second, third := b.open(false), b.open(false), b.open(false)
		mustTake(t, first, 60)
		var got []string
		var mu sync.Mutex
		take := func(name string, s *share, n int64) {
			go func() {
				mustTake(t, s, n)
				mu.Lock()
				defer mu.Unlock()
				got = append(got, name)
			}()
			synctest.Wait()
		}
		take("second", second, 50)
		take("third, which fits", third, 40)
		take("the oldest, over the limit", first, 30)
		if want := []string{"third, which fits", "the oldest, over the limit"}; !slices.Equal(got, want) {
			t.Errorf("served %q, want %q", got, want)
		}
		first.close() // now second is the oldest
		synctest.Wait()
		if want := "second"; got[len(got)-1] != want {
			t.Errorf("served %q, want %q last", got, want)
		}
		second.close()
		third.close()
		if b.used != 0 || len(b.shares) != 0 || b.most() != 130 {
			t.Errorf("%d bytes in use by %d shares, at most %d; want 0, 0, 130", b.used, len(b.shares), b.most())
		}
	})
}

func TestAWaitForRoomEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(10)
		first, second := b.open(false), b.open(false)
		mustTake(t, first, 10)
		ctx, cancel := context.WithCancel(t.Context())
		go cancel()
		if err := second.take(ctx, 5, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("take = %v, want %v", err, context.Canceled)
		}
		second.close()
		first.close()
		if b.used != 0 {
			t.Errorf("%d bytes in use after all were closed", b.used)
		}
	})
}

// Whatever shares ask for and in whatever order they end: everybody is served, and
// no more is in use than the limit and what one has.
func TestABudgetServesEverybody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const limit, largest = 1000, 800
		b := newBudget(limit)
		takes := rapid.SliceOfN(rapid.SliceOfN(rapid.Int64Range(0, largest/4), 1, 4), 1, 12).Draw(t, "takes")
		var all sync.WaitGroup
		for _, sizes := range takes {
			all.Go(func() {
				s := b.open(false)
				defer s.close()
				for _, n := range sizes {
					if err := s.take(context.Background(), n, nil); err != nil {
						t.Errorf("take(%d) = %v", n, err)
					}
				}
			})
		}
		all.Wait()
		if b.used != 0 || b.most() > limit+largest {
			t.Errorf("%v: %d bytes in use at the end and %d at most, want 0 and %d", takes, b.used, b.most(), limit+largest)
		}
	})
}

// A time-out is the shop's: it does not run while a page waits for room of ours.
func TestAStopwatchStandsStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cause := errors.New("too late")
		ctx, w := startWatch(t.Context(), 10*time.Second, cause)
		defer w.end()
		began := time.Now()
		time.Sleep(6 * time.Second)
		over := w.hold()
		time.Sleep(time.Hour)
		over()
		<-ctx.Done()
		if ran := time.Since(began) - time.Hour; ran != 10*time.Second || context.Cause(ctx) != cause {
			t.Errorf("ended after %s with %v, want 10s and %v", ran, context.Cause(ctx), cause)
		}
	})
}

// Many large pages come at once: all are had, and they are not all in memory.
func TestManyLargePagesComeInTurns(t *testing.T) {
	const size, pages, memory = 600 << 10, 24, 2 << 20
	body := bytes.Repeat([]byte("<p>風見鶏</p>"), size/len("<p>風見鶏</p>"))
	c := newClient(t)
	c.budget = newBudget(memory)
	var all sync.WaitGroup
	for range pages {
		s := openShop(t, map[string]http.HandlerFunc{"/": says("text/html; charset=utf-8", string(body))})
		all.Go(func() {
			p, release := c.Load(t.Context(), stock.Request{URL: s.URL + "/"})
			defer release()
			if p.Outcome != stock.OK || !bytes.Equal(p.Body, body) {
				t.Errorf("%s: %s %s with %d bytes, want %s with %d", p.URL, p.Outcome, p.Reason, len(p.Body), stock.OK, len(body))
			}
		})
	}
	all.Wait()
	if most := c.budget.most(); most > memory+2*size || most < size {
		t.Errorf("%d pages of %d bytes held %d bytes at once, want at most %d and one page", pages, size, most, memory)
	}
	if c.budget.used != 0 {
		t.Errorf("%d bytes are still held", c.budget.used)
	}
}

// A small body that says it were large holds a page's room while it is read, and none after.
func TestALyingSizeHoldsNoRoom(t *testing.T) {
	const most = 1 << 20
	lie := compress(t, "gzip", bytes.Repeat([]byte("<p>風見鶏</p>"), 1<<15))
	binary.LittleEndian.PutUint32(lie[len(lie)-4:], uint32(min(mostDeflated*len(lie), 1<<30)))
	s := openShop(t, map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(lie)
	}})
	c := newClient(t, func(o *Options) { o.MaxBody = most })
	p, release := c.Load(t.Context(), stock.Request{URL: s.URL + "/"})
	if p.Outcome != stock.Failed || c.budget.used != int64(cap(p.Body)) {
		t.Errorf("a lying body: %s, and %d bytes are held for %d; want %s and no more", p.Outcome, c.budget.used, cap(p.Body), stock.Failed)
	}
	if release(); c.budget.most() > 2*most {
		t.Errorf("%d bytes were held at once, want at most those of a page of %d", c.budget.most(), most)
	}
}

// A brief share goes before those that wait already, but for the oldest, and keeps room
// that is not enough for it from them.
func TestBriefSharesGoFirst(t *testing.T) {
	b := newBudget(10)
	oldest, usual, brief := b.open(false), b.open(false), b.open(true)
	if oldest.ask(8) != nil {
		t.Fatal("the first share waits though all is free")
	}
	waiting, first := usual.ask(4), brief.ask(5)
	if waiting == nil || first == nil {
		t.Fatal("more than the limit was given out")
	}
	oldest.keep(6) // room for the usual one alone
	if isClosed(waiting) || isClosed(first) {
		t.Errorf("4 of 10 bytes are free: usual served %t, brief served %t; want none, the brief one needs 5", isClosed(waiting), isClosed(first))
	}
	oldest.keep(5)
	if isClosed(waiting) || !isClosed(first) {
		t.Errorf("5 of 10 bytes are free: usual served %t, brief served %t; want the brief one", isClosed(waiting), isClosed(first))
	}
	brief.close()
	if !isClosed(waiting) {
		t.Error("the brief one has ended and the usual one still waits")
	}
	oldest.close()
	usual.close()
	if b.used != 0 {
		t.Errorf("%d bytes are in use when all have ended", b.used)
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// most is the largest number of bytes that were in use at one moment.
func (b *budget) most() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.peak
}
