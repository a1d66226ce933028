package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// minGzip is the length from which an answer is worth compressing.
const minGzip = 1 << 10

// compressors are kept, since each has a large table.
var compressors = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// write sends an answer. One that can be shown again has a tag, so that a browser
// that has it is told no more than that it still holds.
func (a reply) write(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if a.contentType != "" {
		h.Set("Content-Type", a.contentType)
	}
	h.Set("Cache-Control", "no-store")
	if a.status == http.StatusOK && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		h.Set("Cache-Control", "private, no-cache")
		sum := sha256.Sum256(a.body)
		h.Set("ETag", `W/"`+hex.EncodeToString(sum[:12])+`"`)
	}
	for k, v := range a.header {
		h.Set(k, v)
	}
	if tag := h.Get("ETag"); tag != "" && strings.Contains(r.Header.Get("If-None-Match"), tag) {
		h.Del("Content-Type")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := a.body
	if compressible(a.contentType) && len(body) >= minGzip {
		h.Add("Vary", "Accept-Encoding")
		if acceptsGzip(r) {
			body = compress(body)
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(a.status)
	w.Write(body) // a client that has left is not our concern
}

func compressible(contentType string) bool {
	for _, kind := range []string{"text/", "application/json", "application/manifest", "application/atom", "application/x-ndjson", "image/svg"} {
		if strings.HasPrefix(contentType, kind) {
			return true
		}
	}
	return false
}

func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == "gzip" && strings.TrimSpace(weight) != "q=0" {
			return true
		}
	}
	return false
}

func compress(body []byte) []byte {
	var b bytes.Buffer
	z := compressors.Get().(*gzip.Writer) //nolint:errcheck // nothing else is put there
	defer compressors.Put(z)
	z.Reset(&b)
	z.Write(body) // to memory: neither fails
	z.Close()
	return b.Bytes()
}
