package fetch

import (
	"bytes"
	"io"
	"math"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// benchPage is a page of about 150 KB with the shares of script and text that
// shops' pages have.
func benchPage() string {
	return "<html><head><title>本体</title></head><body>" +
		strings.Repeat("<script>var a={\"x\":[1,2,3],\"y\":\"function\"};window.push(a)</script>\n<div class=\"tile\"><a href=\"/item/12345/\">"+page+"</a></div>\n", 600) +
		"</body></html>"
}

func benchShop(b *testing.B, serve http.HandlerFunc) (*Client, stock.Request) {
	b.Helper()
	s := openShop(b, map[string]http.HandlerFunc{"/": serve})
	c := newClient(b, func(o *Options) { o.Every = func(string) time.Duration { return 0 } })
	return c, stock.Request{URL: s.URL + "/"}
}

// BenchmarkCheck304 is the cheapest check there is. The bare variant does the same
// by net/http alone; both include the server's share, which runs in this process.
func BenchmarkCheck304(b *testing.B) {
	item := &versioned{etag: `"1"`, body: "sold out"}
	b.Run("fetch", func(b *testing.B) {
		c, request := benchShop(b, item.ServeHTTP)
		c.Fetch(b.Context(), request)
		b.ReportAllocs()
		for b.Loop() {
			if p := c.Fetch(b.Context(), request); p.Outcome != stock.NotModified {
				b.Fatalf("%s %q", p.Outcome, p.Reason)
			}
		}
	})
	b.Run("bare", func(b *testing.B) {
		_, request := benchShop(b, item.ServeHTTP)
		b.ReportAllocs()
		for b.Loop() {
			r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, request.URL, nil)
			if err != nil {
				b.Fatal(err)
			}
			r.Header.Set("If-None-Match", item.etag)
			answer, err := http.DefaultTransport.RoundTrip(r)
			if err != nil || answer.StatusCode != http.StatusNotModified {
				b.Fatal(answer, err)
			}
			answer.Body.Close()
		}
	})
}

// BenchmarkFetch is a check that gets the whole page. The gunzip variant is its
// floor: reading and decoding the same bytes from memory.
func BenchmarkFetch(b *testing.B) {
	texts := map[string]struct {
		enc         encoding.Encoding
		contentType string
	}{
		"utf-8":     {encoding.Nop, "text/html; charset=utf-8"},
		"euc-jp":    {japanese.EUCJP, "text/html; charset=euc-jp"},
		"shift_jis": {japanese.ShiftJIS, "text/html"},
	}
	for charset, text := range texts {
		body := encode(b, text.enc, benchPage())
		for _, encoding := range []string{"gzip", "br", "zstd", "identity"} {
			raw := compress(b, encoding, body)
			b.Run(charset+"/"+encoding, func(b *testing.B) {
				c, request := benchShop(b, func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", text.contentType)
					w.Header().Set("Content-Encoding", encoding)
					_, _ = w.Write(raw)
				})
				b.SetBytes(int64(len(body)))
				b.ReportAllocs()
				for b.Loop() {
					if p := c.Fetch(b.Context(), request); p.Outcome != stock.OK {
						b.Fatalf("%s %q", p.Outcome, p.Reason)
					}
				}
			})
		}
	}
	b.Run("gunzip", func(b *testing.B) {
		body := []byte(benchPage())
		raw := compress(b, "gzip", body)
		reader, to := new(gzip.Reader), new(bytes.Buffer)
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			to.Reset()
			if err := reader.Reset(bytes.NewReader(raw)); err != nil {
				b.Fatal(err)
			}
			if _, err := io.Copy(to, reader); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	for name, enc := range map[string]encoding.Encoding{"utf-8": encoding.Nop, "euc-jp": japanese.EUCJP, "shift_jis": japanese.ShiftJIS} {
		raw := encode(b, enc, benchPage())
		for how, contentType := range map[string]string{"declared": "text/html; charset=" + name, "undeclared": "text/html"} {
			b.Run(name+"/"+how, func(b *testing.B) {
				b.SetBytes(int64(len(raw)))
				b.ReportAllocs()
				for b.Loop() {
					if _, charset := Decode(raw, contentType); charset != name {
						b.Fatal(charset)
					}
				}
			})
		}
	}
}

// A check's garbage is bounded: of a page about its own size, of a 304 next to
// nothing. The bounds are generous, and include the server's share.
func TestAllocations(t *testing.T) {
	body := []byte(benchPage())
	zip := compress(t, "gzip", body)
	item := &versioned{etag: `"1"`, body: "sold out"}
	s := openShop(t, map[string]http.HandlerFunc{"/page": encoded("gzip", zip, true), "/304": item.ServeHTTP})
	c := newClient(t, func(o *Options) { o.Every = func(string) time.Duration { return 0 } })
	for path, most := range map[string]float64{"/page": 170, "/304": 140} {
		request := stock.Request{URL: s.URL + path}
		c.Fetch(t.Context(), request)
		if got := testing.AllocsPerRun(50, func() { c.Fetch(t.Context(), request) }); got > most {
			t.Errorf("%s: %.0f allocations per check, want at most %.0f", path, got, most)
		} else {
			t.Logf("%s: %.0f allocations per check", path, got)
		}
	}
}

// The memory of a page is used again: a check allocates a small part of it, also where the
// page has another charset.
func TestReleasedMemoryIsUsedAgain(t *testing.T) {
	const checks, most = 50, 40 << 10 // the server's share included
	text := benchPage()
	for name, enc := range map[string]encoding.Encoding{"utf-8": encoding.Nop, "shift_jis": japanese.ShiftJIS} {
		zip := compress(t, "gzip", encode(t, enc, text))
		s := openShop(t, map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset="+name)
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(zip)
		}})
		c := newClient(t, func(o *Options) { o.Every = func(string) time.Duration { return 0 } })
		check := func() {
			p, release := c.Load(t.Context(), stock.Request{URL: s.URL + "/"})
			if string(p.Body) != text || p.Charset != name {
				t.Fatalf("%s: %d bytes in %s (%s), want %d in %s", name, len(p.Body), p.Charset, p.Reason, len(text), name)
			}
			release()
			release()
		}
		least := uint64(math.MaxUint64) // the collector takes some of the memory that is kept
		for range checks {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			check()
			runtime.ReadMemStats(&after)
			least = min(least, after.TotalAlloc-before.TotalAlloc)
		}
		if least > most {
			t.Errorf("%s: each check of a page of %d bytes allocates %d and more, want %d at most of one", name, len(text), least, most)
		}
	}
}
