// Package webpush sends alerts to browsers, by Web Push: each message encrypted
// for one browser (RFC 8291), handed to the push service of that browser's maker,
// and signed with a key of our own (VAPID, RFC 8292) that is made once and kept.
//
// It also keeps the book of who has subscribed. It does not talk to browsers: the
// dashboard brings subscriptions, and its service worker shows what arrives.
//
// An endpoint is as good as a password for whoever wants to send there, so no
// error names one.
package webpush

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	push "github.com/SherClockHolmes/webpush-go"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Sender sends to the subscribers of one configured channel.
type Sender struct {
	contact string
	keys    Keys
	client  *http.Client
	tokens  *tokens
}

// NewSender returns a Sender. Contact tells a push service whom to write to when
// something is wrong with what we send: a mail address or an https URL.
func NewSender(contact string, keys Keys, client *http.Client) *Sender {
	return &Sender{contact: contact, keys: keys, client: client, tokens: newTokens()}
}

// To returns the channel of one subscriber. Gone is called when the push service
// says that the subscription is no more.
func (s *Sender) To(sub Subscription, gone func(context.Context)) channel.Channel {
	return &sender{Sender: s, to: sub, gone: gone}
}

type sender struct {
	*Sender
	to   Subscription
	gone func(context.Context)
}

// Send pushes m. The notification rings, and takes the place of an older one of
// the same product.
func (c *sender) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	return c.push(ctx, m, !m.Silent)
}

// Replace pushes m in the place of an earlier one without ringing. Which one that
// is the browser knows by the product.
func (c *sender) Replace(ctx context.Context, _ string, m channel.Message) (channel.Receipt, error) {
	return c.push(ctx, m, false)
}

func (c *sender) push(ctx context.Context, m channel.Message, ring bool) (channel.Receipt, error) {
	body, err := encode(m, ring)
	if err != nil {
		return channel.Receipt{}, &channel.SendError{Class: channel.BadMessage, Err: err}
	}
	exchange := &exchange{sender: c.Sender}
	resp, err := push.SendNotificationWithContext(ctx, body, &push.Subscription{
		Endpoint: c.to.Endpoint, Keys: push.Keys{Auth: c.to.Keys.Auth, P256dh: c.to.Keys.P256dh},
	}, &push.Options{
		HTTPClient: exchange, RecordSize: recordSize(len(body)), Subscriber: c.contact, Topic: topic(m.Letter),
		TTL: ttl(m.Letter, time.Now()), Urgency: urgency(m), VAPIDPublicKey: c.keys.Public, VAPIDPrivateKey: c.keys.Private,
	})
	if err != nil {
		return channel.Receipt{}, beforeSending(err)
	}
	_ = resp.Body.Close()
	if err := verdict(exchange.answer); err != nil {
		if err.Class == channel.RecipientGone && c.gone != nil {
			c.gone(ctx)
		}
		return channel.Receipt{}, err
	}
	return channel.Receipt{ProviderID: messageID(exchange.answer)}, nil
}

// exchange is the one request that a push makes. The library would drop the
// Retry-After and follow redirects.
type exchange struct {
	sender *Sender
	answer channel.Answer
}

// Do implements the library's HTTPClient.
func (e *exchange) Do(req *http.Request) (*http.Response, error) {
	origin := req.URL.Scheme + "://" + req.URL.Host
	req.Header.Set("Authorization", e.sender.tokens.use(origin, req.Header.Get("Authorization"), time.Now()))
	var err error
	if e.answer, err = channel.Do(e.sender.client, req); err != nil {
		return nil, err
	}
	if s := e.answer.Status; s == http.StatusUnauthorized || s == http.StatusForbidden {
		e.sender.tokens.forget(origin)
	}
	return &http.Response{StatusCode: e.answer.Status, Header: e.answer.Header, Body: http.NoBody}, nil
}

// beforeSending judges an error that came without an answer: the connection's, or
// the library's before there was one.
func beforeSending(err error) *channel.SendError {
	if e, ok := errors.AsType[*channel.SendError](err); ok {
		return e
	}
	if errors.Is(err, push.ErrMaxPadExceeded) {
		return &channel.SendError{Class: channel.BadMessage, Err: err}
	}
	return &channel.SendError{Class: channel.BadRecipient, Err: errors.New("the subscription's address or keys are not valid")}
}

// statusThrottled is how one push service (Edge's) says that it is too much.
const statusThrottled = http.StatusNotAcceptable

// verdict says what became of the message. A push service creates it (201), and
// answers 404 or 410 where the subscription has ended: RFC 8030, sections 5 and 7.3.
func verdict(a channel.Answer) *channel.SendError {
	e := a.Failure()
	switch {
	case e == nil && a.Status != http.StatusCreated:
		return a.Unrecognised("a push service")
	case e == nil:
		return nil
	case e.Status == statusThrottled:
		e.Class = channel.RateLimited
	case e.Status == http.StatusNotFound, e.Status == http.StatusGone:
		e.Class = channel.RecipientGone
	}
	return e
}

// messageID returns the last word of the address that the push service gave the
// message.
func messageID(a channel.Answer) string {
	where := a.Header.Get("Location")
	return channel.CutBytes(where[strings.LastIndexByte(where, '/')+1:], 64)
}

// topic names what a message is about, so that of several that wait for a browser
// that is off only the newest is kept: an old one says what is no longer so.
func topic(l stock.Letter) string {
	about := "p:" + l.Alert.Product.ID
	if l.Alert.Product.ID == "" {
		about = "e:" + l.Event
	}
	sum := sha256.Sum256([]byte(about))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:32] // the longest that may be
}

// maxTTL is how long a push service keeps a message for a browser that is off. A
// restock of half an hour ago is no news.
const maxTTL = 30 * time.Minute

func ttl(l stock.Letter, now time.Time) int {
	return int(max(0, min(maxTTL, l.NotAfter.Sub(now))) / time.Second)
}

// urgency says whether a sleeping phone is to be woken.
func urgency(m channel.Message) push.Urgency {
	if m.Silent || m.Priority < 4 {
		return push.UrgencyNormal
	}
	return push.UrgencyHigh
}
