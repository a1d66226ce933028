// Package webpush sends alerts to browsers, by Web Push: each message encrypted
// for one browser (RFC 8291), handed to the push service of that browser's maker,
// and signed with a key of our own (VAPID, RFC 8292) that is made once and kept.
//
// It also keeps the book of who has subscribed. It does not talk to browsers: the
// dashboard brings subscriptions, and its service worker shows what arrives.
//
// An endpoint is like a password: anyone who has it can send there, so no
// error names one.
package webpush

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/clock"
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
	answer, err := c.post(ctx, body, m)
	if err != nil {
		return channel.Receipt{}, err
	}
	if err := verdict(answer); err != nil {
		if err.Class == channel.RecipientGone && c.gone != nil {
			c.gone(ctx)
		}
		return channel.Receipt{}, err
	}
	return channel.Receipt{ProviderID: messageID(answer)}, nil
}

// post encrypts the body and hands it to the push service.
func (c *sender) post(ctx context.Context, body []byte, m channel.Message) (channel.Answer, error) {
	invalid := &channel.SendError{Class: channel.BadRecipient, Err: errors.New("the subscription's address or keys are not valid")}
	sealed, err := sealFor(c.to.Keys, body, recordSize(len(body)))
	if err != nil {
		return channel.Answer{}, invalid
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.to.Endpoint, bytes.NewReader(sealed))
	if err != nil {
		return channel.Answer{}, invalid
	}
	now := clock.Wall()
	origin := req.URL.Scheme + "://" + req.URL.Host
	token, err := c.tokens.use(origin, now, c.sign)
	if err != nil {
		return channel.Answer{}, &channel.SendError{Class: channel.BadMessage, Err: fmt.Errorf("sign the push message: %w", err)}
	}
	for name, value := range map[string]string{
		"Authorization": token, "Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream",
		"TTL": strconv.Itoa(ttl(m.Letter, now)), "Topic": topic(m.Letter), "Urgency": urgency(m),
	} {
		req.Header.Set(name, value)
	}
	answer, err := channel.Do(c.client, req)
	if err == nil && (answer.Status == http.StatusUnauthorized || answer.Status == http.StatusForbidden) {
		c.tokens.forget(origin)
	}
	return answer, err
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
func urgency(m channel.Message) string {
	if m.Silent || m.Priority < 4 {
		return "normal"
	}
	return "high"
}
