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
		{15 << 20, 10 << 20, false}, // little
		{16 << 20, 10 << 20, true},
		{30 << 20, 200 << 20, false}, // little beside the rest
		{60 << 20, 200 << 20, true},
	} {
		if got := worthGivingBack(tt.unused, tt.live); got != tt.want {
			t.Errorf("%d MB unused beside %d MB: worth a collection %t, want %t", tt.unused>>20, tt.live>>20, got, tt.want)
		}
	}
}

func TestGarbagePercent(t *testing.T) {
	for _, tt := range []struct {
		live uint64
		want int
	}{{0, 100}, {10 << 20, 100}, {64 << 20, 100}, {128 << 20, 50}, {256 << 20, 25}, {4 << 30, 25}} {
		if got := garbagePercent(tt.live); got != tt.want {
			t.Errorf("beside %d MB in use garbage may be %d %% of that, want %d %%", tt.live>>20, got, tt.want)
		}
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
