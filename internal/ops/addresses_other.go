//go:build !linux

package ops

import "math"

// addressLimit is not asked for here.
func addressLimit() uint64 { return math.MaxUint64 }
