package ops

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// percentEvery is short beside a first round.
	percentEvery  = time.Second
	giveBackEvery = time.Minute
	// leastGivenBack is what is worth a collection.
	leastGivenBack = 16 << 20
)

// KeepSmall keeps the heap small until ctx ends. It lets garbage grow to a part of a large
// heap only, unless GOGC says otherwise. And once a minute it returns memory to the system
// when much of it is not used: after a first round, a scrape or a copy of everything the
// runtime would keep it for long.
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

// Garbage between two collections may be so much: the runtime's own share of a small
// heap, a fixed amount beside a larger one, and a share again beside one that is so large
// that collections would follow one another.
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

// heap returns how much of the heap's memory no object uses though the process has it,
// and how much the last collection found in use.
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
