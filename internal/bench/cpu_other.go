//go:build !unix

package bench

import (
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
)

// cpuTime is the time of the clock where the system does not tell the process's own.
func cpuTime() time.Duration { return time.Duration(clock.Wall().UnixNano()) }
