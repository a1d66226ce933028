// Package pushover sends alerts by Pushover. It has one link and no other
// buttons, and it never asks for emergency priority, which rings until somebody
// answers: escalation is the notifier's matter.
package pushover

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/clock"
)

// DefaultURL is where the API is.
const DefaultURL = "https://api.pushover.net"

// The API's limits, in characters.
const (
	maxTitle    = 250
	maxMessage  = 1024
	maxURL      = 512
	maxURLTitle = 100
)

// minRetry is the least time that the API asks for after a 5xx.
const minRetry = 5 * time.Second

// Config says who sends to whom.
type Config struct {
	URL   string // of the API; "": DefaultURL
	Token string // of an application
	User  string // key of a user or group
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

// Send sends m.
func (c *sender) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	form := compose(m)
	form.Set("token", c.config.Token)
	form.Set("user", c.config.User)
	req, err := channel.NewRequest(ctx, http.MethodPost, c.config.URL+"/1/messages.json", "application/x-www-form-urlencoded", []byte(form.Encode()))
	if err != nil {
		return channel.Receipt{}, err
	}
	answer, err := channel.Do(c.client, req)
	if err != nil {
		return channel.Receipt{}, err
	}
	return c.judge(answer, clock.Wall())
}

func compose(m channel.Message) url.Values {
	body := m.Body
	form := url.Values{"title": {channel.Cut(m.Title, maxTitle, utf8.RuneCountInString)}, "priority": {priority(m)}}
	room := maxMessage
	switch n := utf8.RuneCountInString(m.URL); {
	case n == 0:
	case n <= maxURL:
		form.Set("url", m.URL)
		form.Set("url_title", channel.Cut(m.Open, maxURLTitle, utf8.RuneCountInString))
	case n < maxMessage/2+maxMessage/4: // the app opens what it finds in the text
		room -= n + 1
	}
	body = channel.Cut(body, room, utf8.RuneCountInString)
	if room < maxMessage {
		body += "\n" + m.URL
	}
	form.Set("message", body)
	if at := m.Letter.Alert.ObservedAt; !at.IsZero() && !m.Plain {
		form.Set("timestamp", strconv.FormatInt(at.Unix(), 10))
	}
	return form
}

// priority is Pushover's: 1 goes through the phone's quiet hours, 0 rings as
// usual, -1 makes no sound.
func priority(m channel.Message) string {
	switch {
	case m.Silent || m.Priority <= 2:
		return "-1"
	case m.Priority >= 5:
		return "1"
	}
	return "0"
}

// judge says what became of the message. 4xx never comes right by repeating, and
// 429 is the month's quota.
func (c *sender) judge(a channel.Answer, now time.Time) (channel.Receipt, error) {
	var said struct {
		Status  int             `json:"status"` // 1: accepted
		Request string          `json:"request"`
		Errors  []string        `json:"errors"`
		Token   json.RawMessage `json:"token"` // "invalid", when it is the token
		User    json.RawMessage `json:"user"`
	}
	readable := json.Unmarshal(a.Body, &said) == nil
	e := a.Failure()
	switch {
	case e == nil && (!readable || said.Status != 1):
		return channel.Receipt{}, a.Unrecognised("Pushover")
	case e == nil:
		return channel.Receipt{ProviderID: said.Request}, nil
	case e.Status == http.StatusTooManyRequests:
		e.Class, e.Scope, e.RetryAfter = channel.QuotaExhausted, channel.ScopeAccount, untilReset(a.Header, now)
	case e.Status >= 500:
		e.RetryAfter = max(e.RetryAfter, minRetry)
	case said.Token != nil:
		e.Class = channel.BadCredential
	case said.User != nil:
		e.Class = channel.BadRecipient
	case e.Status >= 400 && e.Class == channel.Transient:
		e.Class = channel.BadMessage
	}
	if quote := channel.Quote(strings.Join(said.Errors, "; "), c.config.Token, c.config.User); quote != nil {
		e.Err = quote
	}
	return channel.Receipt{}, e
}

// untilReset is how long the quota stays used up, 0 when that is not said.
func untilReset(h http.Header, now time.Time) time.Duration {
	reset, err := strconv.ParseInt(h.Get("X-Limit-App-Reset"), 10, 64)
	if err != nil {
		return 0
	}
	return min(max(time.Unix(reset, 0).Sub(now), 0), 31*24*time.Hour)
}
