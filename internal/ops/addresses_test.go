package ops

import (
	"math"
	"math/bits"
	"testing"
)

func TestCheckAddresses(t *testing.T) {
	if err := CheckAddresses(); err != nil {
		t.Errorf("without a limit: %v", err)
	}
	for limit, want := range map[uint64]bool{
		300_000_000: false, 1_000_000_000: false, 1_300_000_000: false, 1_380_000_000: false, 1_430_000_000: true, 4_000_000_000: true, math.MaxUint64: true,
	} {
		if err := enough(limit); bits.UintSize == 64 && (err == nil) != want {
			t.Errorf("%d bytes of addresses: %v", limit, err)
		}
	}
}
