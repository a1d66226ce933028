package chrome

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/target"
	"github.com/coder/websocket"
)

// backlog is how many events of one method wait for their reader. When it is
// full, nothing more is read from the browser until the reader has caught up.
const backlog = 256

// conn is one connection to a browser and speaks to the browser itself; session
// returns the way to one of its pages. It is safe for concurrent use.
type conn struct {
	socket  *websocket.Conn
	closing func()          // closes closed
	closed  <-chan struct{} // closed when Close was called
	done    chan struct{}   // closed when nothing is read any more

	mu      sync.Mutex
	err     error // why done is closed
	lastID  int64
	pending map[int64]chan<- message
	readers map[subject]*subscription
}

// message is everything that is sent either way.
type message struct {
	ID        int64            `json:"id,omitzero"`
	SessionID target.SessionID `json:"sessionId,omitzero"`
	Method    string           `json:"method,omitzero"`
	Params    jsonv2.Value     `json:"params,omitzero"`
	Result    jsonv2.Value     `json:"result,omitzero"`
	Error     *refusal         `json:"error,omitzero"`
}

// refusal is the browser's answer to a command that it did not carry out.
type refusal struct {
	Message string `json:"message"`
}

// subject is one kind of event of one session.
type subject struct {
	session target.SessionID
	method  string
}

// subscription is a reader's queue.
type subscription struct {
	events chan jsonv2.Value
	gone   chan struct{} // closed when nobody reads any more
}

// dial connects to a browser. A message of more than limit bytes ends the
// connection. The caller closes it.
func dial(ctx context.Context, e Endpoint, client *http.Client, limit int64) (*conn, error) {
	url, err := e.socket(ctx, client)
	if err != nil {
		return nil, err
	}
	socket, answer, err := websocket.Dial(ctx, url, &websocket.DialOptions{HTTPClient: client})
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case answer != nil:
		return nil, fmt.Errorf("open the WebSocket: status %d", answer.StatusCode)
	default:
		return nil, fmt.Errorf("open the WebSocket: %w", plain(err))
	}
	socket.SetReadLimit(limit)
	closed := make(chan struct{})
	c := &conn{
		socket: socket, closing: sync.OnceFunc(func() { close(closed) }), closed: closed, done: make(chan struct{}),
		pending: make(map[int64]chan<- message), readers: make(map[subject]*subscription),
	}
	go c.read()
	return c, nil
}

// close ends the connection and waits until nothing is read any more. The browser
// drops all that was opened over it with disposeOnDetach.
func (c *conn) close() {
	c.closing()
	_ = c.socket.CloseNow() // whatever it says, the connection is gone
	<-c.done
}

// Call carries out a command of the browser itself.
func (c *conn) Call(ctx context.Context, method string, params, result any) error {
	return c.call(ctx, "", method, params, result)
}

// Subscribe returns the browser's own events of one method. There may be one
// reader for each method.
func (c *conn) Subscribe(method string) (<-chan jsonv2.Value, func()) {
	return c.subscribe(subject{"", method})
}

// session returns the way to one page that the browser has attached.
func (c *conn) session(id target.SessionID) *session { return &session{c, id} }

// session speaks to one page of a browser. It is safe for concurrent use.
type session struct {
	conn *conn
	id   target.SessionID
}

// Call carries out a command of the page.
func (s *session) Call(ctx context.Context, method string, params, result any) error {
	return s.conn.call(ctx, s.id, method, params, result)
}

// Subscribe returns the page's events of one method. There may be one reader for
// each method.
func (s *session) Subscribe(method string) (<-chan jsonv2.Value, func()) {
	return s.conn.subscribe(subject{s.id, method})
}

// post sends a command and does not wait for its answer, so that a reader of
// events can use it without ever waiting for the reader of answers.
func (s *session) post(ctx context.Context, method string, params any) error {
	return s.conn.write(ctx, message{ID: s.conn.nextID(nil), SessionID: s.id, Method: method}, params)
}

var (
	_ cdp.Session = (*conn)(nil)
	_ cdp.Session = (*session)(nil)
)

func (c *conn) call(ctx context.Context, session target.SessionID, method string, params, result any) error {
	answers := make(chan message, 1)
	id := c.nextID(answers)
	defer c.drop(id)
	if err := c.write(ctx, message{ID: id, SessionID: session, Method: method}, params); err != nil {
		return err
	}
	select {
	case m := <-answers:
		if m.Error != nil {
			return fmt.Errorf("%s: the browser says %q", method, m.Error.Message)
		}
		return decode(method, m.Result, result)
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-c.done:
		return c.why()
	}
}

func decode(method string, raw jsonv2.Value, into any) error {
	if len(raw) == 0 || into == nil {
		return nil
	}
	if err := jsonv2.Unmarshal(raw, into, jsonv2.AllowInvalidUTF8(true)); err != nil {
		return fmt.Errorf("%s: the browser's answer does not parse: %w", method, err)
	}
	return nil
}

// write sends one command. A context that ends meanwhile ends the connection,
// since a message may have been cut in two; one that has ended sends nothing.
func (c *conn) write(ctx context.Context, m message, params any) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var err error
	if m.Params, err = jsonv2.Marshal(params, jsonv2.AllowInvalidUTF8(true)); err != nil {
		return fmt.Errorf("%s: encode: %w", m.Method, err)
	}
	raw, err := jsonv2.Marshal(m, jsonv2.AllowInvalidUTF8(true))
	if err != nil {
		return fmt.Errorf("%s: encode: %w", m.Method, err)
	}
	switch err := c.socket.Write(ctx, websocket.MessageText, raw); {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	default:
		return fmt.Errorf("%s: %w", m.Method, errClosed)
	}
}

// nextID numbers a command. Its answer goes to answers unless that is nil.
func (c *conn) nextID(answers chan<- message) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lastID++
	if answers != nil {
		c.pending[c.lastID] = answers
	}
	return c.lastID
}

func (c *conn) drop(id int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.pending, id)
}

func (c *conn) why() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

func (c *conn) subscribe(s subject) (<-chan jsonv2.Value, func()) {
	sub := &subscription{events: make(chan jsonv2.Value, backlog), gone: make(chan struct{})}
	c.mu.Lock()
	c.readers[s] = sub
	c.mu.Unlock()
	return sub.events, sync.OnceFunc(func() {
		c.mu.Lock()
		delete(c.readers, s)
		c.mu.Unlock()
		close(sub.gone)
	})
}
