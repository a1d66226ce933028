package ops

import (
	"os"
	"runtime"
)

// LeaveRoom sets GOMAXPROCS to more than the number of cores, unless the environment sets
// it, and returns the number of cores. As many pages are read at a time as there are cores,
// for tens of milliseconds each. All else runs on the spare threads: the system switches
// between threads sooner than the runtime between goroutines.
func LeaveRoom() (cores int) {
	cores = runtime.GOMAXPROCS(0)
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(cores + spareThreads)
	}
	return cores
}

const spareThreads = 2
