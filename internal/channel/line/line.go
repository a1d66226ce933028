// Package line sends alerts as push messages of a LINE Official Account (Messaging
// API). It sends; it does not read the webhook, and so learns of nobody's id.
package line

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// DefaultURL is where the API is.
const DefaultURL = "https://api.line.me"

// Config says who sends to whom.
type Config struct {
	URL   string // of the API; "": DefaultURL
	Token string // channel access token
	To    string // id of a user (U..), group (C..) or room (R..)
}

type sender struct {
	config Config
	client *http.Client
}

// New returns the channel.
func New(c Config, client *http.Client) channel.Channel {
	c.URL = strings.TrimRight(cmp.Or(c.URL, DefaultURL), "/")
	return &sender{c, client}
}

// push is the body of a push.
type push struct {
	To       string    `json:"to"`
	Messages []message `json:"messages"`
	Silent   bool      `json:"notificationDisabled"`
}

// Send pushes m. The retry key makes a repetition harmless: what LINE has
// accepted once it delivers no second time.
func (c *sender) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	body := push{To: c.config.To, Messages: []message{compose(m)}, Silent: m.Silent || m.Priority <= 2}
	req, err := channel.NewJSON(ctx, http.MethodPost, c.config.URL+"/v2/bot/message/push", body)
	if err != nil {
		return channel.Receipt{}, err
	}
	req.Header.Set("Authorization", "Bearer "+c.config.Token)
	req.Header.Set("X-Line-Retry-Key", retryKey(m.Letter))
	answer, err := channel.Do(c.client, req)
	if err != nil {
		return channel.Receipt{}, err
	}
	return c.judge(answer)
}

// retryKey is a UUID that a letter has on every attempt, and no other letter has.
// The epoch is a part of it: without, a letter of a new stream might be taken for
// one of an old stream's.
func retryKey(l stock.Letter) string {
	h := sha256.Sum256([]byte(l.Epoch + "\n" + l.ID()))
	h[6], h[8] = h[6]&0x0f|0x50, h[8]&0x3f|0x80 // version: from a name; variant: RFC 9562
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// judge says what became of the message.
func (c *sender) judge(a channel.Answer) (channel.Receipt, error) {
	var said struct {
		Message string `json:"message"`
		Sent    []struct {
			ID string `json:"id"`
		} `json:"sentMessages"`
	}
	readable := json.Unmarshal(a.Body, &said) == nil
	id := a.Header.Get("X-Line-Request-Id")
	if len(said.Sent) > 0 && said.Sent[0].ID != "" {
		id = said.Sent[0].ID
	}
	e := a.Failure()
	switch {
	case e == nil && (!readable || id == ""):
		return channel.Receipt{}, a.Unrecognised("LINE")
	case e == nil:
		return channel.Receipt{ProviderID: id}, nil
	case e.Status == http.StatusConflict && a.Header.Get("X-Line-Accepted-Request-Id") != "": // accepted at an earlier attempt
		return channel.Receipt{ProviderID: cmp.Or(a.Header.Get("X-Line-Accepted-Request-Id"), id)}, nil
	case e.Status == http.StatusTooManyRequests && strings.Contains(said.Message, "monthly limit"):
		e.Class, e.Scope, e.RetryAfter = channel.QuotaExhausted, channel.ScopeAccount, 0
	case e.Status == http.StatusTooManyRequests:
		e.Scope = channel.ScopeAccount
	case e.Status == http.StatusBadRequest && strings.Contains(said.Message, "'to'"),
		e.Status == http.StatusBadRequest && strings.Contains(said.Message, "Failed to send messages"):
		e.Class = channel.BadRecipient
	}
	if quote := channel.Quote(said.Message, c.config.Token, c.config.To); quote != nil {
		e.Err = quote
	}
	return channel.Receipt{}, e
}
