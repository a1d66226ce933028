// Package discord posts alerts through a webhook of a Discord channel. A webhook
// that belongs to no application may have no buttons, so the links stand in the
// text; and nobody is ever mentioned.
//
// The webhook's URL is as good as a password, so no error names it.
package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
)

// Config says where to post.
type Config struct {
	URL string // of the webhook, perhaps with ?thread_id=
}

type sender struct {
	config Config
	client *http.Client
}

// New returns the channel, which is a channel.Replacer too.
func New(c Config, client *http.Client) channel.Channel { return &sender{c, client} }

// Send posts m.
func (c *sender) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	// Without wait=true the answer comes before the message is stored, and has no id.
	return c.call(ctx, http.MethodPost, "", compose(m), "wait", "true")
}

// Replace edits the message of an id. Nobody's phone rings for that.
func (c *sender) Replace(ctx context.Context, providerID string, m channel.Message) (channel.Receipt, error) {
	if _, err := strconv.ParseUint(providerID, 10, 64); err != nil {
		return channel.Receipt{}, &channel.SendError{Class: channel.BadMessage, Err: channel.ErrNotReplaceable}
	}
	d := compose(m)
	d.Flags = 0
	return c.call(ctx, http.MethodPatch, "/messages/"+providerID, d)
}

func (c *sender) call(ctx context.Context, method, path string, d document, query ...string) (channel.Receipt, error) {
	u, err := url.Parse(c.config.URL)
	if err != nil { // its text holds the URL
		return channel.Receipt{}, &channel.SendError{Class: channel.BadRecipient, Err: errors.New("the webhook's url is not valid")}
	}
	u = u.JoinPath(path)
	values := u.Query()
	for i := 0; i+1 < len(query); i += 2 {
		values.Set(query[i], query[i+1])
	}
	u.RawQuery = values.Encode()
	req, err := channel.NewJSON(ctx, method, u.String(), d)
	if err != nil {
		return channel.Receipt{}, err
	}
	a, err := channel.Do(c.client, req)
	if err != nil {
		return channel.Receipt{}, err
	}
	return judge(a)
}

// Codes of the API's that say more than the status.
const (
	unknownMessage = 10008
	unknownWebhook = 10015 // it was deleted: "JSON error codes" of https://discord.com/developers/docs/topics/opcodes-and-status-codes
)

// judge says what became of the message.
func judge(a channel.Answer) (channel.Receipt, error) {
	var said struct {
		ID         string  `json:"id"`
		Code       int     `json:"code"`
		RetryAfter float64 `json:"retry_after"` // seconds
		Global     bool    `json:"global"`
	}
	readable := json.Unmarshal(a.Body, &said) == nil
	e := a.Failure()
	switch {
	case e == nil && (!readable || said.ID == ""):
		return channel.Receipt{}, a.Unrecognised("Discord")
	case e == nil:
		return channel.Receipt{ProviderID: said.ID, Rest: rest(a.Header)}, nil
	}
	switch {
	case e.Status == http.StatusTooManyRequests:
		e.RetryAfter = max(e.RetryAfter, seconds(said.RetryAfter))
		if said.Global || a.Header.Get("X-RateLimit-Scope") == "global" {
			e.Scope = channel.ScopeAccount
		}
	case said.Code == unknownMessage:
		e.Class, e.Err = channel.BadMessage, channel.ErrNotReplaceable
	case said.Code == unknownWebhook && e.Status == http.StatusNotFound:
		e.Class = channel.RecipientGone
	}
	if said.Code != 0 {
		e.Err = fmt.Errorf("discord code %d: %w", said.Code, e.Err)
	}
	return channel.Receipt{}, e
}

// rest is how long the webhook takes no further message: asking all the same
// counts, and who asks too often is locked out.
func rest(h http.Header) time.Duration {
	if strings.TrimSpace(h.Get("X-RateLimit-Remaining")) != "0" {
		return 0
	}
	after, err := strconv.ParseFloat(h.Get("X-RateLimit-Reset-After"), 64)
	if err != nil {
		return 0
	}
	return seconds(after)
}

// seconds turns a service's number into a wait, rounded up.
func seconds(s float64) time.Duration {
	const most = 24 * 60 * 60
	if math.IsNaN(s) || s <= 0 {
		return 0
	}
	return time.Duration(math.Ceil(min(s, most)*1000)) * time.Millisecond
}
