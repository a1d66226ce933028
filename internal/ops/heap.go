package ops

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// percentEvery is far shorter than a first round takes.
	percentEvery  = time.Second
	giveBackEvery = 15 * time.Second
	// leastGivenBack is how much unused memory is worth a collection.
	leastGivenBack = 2 << 20
)

// KeepSmall keeps the heap small until ctx ends. Once a second it sets the GC percentage
// by what collections cost, unless GOGC is set. It returns memory to the system when much
// of it is unused: after a first round, a scrape or a backup the runtime would keep it for
// long. Where the system can tell (Linux), it returns the pages of the program's file too.
func KeepSmall(ctx context.Context) {
	tick, back := time.NewTicker(percentEvery), time.NewTicker(giveBackEvery)
	defer tick.Stop()
	defer back.Stop()
	dropFilePages() // what only the start needed
	own, percent := os.Getenv("GOGC") == "", startPercent
	pace := gcPace{last: readHeap(), budget: collecting * float64(runtime.NumCPU()) * percentEvery.Seconds()}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if now := pace.percent(readHeap()); own && now != percent {
				percent = now
				debug.SetGCPercent(percent)
			}
		case <-back.C:
			if h := readHeap(); worthGivingBack(h.unused, h.live) {
				debug.FreeOSMemory()
			}
			dropFilePages()
		}
	}
}

// collecting is the share of all cores that collections may take, about. A process that
// makes little garbage needs much less, whatever its percentage.
const collecting = 0.05

// Garbage may grow to leastRoom, or leastPercent of what is in use, in any case: what is
// measured of a second or of one collection is a guess for the next. It may grow to
// mostRoom or leastPercent, and to no more than what is in use, which is the runtime's
// default.
const (
	leastRoom    = 2 << 20
	mostRoom     = 32 << 20
	leastPercent = 25
	// startPercent holds until it is known what collections cost: a large configuration is
	// read by then, and thousands of watches are made of it.
	startPercent = 50
)

// smoothing is over how many seconds the garbage is averaged, about: a scrape is no reason
// for another percentage, a first round is.
const smoothing = 4

// gcPace finds to how much garbage may grow by what it costs to collect it.
type gcPace struct {
	budget float64   // seconds of CPU, of those between two calls
	last   heapState // at the last call
	made   float64   // bytes that are allocated between two calls, the mean of the last few
	cost   float64   // seconds of CPU that a collection takes
}

// percent is the share of what is in use that garbage may grow to.
func (p *gcPace) percent(h heapState) int {
	p.made += (float64(h.allocated-p.last.allocated) - p.made) / smoothing
	if n := h.collections - p.last.collections; n > 0 {
		p.cost = (h.collecting - p.last.collecting) / float64(n)
	}
	p.last = h
	room := min(max(p.made*p.cost/p.budget, leastRoom), mostRoom)
	return int(min(100, max(leastPercent, 100*room/float64(max(h.live, 1)))))
}

// worthGivingBack reports whether so much is unused that a collection pays.
func worthGivingBack(unused, live uint64) bool { return unused >= max(leastGivenBack, live/4) }

// heapState is what the runtime says of the heap.
type heapState struct {
	live        uint64 // bytes that the last collection found in use
	unused      uint64 // bytes that no object uses, and garbage: most of what was made since that collection
	allocated   uint64 // bytes since the start
	collections uint64
	collecting  float64 // seconds of CPU
}

func readHeap() (h heapState) {
	samples := []metrics.Sample{
		{Name: "/gc/heap/live:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/gc/heap/allocs:bytes"},
		{Name: "/gc/cycles/total:gc-cycles"},
		{Name: "/cpu/classes/gc/total:cpu-seconds"},
	}
	metrics.Read(samples)
	value := func(i int) uint64 {
		if samples[i].Value.Kind() != metrics.KindUint64 {
			return 0
		}
		return samples[i].Value.Uint64()
	}
	h = heapState{live: value(0), allocated: value(4), collections: value(5)}
	h.unused = value(1) + value(2) + value(3) - min(value(3), h.live)
	if cpu := samples[6].Value; cpu.Kind() == metrics.KindFloat64 {
		h.collecting = cpu.Float64()
	}
	return h
}
