package schedule

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"hash/fnv"
	"math"
)

// What was learned of a host outlives its owner as a value of a few bytes per
// target: a version, a checksum, and the numbers in a fixed order. Anything else
// is refused as a whole; to learn anew costs some days, to believe nonsense more.

const (
	memoryVersion = 1
	// maxRemembered bounds the value to some 140 KB. Targets with restocks come
	// first: of the others little is known.
	maxRemembered = 8000
	maxSourceName = 255
	maxCount      = 1e12 // of anything that is counted
)

// counts is what is remembered of a target.
type counts struct{ n, e float32 }

// Learned returns what was learned, for Recall.
func (h *Host) Learned() []byte {
	s := &h.shop
	w := writer{}
	w.f64(s.sumN, s.sumE, s.shape, s.lengths.weight, s.lengths.sum, h.pace.rate)
	w.f32(s.carts.hits[:]...)
	w.f32(s.carts.cover[:]...)
	w = append(w, byte(len(s.trust)))
	for _, t := range s.trust {
		name := t.source[:min(len(t.source), maxSourceName)]
		w = append(append(w, byte(len(name))), name...)
		w.f32(t.hits, t.tries)
	}
	if b := s.prof.bins; b == nil {
		w = append(w, 0)
	} else {
		w = append(w, 1)
		w.f32(b.n[:]...)
		w.f32(b.e[:]...)
	}
	h.writeTargets(&w)
	head := []byte{memoryVersion}
	head = binary.LittleEndian.AppendUint32(head, crc32.ChecksumIEEE(w))
	return append(head, w...)
}

func (h *Host) writeTargets(w *writer) {
	left := maxRemembered
	write := func(key uint64, c counts) {
		if left > 0 {
			*w = binary.LittleEndian.AppendUint64(*w, key)
			w.f32(c.n, c.e)
			left--
		}
	}
	for _, restocked := range []bool{true, false} {
		for i := range h.targets {
			if t := &h.targets[i]; t.e > 0 && (t.n > 0) == restocked {
				write(key(t.id), counts{t.n, t.e})
			}
		}
	}
	for k, c := range h.recalled { // of targets that are not among the pages yet
		write(k, c)
	}
}

// Recall takes over what another owner's plan had Learned. It is called before
// the first Set; without a value nothing happens. An error says that the value
// is of no use, and nothing is taken from it.
func (h *Host) Recall(value []byte) error {
	if len(value) == 0 {
		return nil
	}
	if len(value) < 5 || value[0] != memoryVersion {
		return fmt.Errorf("recall a plan of %d bytes: not of version %d", len(value), memoryVersion)
	}
	body := value[5:]
	if crc32.ChecksumIEEE(body) != binary.LittleEndian.Uint32(value[1:]) {
		return errors.New("recall a plan: the checksum is wrong")
	}
	r := reader{rest: body}
	s := newShop(h.shop.prof.zone)
	s.sumN, s.sumE, s.shape = r.f64(), r.f64(), r.f64()
	s.lengths.weight, s.lengths.sum = r.f64(), r.f64()
	rate := r.f64()
	r.f32s(s.carts.hits[:])
	r.f32s(s.carts.cover[:])
	for range min(r.byte(), maxSources) {
		name := string(r.take(r.byte()))
		s.trust = append(s.trust, trust{name, r.f32(), r.f32()})
	}
	if r.byte() == 1 {
		s.prof.bins = new(profileBins)
		r.f32s(s.prof.bins.n[:])
		r.f32s(s.prof.bins.e[:])
		s.prof.bins.settle()
	}
	known := make(map[uint64]counts)
	for len(r.rest) >= 16 && len(known) < maxRemembered {
		k := binary.LittleEndian.Uint64(r.take(8))
		known[k] = counts{r.f32(), r.f32()}
	}
	if r.bad || len(r.rest) > 0 {
		return errors.New("recall a plan: numbers that cannot be")
	}
	s.shape = min(max(s.shape, minShape), maxShape)
	h.shop, h.recalled = s, known
	h.pace.rate = min(max(rate, slowest), 1)
	h.pulse.mu = s.lengths.mu()
	return nil
}

// remind gives a target that is new to this plan what was recalled of it.
func (h *Host) remind(t *target) {
	if len(h.recalled) == 0 {
		return
	}
	k := key(t.id)
	if c, ok := h.recalled[k]; ok {
		t.n, t.e = c.n, c.e
		delete(h.recalled, k)
	}
}

func key(id string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(id)) // never fails
	return h.Sum64()
}

// writer collects numbers.
type writer []byte

func (w *writer) f64(list ...float64) {
	for _, x := range list {
		*w = binary.LittleEndian.AppendUint64(*w, math.Float64bits(x))
	}
}

func (w *writer) f32(list ...float32) {
	for _, x := range list {
		*w = binary.LittleEndian.AppendUint32(*w, math.Float32bits(x))
	}
}

// reader takes numbers back. It is bad after the first that is missing or cannot
// be a count, and then says zero.
type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) take(n int) []byte {
	if r.bad || len(r.rest) < n {
		r.bad = true
		return make([]byte, n)
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) byte() int { return int(r.take(1)[0]) }

func (r *reader) count(x float64) float64 {
	if !(x >= 0 && x <= maxCount) { // also NaN
		r.bad = true
		return 0
	}
	return x
}

func (r *reader) f64() float64 {
	return r.count(math.Float64frombits(binary.LittleEndian.Uint64(r.take(8))))
}

func (r *reader) f32() float32 {
	return float32(r.count(float64(math.Float32frombits(binary.LittleEndian.Uint32(r.take(4))))))
}

func (r *reader) f32s(list []float32) {
	for i := range list {
		list[i] = r.f32()
	}
}
