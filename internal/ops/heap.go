package ops

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// percentEvery is far shorter than a first round takes.
	percentEvery  = time.Second
	giveBackEvery = time.Minute
	// leastGivenBack is how much unused memory is worth a collection.
	leastGivenBack = 16 << 20
)

// KeepSmall keeps the heap small until ctx ends. Once a second it sets the GC percentage
// by the size of the heap, unless GOGC is set. Once a minute it returns memory to the
// system when much of it is unused: after a first round, a scrape or a backup the runtime
// would keep it for long.
func KeepSmall(ctx context.Context) {
	tick, minute := time.NewTicker(percentEvery), time.NewTicker(giveBackEvery)
	defer tick.Stop()
	defer minute.Stop()
	own, percent := os.Getenv("GOGC") == "", 100
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			_, live := heap()
			if now := garbagePercent(live); own && now != percent {
				percent = now
				debug.SetGCPercent(percent)
			}
		case <-minute.C:
			if worthGivingBack(heap()) {
				debug.FreeOSMemory()
			}
		}
	}
}

// Garbage may grow to 100 percent of a small heap, which is the runtime's default, to
// garbageRoom beside a larger heap, but to no less than leastPercent of it: collections of
// a very large heap would follow one another.
const (
	garbageRoom  = 64 << 20
	leastPercent = 25
)

// garbagePercent is the share of what is in use that garbage may grow to.
func garbagePercent(live uint64) int {
	return int(min(100, max(leastPercent, 100*garbageRoom/max(live, 1))))
}

// worthGivingBack reports whether so much is unused that a collection pays.
func worthGivingBack(unused, live uint64) bool { return unused >= max(leastGivenBack, live/4) }

// heap returns how much memory of the heap no object uses, and how much the last
// collection found in use.
func heap() (unused, live uint64) {
	samples := []metrics.Sample{
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/gc/heap/live:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"},
	}
	metrics.Read(samples)
	value := func(i int) uint64 {
		if samples[i].Value.Kind() != metrics.KindUint64 {
			return 0
		}
		return samples[i].Value.Uint64()
	}
	live = value(2)
	return value(0) + value(1) + value(3) - min(value(3), live), live // what was made since the collection is garbage, most of it
}
