package fakeshop

import (
	"cmp"
	"compress/gzip"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
)

// answer is what is said to one request, before it is compressed.
type answer struct {
	status      int // 0: no answer at all
	contentType string
	header      map[string]string
	body        []byte
	etag        string // "": it has none
	pad         int64  // blanks to write after the body
	cut         bool
}

func plain(s string) answer { return text(http.StatusOK, s) }

func text(status int, s string) answer {
	return answer{status: status, contentType: "text/plain; charset=utf-8", body: []byte(s)}
}

func htmlPage(status int, name string, v view) answer {
	return answer{status: status, contentType: "text/html; charset=utf-8", body: render(name, v)}
}

// itemPage is the page of an item, in the bytes and the charset of its shop.
func itemPage(key string, it Item) answer {
	v := newView(key, it)
	a := htmlPage(http.StatusOK, v.template(), v)
	if v.Layout == Rakuten {
		a.contentType = "text/html;charset=EUC-JP"
		a.body = eucJP(a.body)
	}
	if it.Validators {
		a.etag = etag(a.body)
	}
	return a
}

// eucJP encodes a page; what EUC-JP lacks becomes a character reference, as it
// does in the pages of real shops.
func eucJP(utf8 []byte) []byte {
	b, err := encoding.HTMLEscapeUnsupported(japanese.EUCJP.NewEncoder()).Bytes(utf8)
	if err != nil {
		return []byte(err.Error()) // the encoder above has an answer for every character
	}
	return b
}

// answer is what the fault makes of the page of an item.
func (f Fault) answer(key string, it Item) answer {
	var a answer
	switch {
	case f.hang:
		return answer{}
	case f.page != "":
		a = htmlPage(http.StatusOK, f.page, newView(key, it))
	case f.cut:
		a = itemPage(key, it)
		a.cut = true
	case f.size > 0:
		a = htmlPage(http.StatusOK, "shell", newView(key, it))
		a.pad = f.size
	default:
		a = answer{contentType: "text/html; charset=utf-8", body: []byte(f.body)}
	}
	a.status, a.header = cmp.Or(f.status, http.StatusOK), f.header
	return a
}

// unlessMatching is the answer to a request that holds the validator.
func (a answer) unlessMatching(validator string) answer {
	if a.etag != "" && strings.Contains(validator, a.etag) {
		return answer{status: http.StatusNotModified, contentType: a.contentType, etag: a.etag}
	}
	return a
}

func send(w http.ResponseWriter, r *http.Request, a answer) {
	h := w.Header()
	h.Set("Content-Type", a.contentType)
	h.Set("Vary", "Accept-Encoding")
	for k, v := range a.header {
		h.Set(k, v)
	}
	if a.etag != "" {
		h.Set("ETag", a.etag)
	}
	if a.cut {
		h.Set("Content-Length", strconv.Itoa(len(a.body)))
		w.WriteHeader(a.status)
		w.Write(a.body[:len(a.body)/2]) // the server breaks the connection of an answer that is too short
		return
	}
	sendBody(w, r, a)
}

// zstdWriters are kept, since a new one takes megabytes.
var zstdWriters = sync.Pool{New: func() any {
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		panic(err) // only wrong options are an error
	}
	return z
}}

// sendBody writes the body in the client's preferred encoding of those that we
// know. A client that leaves meanwhile is not our concern.
func sendBody(w http.ResponseWriter, r *http.Request, a answer) {
	out, finish := io.Writer(w), func() error { return nil }
	accepted := r.Header.Get("Accept-Encoding")
	switch {
	case len(a.body) == 0:
	case strings.Contains(accepted, "zstd"):
		w.Header().Set("Content-Encoding", "zstd")
		z := zstdWriters.Get().(*zstd.Encoder)
		defer zstdWriters.Put(z)
		z.Reset(w)
		out, finish = z, z.Close
	case strings.Contains(accepted, "gzip"):
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		out, finish = z, z.Close
	}
	w.WriteHeader(a.status)
	if _, err := out.Write(a.body); err == nil && a.pad > 0 {
		io.Copy(out, io.LimitReader(blanks{}, a.pad))
	}
	finish()
}

// blanks is an endless blank page.
type blanks struct{}

func (blanks) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// etag is the same for the same bytes.
func etag(body []byte) string {
	h := fnv.New64a()
	h.Write(body)
	return fmt.Sprintf(`"%016x"`, h.Sum64())
}
