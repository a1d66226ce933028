package fetch

import (
	"bytes"
	"net/http"
	"strings"
)

// readCompared reads an answer as it comes, and undoes its encoding only when it is not
// what came last time.
func (t *transport) readCompared(x *exchange, answer *http.Response) error {
	kind, encoding := answer.Header.Get("Content-Type"), encodingOf(answer)
	plain := encoding == "" || encoding == "identity"
	raw, err := t.receive(x, answer)
	if plain {
		x.body = raw
	} else {
		defer t.decoders.buffers.put(raw)
	}
	if err != nil {
		return wrapEncoding(encoding, err)
	}
	address := x.target.text
	x.print.Bytes = t.prints.Bytes(t.prints.About(answer.StatusCode, address, kind, encoding), raw.Bytes())
	if x.same = x.print.Same(x.last); x.same {
		x.print.Seen = x.last.Seen
		return nil
	}
	if !plain {
		answer.Body, answer.ContentLength = received{bytes.NewReader(raw.Bytes()), raw.Bytes()}, int64(raw.Len())
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
type received struct {
	*bytes.Reader
	bytes []byte
}

// Close does nothing.
func (received) Close() error { return nil }

// receive reads all of an answer as it comes. The buffer is never nil.
func (t *transport) receive(x *exchange, answer *http.Response) (*bytes.Buffer, error) {
	_, room := sizeClass(min(answer.ContentLength, x.limit) + 1)
	if err := x.room(room); err != nil {
		return new(bytes.Buffer), err
	}
	raw := t.decoders.buffers.get(room)
	var refused error
	err := fill(raw, &capped{from: answer.Body, left: x.limit}, func(n int64) error {
		refused = x.room(n)
		return refused
	})
	if refused != nil { // that has nothing to do with the answer
		err = refused
	}
	return raw, err
}

func encodingOf(answer *http.Response) string {
	return strings.ToLower(strings.TrimSpace(answer.Header.Get("Content-Encoding")))
}
