package bench

import (
	"runtime"
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
)

// task is one thing to measure.
type task struct {
	name  string
	run   func() error
	other func() (time.Duration, error) // in place of run: has another program do it, and returns its CPU time
}

// cost is what one run of a task takes.
type cost struct {
	CPU    time.Duration // median of the rounds
	Bytes  uint64        // allocated, median
	Allocs uint64
}

// measure runs the tasks in turn, for so many rounds, so that what else goes on on the
// machine slows all of them alike. Each round lets a task run until it has used at
// least slice of CPU time, with one thread for Go's code.
func measure(tasks []task, rounds int, slice time.Duration) (map[string]cost, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	taken := map[string][]cost{}
	for round := range rounds + 1 {
		for _, t := range tasks {
			c, err := once(t, slice)
			if err != nil {
				return nil, err
			}
			if round > 0 { // the first one warms up
				taken[t.name] = append(taken[t.name], c)
			}
		}
	}
	costs := map[string]cost{}
	for name, all := range taken {
		costs[name] = cost{
			CPU:    median(all, func(c cost) time.Duration { return c.CPU }),
			Bytes:  median(all, func(c cost) uint64 { return c.Bytes }),
			Allocs: median(all, func(c cost) uint64 { return c.Allocs }),
		}
	}
	return costs, nil
}

func once(t task, slice time.Duration) (cost, error) {
	if t.other != nil {
		taken, err := t.other()
		return cost{CPU: taken}, err
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	begin, n := cpuTime(), 0
	var used time.Duration
	for n == 0 || used < slice {
		if err := t.run(); err != nil {
			return cost{}, err
		}
		n++
		used = cpuTime() - begin
	}
	runtime.ReadMemStats(&after)
	return cost{
		CPU:    used / time.Duration(n),
		Bytes:  (after.TotalAlloc - before.TotalAlloc) / uint64(n),
		Allocs: (after.Mallocs - before.Mallocs) / uint64(n),
	}, nil
}

func median[T time.Duration | uint64](all []cost, of func(cost) T) T {
	values := make([]T, 0, len(all))
	for _, c := range all {
		values = append(values, of(c))
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// stopwatch returns a function that tells the time since this call.
func stopwatch() func() time.Duration {
	begun := clock.Now()
	return func() time.Duration { return clock.Since(begun) }
}
