package fetch

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// compress encodes a body as a server would.
func compress(t testing.TB, encoding string, body []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	var w io.WriteCloser
	switch encoding {
	case "", "identity":
		return body
	case "gzip", "x-gzip":
		w = gzip.NewWriter(&out)
	case "br":
		w = brotli.NewWriterLevel(&out, 1)
	case "zstd":
		z, err := zstd.NewWriter(&out)
		if err != nil {
			t.Fatal(err)
		}
		w = z
	default:
		t.Fatalf("no encoder for %q", encoding)
	}
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// encoded serves bytes with a Content-Encoding, with or without saying how long
// they are.
func encoded(encoding string, raw []byte, length bool) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if encoding != "" {
			w.Header().Set("Content-Encoding", encoding)
		}
		if length {
			w.Header().Set("Content-Length", strconv.Itoa(len(raw)))
		} else {
			_ = http.NewResponseController(w).Flush()
		}
		_, _ = w.Write(raw)
	}
}

func TestEncodings(t *testing.T) {
	body := bytes.Repeat([]byte(page), 2000)
	c := newClient(t)
	for _, encoding := range []string{"", "identity", "gzip", "x-gzip", "GZIP", "br", "zstd"} {
		for _, length := range []bool{true, false} {
			raw := compress(t, strings.ToLower(encoding), body)
			// The name makes colly gunzip the body, if it is let.
			s := openShop(t, map[string]http.HandlerFunc{"/sitemap.xml.gz": encoded(encoding, raw, length)})
			for range 2 { // the second time with a used decoder
				p := get(t, c, s.URL+"/sitemap.xml.gz")
				if p.Outcome != stock.OK || !bytes.Equal(p.Body, body) {
					t.Errorf("%q, length said %t: %s %q and %d bytes, want the %d that were sent", encoding, length, p.Outcome, p.Reason, len(p.Body), len(body))
				}
			}
		}
	}
}

func TestBrokenBodies(t *testing.T) {
	body := bytes.Repeat([]byte(page), 2000)
	flip := func(raw []byte) []byte {
		raw = bytes.Clone(raw)
		raw[len(raw)/2] ^= 0x55
		return raw
	}
	half := func(raw []byte) []byte { return raw[:len(raw)/2] }
	zip, br, zs := compress(t, "gzip", body), compress(t, "br", body), compress(t, "zstd", body)
	tests := []struct {
		name     string
		encoding string
		raw      []byte
		says     string
	}{
		{"not gzip", "gzip", body, "broken gzip body"},
		{"half a gzip", "gzip", half(zip), "broken gzip body"},
		{"gzip without its checksum", "gzip", zip[:len(zip)-8], "broken gzip body"},
		{"gzip with a wrong checksum", "gzip", append(bytes.Clone(zip[:len(zip)-8]), 1, 2, 3, 4, 5, 6, 7, 8), "broken gzip body"},
		{"gzip and more", "gzip", append(bytes.Clone(zip), "<html>"...), "broken gzip body"},
		{"damaged gzip", "gzip", flip(zip), "broken gzip body"},
		{"not br", "br", body, "broken br body"},
		{"half a br", "br", half(br), "broken br body"},
		{"not zstd", "zstd", body, "broken zstd body"},
		{"half a zstd", "zstd", half(zs), "broken zstd body"},
		{"damaged zstd", "zstd", flip(zs), "broken zstd body"},
		{"unasked deflate", "deflate", body, `unsupported Content-Encoding "deflate"`},
		{"two encodings", "gzip, br", body, `unsupported Content-Encoding "gzip, br"`},
	}
	c := newClient(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := openShop(t, map[string]http.HandlerFunc{"/": encoded(tt.encoding, tt.raw, true)})
			p := get(t, c, s.URL+"/")
			if p.Outcome != stock.Failed || !strings.HasPrefix(p.Reason.Text, tt.says) || len(p.Body) != 0 {
				t.Errorf("%s %q with %d bytes, want error %q and no body", p.Outcome, p.Reason, len(p.Body), tt.says)
			}
			if p.Status != http.StatusOK {
				t.Errorf("status %d is lost", p.Status)
			}
		})
	}
}

func TestEmptyBodies(t *testing.T) {
	c := newClient(t)
	for _, encoding := range []string{"", "gzip", "zstd"} {
		s := openShop(t, map[string]http.HandlerFunc{"/": encoded(encoding, nil, false)})
		p := get(t, c, s.URL+"/")
		if wantOutcome(t, p, stock.OK, ""); len(p.Body) != 0 {
			t.Errorf("%q: body %q, want none", encoding, p.Body)
		}
	}
}

// A body that the server cuts off is an error, whatever is in it already.
func TestCutBodies(t *testing.T) {
	tests := map[string]http.HandlerFunc{
		"shorter than its Content-Length": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, "sold out")
		},
		"chunks without an end": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "sold out")
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		},
	}
	for name, serve := range tests {
		s := openShop(t, map[string]http.HandlerFunc{"/": serve})
		p := get(t, newClient(t), s.URL+"/")
		if p.Outcome != stock.Failed || p.Reason.Text != "the answer was cut off" || len(p.Body) != 0 {
			t.Errorf("%s: %s %q with body %q, want an error and no body", name, p.Outcome, p.Reason, p.Body)
		}
	}
}

func TestTooLarge(t *testing.T) {
	const limit = 100_000
	c := newClient(t, func(o *Options) { o.MaxBody = limit })
	for _, encoding := range []string{"", "gzip", "br", "zstd"} {
		for _, n := range []int{limit, limit + 1, 50 * limit} {
			body := bytes.Repeat([]byte("a"), n)
			s := openShop(t, map[string]http.HandlerFunc{"/": encoded(encoding, compress(t, encoding, body), false)})
			p := get(t, c, s.URL+"/")
			switch {
			case n <= limit:
				if wantOutcome(t, p, stock.OK, ""); len(p.Body) != n {
					t.Errorf("%q, %d bytes: got %d", encoding, n, len(p.Body))
				}
			default:
				if wantOutcome(t, p, stock.Failed, "too large: more than 100000 bytes"); p.Body != nil {
					t.Errorf("%q, %d bytes: a cut page of %d bytes is given out", encoding, n, len(p.Body))
				}
			}
		}
	}
}

// A bomb is put out early: what is read and kept stays near the limit, though the
// bomb would be many times larger.
func TestZipBomb(t *testing.T) {
	const limit, size = 1 << 20, 32 << 20
	c := newClient(t, func(o *Options) { o.MaxBody = limit })
	for _, encoding := range []string{"gzip", "br", "zstd"} {
		bomb := compress(t, encoding, make([]byte, size))
		s := openShop(t, map[string]http.HandlerFunc{"/": encoded(encoding, bomb, true)})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		p := get(t, c, s.URL+"/")
		runtime.ReadMemStats(&after)
		wantOutcome(t, p, stock.Failed, "too large: more than 1048576 bytes")
		if got := after.TotalAlloc - before.TotalAlloc; got > size*3/4 { // a zstd window alone may be 8 MiB
			t.Errorf("%s bomb of %d bytes: %d MiB were allocated for a limit of %d", encoding, len(bomb), got>>20, limit>>20)
		}
	}
}

// A body that never decodes to anything cannot be read for ever either.
func TestEndlessEmptyBlocks(t *testing.T) {
	var d decoders
	stored := []byte{0, 0, 0, 0xFF, 0xFF} // an empty stored block, not the last
	raw := append([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}, bytes.Repeat(stored, 100_000)...)
	var to bytes.Buffer
	err := d.read(&to, &http.Response{
		Header: http.Header{"Content-Encoding": {"gzip"}},
		Body:   io.NopCloser(bytes.NewReader(raw)),
	}, 10_000, func(int64) error { return nil })
	if err != errTooLarge || to.Len() != 0 {
		t.Errorf("read = %v with %d bytes, want %v", err, to.Len(), errTooLarge)
	}
}

func TestReadLeavesNetworkErrorsAlone(t *testing.T) {
	var d decoders
	zip := compress(t, "gzip", bytes.Repeat([]byte(page), 100))
	var to bytes.Buffer
	err := d.read(&to, &http.Response{
		Header: http.Header{"Content-Encoding": {"gzip"}},
		Body:   io.NopCloser(io.MultiReader(bytes.NewReader(zip[:20]), failing{context.DeadlineExceeded})),
	}, 10_000, func(int64) error { return nil })
	if err != context.DeadlineExceeded {
		t.Errorf("read = %v, want the connection's own %v", err, context.DeadlineExceeded)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
