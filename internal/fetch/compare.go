package fetch

import (
	"bytes"
	"io"
	"net/http"
	"strings"
)

// readCompared reads an answer as it comes, and undoes its encoding only when it is not
// what came last time.
func (t *transport) readCompared(x *exchange, answer *http.Response) error {
	kind, encoding := answer.Header.Get("Content-Type"), encodingOf(answer)
	raw := x.body
	if encoding != "" && encoding != "identity" {
		raw = t.decoders.buffer()
		defer t.decoders.putBack(raw)
	}
	if err := x.fill(raw, answer.Body, answer.ContentLength); err != nil {
		return wrapEncoding(encoding, err)
	}
	address := x.target.url.String()
	x.print.Bytes = t.prints.Bytes(t.prints.About(answer.StatusCode, address, kind, encoding), raw.Bytes())
	if x.same = x.print.Same(x.last); x.same {
		x.print.Seen = x.last.Seen
		return nil
	}
	if raw != x.body {
		answer.Body, answer.ContentLength = received{bytes.NewReader(raw.Bytes())}, int64(raw.Len())
		if err := t.decode(x, answer); err != nil {
			return err
		}
	}
	if strings.Contains(strings.ToLower(kind), "html") || kind == "" {
		x.print.Seen = t.prints.Seen(t.prints.About(answer.StatusCode, address, kind), x.body.Bytes(), x.scripts)
		x.same = x.print.Same(x.last)
	}
	return nil
}

// received is a body that has been read as far as it may be.
type received struct{ *bytes.Reader }

// Close does nothing.
func (received) Close() error { return nil }

// fill reads all of from, which is likely to have size bytes, -1 when nobody knows.
func (x *exchange) fill(to *bytes.Buffer, from io.Reader, size int64) error {
	room := max(int64(to.Cap()), min(size, x.limit)+bytes.MinRead)
	if err := x.room(room); err != nil {
		return err
	}
	to.Grow(int(room))
	var refused error
	err := fill(to, &capped{from: from, left: x.limit}, func(n int64) error {
		refused = x.room(n)
		return refused
	})
	if refused != nil {
		return refused
	}
	return err
}

func encodingOf(answer *http.Response) string {
	return strings.ToLower(strings.TrimSpace(answer.Header.Get("Content-Encoding")))
}
