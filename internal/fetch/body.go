package fetch

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// acceptEncoding names what open undoes, the cheapest for us first: br saves 7 %
// of the bytes of zstd and costs five times its CPU, but a shop that has no zstd
// sends less by it than by gzip.
var acceptEncoding = []string{"zstd, br, gzip"}

// maxWindow is what RFC 9659 allows a zstd stream to want of its reader.
const maxWindow = 8 << 20

// errTooLarge says that an answer has more bytes than we are willing to read.
var errTooLarge = errors.New("too large")

// encodingError says that the answer's Content-Encoding could not be undone.
type encodingError struct {
	name string
	err  error // nil: the encoding is unknown
}

func (e *encodingError) Error() string { return e.Reason().Text }

// Reason says which encoding it is.
func (e *encodingError) Reason() stock.Reason {
	if e.err == nil {
		return stock.Because(stock.ReasonContentEncoding, e.name)
	}
	return stock.Because(stock.ReasonBrokenBody, e.name, cut(e.err.Error()))
}

func (e *encodingError) Unwrap() error { return e.err }

// decoders undoes content encodings. Readers and buffers are used again: they
// are most of what a check would allocate otherwise.
type decoders struct {
	gzip    sync.Pool // *gzip.Reader
	zstd    sync.Pool // *zstd.Decoder
	brotli  sync.Pool // *brotli.Reader
	buffers buffers
}

// read reads the whole body of an answer into to and undoes its encoding. More
// than limit bytes, before or after decoding, are errTooLarge; to then holds the
// first limit bytes. room is asked before the buffer grows by so many bytes.
func (d *decoders) read(to *bytes.Buffer, answer *http.Response, limit int64, room func(int64) error) error {
	var raw io.Reader = &capped{from: answer.Body, left: limit}
	if whole, ok := answer.Body.(received); ok {
		raw = whole.Reader // decoders have a way of their own through bytes in memory
	}
	encoding := encodingOf(answer)
	decoded, done, err := d.open(encoding, raw)
	if err != nil {
		if err == io.EOF { // not even a header: an empty body needs no encoding
			return nil
		}
		return wrapEncoding(encoding, err)
	}
	defer done()
	var refused error
	err = fill(to, &capped{from: decoded, left: limit}, func(n int64) error {
		refused = room(n)
		return refused
	})
	if refused != nil { // that has nothing to do with the answer
		return refused
	}
	return wrapEncoding(encoding, err)
}

// leastGrowth is what a buffer grows by at least; a large one by half of what it has.
const leastGrowth = 64 << 10

// fill reads all of from into to, and asks room before to grows.
func fill(to *bytes.Buffer, from io.Reader, room func(int64) error) error {
	for {
		if to.Available() == 0 {
			_, size := sizeClass(int64(to.Cap() + max(leastGrowth, to.Cap()/2)))
			if err := room(size - int64(to.Cap())); err != nil {
				return err
			}
			larger := append(make([]byte, 0, size), to.Bytes()...) // Grow would make it twice as large
			*to = *bytes.NewBuffer(larger)
		}
		free := to.AvailableBuffer()
		n, err := from.Read(free[:cap(free)])
		to.Write(free[:n]) // in place
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

// expected is how many bytes an answer is likely to have once its encoding is
// undone, 0 when nothing is known, so that a large page waits for its room before
// it is read and not with half of it in hand.
func expected(answer *http.Response, limit int64) int64 {
	n := answer.ContentLength
	if n <= 0 {
		return 0
	}
	if whole, ok := answer.Body.(received); ok && strings.HasSuffix(encodingOf(answer), "gzip") {
		if size := gzipSize(whole.bytes); size > 0 {
			return min(size, limit) + 1 // with room to see that this is the end
		}
	}
	if e := answer.Header.Get("Content-Encoding"); e != "" && e != "identity" {
		n = min(n, limit) * usualRatio
	}
	return min(n, limit) + 1
}

// usualRatio is by how much shops' pages shrink when they are compressed, at least.
const usualRatio = 4

// wrapEncoding tells a broken encoding from a broken connection: what the
// connection itself reports is left as it is.
func wrapEncoding(encoding string, err error) error {
	var network interface{ Timeout() bool }
	var already *encodingError
	switch {
	case err == nil, encoding == "", encoding == "identity", errors.Is(err, errTooLarge), errors.As(err, &network), errors.As(err, &already):
		return err
	default:
		return &encodingError{encoding, err}
	}
}

// open returns a reader of what raw holds and a function that gives the reader
// back. io.EOF means that raw is empty.
func (d *decoders) open(encoding string, raw io.Reader) (decoded io.Reader, done func(), err error) {
	switch encoding {
	case "", "identity":
		return raw, func() {}, nil
	case "gzip", "x-gzip":
		return d.openGzip(raw)
	case "zstd":
		return d.openZstd(raw)
	case "br":
		return d.openBrotli(raw)
	default:
		return nil, nil, &encodingError{name: encoding}
	}
}

func (d *decoders) openGzip(raw io.Reader) (io.Reader, func(), error) {
	r, ok := d.gzip.Get().(*gzip.Reader)
	if !ok {
		r = new(gzip.Reader)
	}
	done := func() { d.gzip.Put(r) }
	if err := r.Reset(raw); err != nil {
		done()
		return nil, nil, err
	}
	return r, done, nil
}

func (d *decoders) openZstd(raw io.Reader) (io.Reader, func(), error) {
	r, ok := d.zstd.Get().(*zstd.Decoder)
	if !ok {
		var err error
		// One at a time decodes in the caller's goroutine and starts none.
		r, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, nil, err
		}
	}
	done := func() {
		_ = r.Reset(nil) // lets go of raw; cannot fail
		d.zstd.Put(r)
	}
	if err := r.Reset(raw); err != nil {
		done()
		return nil, nil, err
	}
	return r, done, nil
}

func (d *decoders) openBrotli(raw io.Reader) (io.Reader, func(), error) {
	r, ok := d.brotli.Get().(*brotli.Reader)
	if !ok {
		r = new(brotli.Reader)
	}
	done := func() { d.brotli.Put(r) }
	if err := r.Reset(raw); err != nil {
		done()
		return nil, nil, err
	}
	return r, done, nil
}

// capped reads at most left bytes and then fails, unlike io.LimitReader, which
// would pass a cut page off as a whole one.
type capped struct {
	from io.Reader
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	if c.left < 0 {
		return 0, errTooLarge
	}
	if int64(len(p)) > c.left+1 { // one more than allowed, to see whether there is one
		p = p[:c.left+1]
	}
	n, err := c.from.Read(p)
	c.left -= int64(n)
	if c.left < 0 {
		return n - 1, errTooLarge
	}
	return n, err
}
