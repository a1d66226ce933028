package fetch

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

// A buffer has room for what it is for, is at most a quarter larger, and comes back for
// a body of about that size.
func TestSizeClasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, 16<<20).Draw(t, "bytes")
		class, size := sizeClass(n)
		if size < n || size > max(leastBuffer, n+n/4+4) || class < 0 {
			t.Fatalf("for %d bytes a buffer of %d, class %d", n, size, class)
		}
		if again, same := sizeClass(size); again != class || same != size {
			t.Fatalf("a buffer of %d bytes is of class %d, size %d; want %d, %d", size, again, same, class, size)
		}
		next, larger := sizeClass(size + 1)
		if next != class+1 || larger <= size {
			t.Fatalf("behind class %d of %d bytes comes %d of %d", class, size, next, larger)
		}
		if kept := class < classes; kept != (size <= maxPooled) {
			t.Fatalf("a buffer of %d bytes is kept %t, and the largest that is kept has %d", size, kept, maxPooled)
		}
	})
	if class, size := sizeClass(0); class != 0 || size != leastBuffer {
		t.Errorf("the smallest buffer has %d bytes, class %d; want %d, 0", size, class, leastBuffer)
	}
}

func TestGzipSize(t *testing.T) {
	text := bytes.Repeat([]byte("<p>風見鶏</p>"), 1000)
	if got := gzipSize(compress(t, "gzip", text)); got != int64(len(text)) {
		t.Errorf("a body of %d bytes in gzip says %d", len(text), got)
	}
	for _, raw := range [][]byte{nil, []byte("short"), bytes.Repeat([]byte{0xFF}, 100)} {
		if got := gzipSize(raw); got != 0 {
			t.Errorf("%d bytes that are no gzip say that %d are in them, want 0", len(raw), got)
		}
	}
}
