//go:build race

package fetch

// spoiled is what stands in memory that was released. It is no UTF-8.
const spoiled = 0xDB

// spoil writes over the memory of a body that is released. With the race detector, which all
// tests are run with, whoever holds on to a piece of a page reads something else at once, and
// not only when the next page comes into the same memory; and one who reads it beside this is
// a race.
func spoil(memory []byte) {
	if len(memory) == 0 {
		return
	}
	memory[0] = spoiled
	for n := 1; n < len(memory); n *= 2 {
		copy(memory[n:], memory[:n])
	}
}
