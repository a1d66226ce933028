package fetch

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/fingerprint"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// exchangeHeader tells the transport which exchange a request of colly's belongs
// to. It never leaves the transport.
const exchangeHeader = "Sainyuka-Exchange"

// maxDrain is how much of an answer that nobody wants is read so that its
// connection can be used again.
const maxDrain = 64 << 10

// errTimeout is the cause of the end of a request's context.
var errTimeout = errors.New("timeout")

// exchange is one request and its answer. It is handed to colly in a
// colly.Context and to the transport by an id, because colly has one
// context.Context for all requests of a collector and reads bodies into memory
// of its own.
type exchange struct {
	ctx     context.Context
	target  target
	asks    http.Header // what is sent; set by send
	limit   int64
	gap     time.Duration // the rest that the host gets before an attempt that is not the first
	share   *share        // of the memory for bodies
	watch   *stopwatch    // ends ctx; set by send
	scripts []string      // see stock.Request.Scripts
	last    stock.Print   // see stock.Request.Last
	compare bool          // the answer is to have a print

	attempts  atomic.Int32
	firstByte atomic.Pointer[clock.Instant] // set by a goroutine of net/http, which may outlive the request

	// What came, set before colly returns.
	status  int
	header  http.Header
	body    *bytes.Buffer // decoded, not yet UTF-8; pooled
	bodyErr error         // why body is not complete
	print   stock.Print
	same    bool  // as last: there is no body
	err     error // why there is no answer
}

// seen returns a moment at which the server had seen the request: when its
// answer began, or now.
func (x *exchange) seen() clock.Instant {
	if at := x.firstByte.Load(); at != nil {
		return *at
	}
	return clock.Now()
}

// trace watches one request inside net/http. net/http repeats a request by
// itself when a kept connection turns out to be dead; the server may have seen
// the first attempt, so that the second waits as any other request does.
func (x *exchange) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) {
			if x.attempts.Add(1) > 1 {
				clock.Sleep(x.ctx, x.gap) // net/http sees for itself that the context has ended
			}
		},
		GotFirstResponseByte: func() {
			now := clock.Now()
			x.firstByte.Store(&now)
		},
	}
}

// transport is the collector's http.RoundTripper. It sends exactly what the
// exchange says, reads and decodes the answer into the exchange, and hands
// colly an answer with the same status and header but no body, so that nothing
// is copied, cut, decoded again or converted.
type transport struct {
	base     *http.Transport
	decoders decoders
	prints   fingerprint.Hasher

	mu        sync.Mutex
	exchanges uint64               // so far
	waiting   map[string]*exchange // under way, by their ids
}

// newTransport returns a transport that keeps its connections: with the limit of
// net/http's default one, a hundred hosts asked in turn would all be connected
// to anew each time.
func newTransport(guard Guard, timeout time.Duration) *transport {
	base := guard.transport(timeout)
	base.MaxIdleConns = 0 // no limit but that of the files
	base.IdleConnTimeout = 15 * time.Minute
	base.ResponseHeaderTimeout = 0 // the exchange's context bounds all of it, and says so in its own words
	base.DisableCompression = true
	base.ReadBufferSize, base.WriteBufferSize = 4<<10, 1<<10 // each of many idle connections has both; bodies are read past it
	base.TLSClientConfig.ClientSessionCache = tls.NewLRUClientSessionCache(1024)
	return &transport{base: base, prints: fingerprint.New(), waiting: map[string]*exchange{}}
}

// proxyIdle is how many connections to a proxy are kept.
const proxyIdle = 128

// useProxy sends everything through a proxy.
func (t *transport) useProxy(proxy *url.URL) {
	t.base.Proxy = http.ProxyURL(proxy)
	t.base.MaxIdleConnsPerHost = proxyIdle // all plain shops are one host to net/http: the proxy
	t.base.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
		if answer.StatusCode != http.StatusOK {
			return stock.Because(stock.ReasonProxyRefuses, statusLine(answer.StatusCode)).Err()
		}
		return nil
	}
}

// register makes x known to the transport until it is dropped.
func (t *transport) register(x *exchange) (exchangeID string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.exchanges++
	exchangeID = strconv.FormatUint(t.exchanges, 36)
	t.waiting[exchangeID] = x
	return exchangeID
}

func (t *transport) drop(exchangeID string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.waiting, exchangeID)
}

// registered returns the exchange of an id; nil when there is none.
func (t *transport) registered(exchangeID string) *exchange {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.waiting[exchangeID]
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	x := t.registered(req.Header.Get(exchangeHeader))
	if x == nil {
		return nil, errors.New("request without the id of an exchange")
	}
	// The URL and the header are those that were checked, none of colly's.
	out := req.WithContext(httptrace.WithClientTrace(x.ctx, x.trace()))
	out.URL, out.Host, out.Header = x.target.url, "", x.asks
	answer, err := t.base.RoundTrip(out)
	if err != nil {
		x.err = ended(x.ctx, err)
		return nil, x.err
	}
	defer answer.Body.Close()
	x.bodyErr = ended(x.ctx, t.readBody(x, answer))
	if to := answer.Header.Get("Location"); to != "" && !x.target.leads(to) {
		answer.Header.Del("Location") // http.Client would fail over it, and repeat it with all that it holds
	}
	return &http.Response{
		Status: answer.Status, StatusCode: answer.StatusCode, Header: answer.Header,
		Proto: answer.Proto, ProtoMajor: answer.ProtoMajor, ProtoMinor: answer.ProtoMinor,
		Body: http.NoBody, Request: req,
		Uncompressed: true, // else colly would try to gunzip by header or by file name
	}, nil
}

// ended returns why ctx has ended in place of what net/http says about it.
func ended(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

func (t *transport) readBody(x *exchange, answer *http.Response) error {
	x.body = new(bytes.Buffer)
	if isRedirect(answer.StatusCode) || answer.StatusCode == http.StatusNotModified {
		drain(answer.Body)
		return nil
	}
	if x.compare && answer.StatusCode == http.StatusOK {
		return t.readCompared(x, answer)
	}
	if err := t.decode(x, answer); err != nil {
		return err
	}
	drain(answer.Body) // behind the end of the encoded stream
	return nil
}

// decode reads an answer's body and undoes its encoding.
func (t *transport) decode(x *exchange, answer *http.Response) error {
	_, room := sizeClass(expected(answer, x.limit))
	if err := x.room(room); err != nil {
		return err
	}
	x.body = t.decoders.buffers.get(room)
	return t.decoders.read(x.body, answer, x.limit, x.room)
}

func drain(body io.Reader) {
	if body == http.NoBody {
		return
	}
	_, _ = io.CopyN(io.Discard, body, maxDrain) // without it the connection is lost, nothing else
}

// room waits until n more bytes may be read. The request's time stands still
// meanwhile.
func (x *exchange) room(n int64) error { return x.share.take(x.ctx, n, x.watch.hold) }

// text returns the body of an exchange as UTF-8. Its memory is that of the exchange's body
// then, which is another one where the page had another charset.
func (t *transport) text(x *exchange) (text []byte, charset string) {
	pooled := &t.decoders.buffers
	text, charset = decode(x.body.Bytes(), x.header.Get("Content-Type"), func(n int64) []byte { return pooled.get(n).Bytes() })
	if charset != utf8Charset.name {
		t.release(&x.body)
		x.body = bytes.NewBuffer(text)
	}
	return text, charset
}

// release gives a buffer back that a body is in. Nothing may hold on to its bytes.
func (t *transport) release(body **bytes.Buffer) {
	if *body != nil {
		t.decoders.buffers.put(*body)
		*body = nil
	}
}
