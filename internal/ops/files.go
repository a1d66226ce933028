//go:build unix

package ops

import (
	"math"
	"syscall"
)

// Files returns how many files this process may have open, connections among them; 0:
// not known.
func Files() int {
	var r syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r) != nil {
		return 0
	}
	return int(min(uint64(r.Cur), math.MaxInt32)) //nolint:unconvert // signed on some systems
}
