package fetch

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"sync"
)

// buffers keeps buffers for the next bodies, by size: one that is much too large for its
// body would take memory from others, and one that is too small would be thrown away.
type buffers struct {
	pools [classes]sync.Pool // *bytes.Buffer
}

// maxPooled is the largest buffer that is kept for the next body. Most pages fit, and
// the few larger ones would be kept for nothing most of the time.
const maxPooled = 4 << 20

// leastBuffer is the size of the smallest buffers.
const leastBuffer = 4 << 10

// classes is how many sizes are kept: four from each power of two to the next, up to
// maxPooled.
const classes = 4*10 + 1

// sizeClass returns the smallest size of a buffer that has room for n bytes, and its
// class; classes or more is not kept.
func sizeClass(n int64) (class int, size int64) {
	n = max(n, leastBuffer)
	shift := bits.Len64(uint64(n-1)) - 3
	quarters := (n + 1<<shift - 1) >> shift // 5 to 8
	return 4*(shift-bits.Len64(leastBuffer)+4) + int(quarters) - 8, quarters << shift
}

// get returns an empty buffer with room for n bytes, as much as sizeClass says.
func (p *buffers) get(n int64) *bytes.Buffer {
	class, size := sizeClass(n)
	if class < classes {
		if b, ok := p.pools[class].Get().(*bytes.Buffer); ok {
			b.Reset()
			return b
		}
	}
	return bytes.NewBuffer(make([]byte, 0, size))
}

// put keeps a buffer for the next body.
func (p *buffers) put(b *bytes.Buffer) {
	spoil(b.Bytes()[:b.Len()+b.Available()])
	if class, size := sizeClass(int64(b.Cap())); class < classes && size == int64(b.Cap()) {
		p.pools[class].Put(b)
	}
}

// mostDeflated is how many times larger than its encoding a body of deflate can be.
const mostDeflated = 1032

// gzipSize returns how many bytes a body in gzip says that it has, 0 when it says nothing
// that can be so. A body of several parts says it of the last one. One that lies takes no more
// room than it could by telling the truth, a page's at most, and gives it back as soon as it
// is read: the reader finds that the size is another one.
func gzipSize(raw []byte) int64 {
	if len(raw) < 18 { // header and trailer
		return 0
	}
	n := int64(binary.LittleEndian.Uint32(raw[len(raw)-4:]))
	if n > mostDeflated*int64(len(raw)) {
		return 0
	}
	return n
}
