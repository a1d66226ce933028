package ops

import (
	"fmt"
	"math/bits"
)

// leastAddresses is what Go's runtime reserves at the start, and a little for the heap. With
// less than that, and more than half of it, one of its reservations fails without a word: it
// then keeps an index of the heap over whatever is at low addresses, the program's own
// variables by bad luck.
const leastAddresses = 1_400_000_000

// CheckAddresses reports a limit of addresses (ulimit -v) that this process cannot live with.
func CheckAddresses() error { return enough(addressLimit()) }

func enough(limit uint64) error {
	if bits.UintSize < 64 || limit >= leastAddresses {
		return nil
	}
	return fmt.Errorf("the limit of addresses (ulimit -v) is %d MB: Go reserves 1330 MB at the start, however little it uses; "+
		"give it 4000 or none, and limit memory by a control group (MemoryMax= of systemd, --memory of a container)", limit/1_000_000)
}
