package ops

import (
	"os"
	"runtime"
)

// LeaveRoom lets the runtime run more threads than there are cores, unless GOMAXPROCS says
// how many, and returns the number of cores. Pages are read on as many threads as there
// are cores, for tens of milliseconds each; on the others everything else goes on, among
// which the system shares the cores out in less time than the runtime would.
func LeaveRoom() (cores int) {
	cores = runtime.GOMAXPROCS(0)
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(cores + spareThreads)
	}
	return cores
}

const spareThreads = 2
