package chrome

import (
	"context"
	"errors"
	"fmt"

	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/coder/websocket"
)

// read hands out what the browser sends until the connection ends.
func (c *conn) read() {
	defer close(c.done)
	for {
		m, err := c.next()
		if err != nil {
			c.mu.Lock()
			c.err = err
			c.mu.Unlock()
			_ = c.socket.CloseNow()
			return
		}
		if m.ID != 0 {
			c.answer(m)
		} else {
			c.publish(m)
		}
	}
}

// next reads one message. It waits as long as the connection stands: who waits
// for an answer has a deadline of his own.
func (c *conn) next() (m message, err error) {
	_, raw, err := c.socket.Read(context.Background())
	switch {
	case errors.Is(err, websocket.ErrMessageTooBig):
		return m, fmt.Errorf("%w: it sent more than we are willing to read", errClosed)
	case err != nil:
		return m, errClosed
	}
	if err := jsonv2.Unmarshal(raw, &m, jsonv2.AllowInvalidUTF8(true)); err != nil {
		return m, fmt.Errorf("%w: it sent what is no message", errClosed)
	}
	return m, nil
}

func (c *conn) answer(m message) {
	c.mu.Lock()
	answers := c.pending[m.ID]
	delete(c.pending, m.ID)
	c.mu.Unlock()
	if answers != nil {
		answers <- m // has room: every id is answered once
	}
}

func (c *conn) publish(m message) {
	c.mu.Lock()
	sub := c.readers[subject{m.SessionID, m.Method}]
	c.mu.Unlock()
	if sub == nil {
		return
	}
	select {
	case sub.events <- m.Params:
	case <-sub.gone:
	case <-c.closed:
	}
}
