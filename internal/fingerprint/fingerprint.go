// Package fingerprint tells whether two answers are the same page to a person who reads
// them: one hash of the bytes as they came, one of what a reader of the page can see.
//
// It knows nothing of shops. What it leaves out of the second hash, no source reads,
// which a test of package readtest holds over all pages and any bytes.
package fingerprint

import (
	"encoding/binary"
	"hash/maphash"
)

// Print is what is kept of an answer. The zero value is like no other.
type Print struct {
	Bytes uint64 // of the answer as it came, still encoded
	Seen  uint64 // of what a reader can see
}

// Hasher makes prints. Those of two hashers cannot be compared.
type Hasher struct{ seed maphash.Seed }

// New returns a Hasher.
func New() Hasher { return Hasher{maphash.MakeSeed()} }

// Bytes returns the hash of an answer as it came. About is what two equal answers must
// have in common beside their bytes: status, address, type.
func (h Hasher) Bytes(about uint64, raw []byte) uint64 {
	var m maphash.Hash
	m.SetSeed(h.seed)
	mix(&m, about)
	_, _ = m.Write(raw)
	return known(m.Sum64())
}

// About returns the hash of texts.
func (h Hasher) About(status int, texts ...string) uint64 {
	var m maphash.Hash
	m.SetSeed(h.seed)
	mix(&m, uint64(status))
	for _, s := range texts {
		mix(&m, uint64(len(s)))
		_, _ = m.WriteString(s)
	}
	return m.Sum64()
}

func mix(m *maphash.Hash, n uint64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], n)
	_, _ = m.Write(b[:])
}

// known keeps a hash from being the zero value.
func known(sum uint64) uint64 { return max(sum, 1) }
