package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

func TestOnlyConfiguredWatchesAreKeptWhenThereAreMany(t *testing.T) {
	p := stock.Product{ID: "p", Watches: []stock.Watch{{ID: "mine"}}}
	l := newLive(func() []stock.Product { return []stock.Product{p} })
	l.record("mine", stock.Entry{Seq: 1, Change: stock.Change{Watcher: "first"}})
	for i := range 50_000 {
		l.look([]stock.Look{{Watch: fmt.Sprint("other", i), At: time.Unix(int64(i), 0)}})
	}
	if n := len(l.watches); n > looseWatches+2 {
		t.Errorf("%d watches are kept, want at most %d", n, looseWatches+2)
	}
	if got := l.get("mine").Record; got == nil || got.Change.Watcher != "first" {
		t.Errorf("the configured watch was forgotten: %v", got)
	}
}

func TestGuessesFromManyAddressesAreBounded(t *testing.T) {
	tr, now := newTries(), clock.Now()
	for i := range 20_000 {
		tr.failed(addrOf(i), now)
	}
	if n := len(tr.from); n > triesKept+1 {
		t.Errorf("%d addresses are kept, want at most %d", n, triesKept+1)
	}
	if tr.wait(addrOf(1_000_000), now) == 0 {
		t.Error("a new address may guess freely while the list is full of guessers, want it to share their account")
	}
	later := now.Add(triesWindow)
	tr.failed(addrOf(1_000_001), later)
	if n := len(tr.from); n != 1 || tr.wait(addrOf(1_000_000), later) != 0 {
		t.Errorf("a window later %d addresses are kept, want the one that guessed since", n)
	}
}

// addrOf returns the i-th of many addresses.
func addrOf(i int) netip.Addr {
	return netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
}

// Meaningful under -race: records, looks and readers come at the same time.
func TestAllAtOnce(t *testing.T) {
	s := fullServer(t)
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for n := range 50 {
				s.Record("w", uint64(n), stock.Change{State: stock.State{ObservedAt: time.Unix(int64(n), 0)}})
				s.Looks([]stock.Look{{Watch: fmt.Sprint("x", i, n), At: time.Unix(int64(n), 0)}, {Watch: "w", At: time.Now()}})
			}
		})
		all.Go(func() {
			for range 10 {
				for _, target := range []string{"/", "/watches/w", "/api/v1/products"} {
					r := httptest.NewRequest(http.MethodGet, target, nil)
					r.Host = "localhost"
					w := httptest.NewRecorder()
					if s.Handler().ServeHTTP(w, r); w.Code != http.StatusOK {
						t.Errorf("GET %s = %d, want 200", target, w.Code)
					}
				}
			}
		})
	}
	all.Wait()
}
