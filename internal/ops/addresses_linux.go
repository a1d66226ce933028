package ops

import (
	"math"
	"syscall"
)

// addressLimit is how many bytes of addresses this process may have.
func addressLimit() uint64 {
	var r syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_AS, &r) != nil {
		return math.MaxUint64
	}
	return r.Cur
}
