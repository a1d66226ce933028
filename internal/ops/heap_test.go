package ops

import (
	"context"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

func TestWorthGivingBack(t *testing.T) {
	for _, tt := range []struct {
		unused, live uint64
		want         bool
	}{
		{0, 10 << 20, false},
		{1 << 20, 6 << 20, false}, // little
		{2 << 20, 6 << 20, true},
		{30 << 20, 200 << 20, false}, // little beside the rest
		{60 << 20, 200 << 20, true},
	} {
		if got := worthGivingBack(tt.unused, tt.live); got != tt.want {
			t.Errorf("%d MB unused beside %d MB: worth a collection %t, want %t", tt.unused>>20, tt.live>>20, got, tt.want)
		}
	}
}

// Garbage has as much room as lets collections take their share of the CPU, within bounds.
func TestGCPercent(t *testing.T) {
	const mb = 1 << 20
	for _, tt := range []struct {
		name       string
		live, made uint64  // bytes
		cost       float64 // seconds of a collection
		want       int
	}{
		{"idle and small", 5 * mb, 0, 0.005, 40},
		{"idle", 80 * mb, 0, 0.08, 25},
		{"busy", 80 * mb, 48 * mb, 0.05, 30},
		{"busier than the most room allows", 80 * mb, 400 * mb, 0.08, 40},
		{"busy and small", 5 * mb, 200 * mb, 0.01, 100},
		{"busy and very large", 2048 * mb, 400 * mb, 2, 25},
		{"nothing collected yet", 0, 100 * mb, 0, 100},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := gcPace{budget: 0.1}
			h := heapState{live: tt.live, allocated: smoothing * tt.made, collections: 2, collecting: 2 * tt.cost}
			if got := p.percent(h); got != tt.want {
				t.Errorf("garbage may be %d %% of what is in use, want %d %%", got, tt.want)
			}
		})
	}
	p := gcPace{budget: 0.1}
	busy := heapState{live: 80 * mb, allocated: smoothing * 80 * mb, collections: 2, collecting: 0.1}
	first := p.percent(busy)
	if second := p.percent(busy); second >= first || second < first*3/4 {
		t.Errorf("a second in which nothing was made after a busy one: %d %% after %d %%, want a little less", second, first)
	}
}

// What a burst of work needed is with the system again a minute after it.
func TestMemoryIsGivenBack(t *testing.T) {
	burst := make([][]byte, 100)
	for i := range burst {
		burst[i] = make([]byte, 1<<20)
	}
	runtime.KeepAlive(burst)
	burst = nil
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			KeepSmall(ctx)
		}()
		time.Sleep(giveBackEvery + time.Second)
		synctest.Wait()
		cancel()
		<-ended
	})
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if kept := m.HeapIdle - m.HeapReleased; kept >= 2*leastGivenBack {
		t.Errorf("%d MB of the heap are idle and not released a minute after a burst of 100 MB, want less than %d", kept>>20, 2*leastGivenBack>>20)
	}
}
