package fetch

import (
	"container/list"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	maxValidators     = 32 << 10 // URLs remembered
	maxValidatorBytes = 1 << 10  // an ETag or date longer than this is not worth its place
)

// validator is what to ask with so that an unchanged page is answered by a 304.
type validator struct {
	asked    string // the URL as the caller asks for it
	reached  string // the URL that gave it, after redirects
	etag     string
	modified string
}

// validators remembers the validators of the URLs asked last.
type validators struct {
	mu     sync.Mutex
	byURL  map[string]*list.Element
	recent *list.List // of validator, the most recently used first
	limit  int
}

func newValidators(limit int) *validators {
	return &validators{byURL: make(map[string]*list.Element), recent: list.New(), limit: limit}
}

// ask adds the conditions to a request for the URL reached on behalf of asked,
// and reports whether there were any. A redirect that leads somewhere else than
// last time gets none: a 304 from there would say nothing about the page that
// was read last.
func (v *validators) ask(asked, reached string, header http.Header) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	e, ok := v.byURL[asked]
	if !ok || e.Value.(validator).reached != reached {
		return false
	}
	v.recent.MoveToFront(e)
	known := e.Value.(validator)
	if known.etag != "" {
		header.Set("If-None-Match", withPlainTag(known.etag))
	}
	if known.modified != "" {
		header.Set("If-Modified-Since", known.modified)
	}
	return true
}

// withPlainTag adds to the tag of a packed answer the tag that the page has unpacked.
// Apache's modules hand out "x-gzip" for what they pack, and compare with "x" alone
// what comes back: such a shop would never answer 304.
func withPlainTag(etag string) string {
	tag, ok := strings.CutSuffix(etag, `"`)
	if !ok {
		return etag
	}
	for _, suffix := range []string{"-gzip", "-br", "-zstd", "-deflate", ";gzip", ";br", "--gzip"} {
		if plain, ok := strings.CutSuffix(tag, suffix); ok && plain != `"` && plain != `W/"` {
			return etag + ", " + plain + `"`
		}
	}
	return etag
}

// store keeps the validators of a complete answer, or drops what was known when
// the answer has none.
func (v *validators) store(asked, reached string, answer http.Header) {
	known := validator{asked: asked, reached: reached, etag: answer.Get("ETag"), modified: lastModified(answer)}
	if len(known.etag) > maxValidatorBytes {
		known.etag = ""
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.drop(asked)
	if known.etag == "" && known.modified == "" {
		return
	}
	v.byURL[asked] = v.recent.PushFront(known)
	if v.recent.Len() > v.limit {
		v.drop(v.recent.Back().Value.(validator).asked)
	}
}

func (v *validators) forget(asked string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.drop(asked)
}

func (v *validators) drop(asked string) {
	if e, ok := v.byURL[asked]; ok {
		v.recent.Remove(e)
		delete(v.byURL, asked)
	}
}

// lastModified returns an answer's Last-Modified if it can tell two versions
// apart. It counts in seconds, so a page that was made within the minute before
// the answer may change again under the same date (RFC 9110 section 8.8.2.2).
func lastModified(answer http.Header) string {
	value := answer.Get("Last-Modified")
	modified, err := http.ParseTime(value)
	if err != nil || len(value) > maxValidatorBytes {
		return ""
	}
	date, err := http.ParseTime(answer.Get("Date"))
	if err != nil || date.Sub(modified) < time.Minute {
		return ""
	}
	return value
}
