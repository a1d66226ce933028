// Package telegram sends alerts as messages of a Telegram bot. It sends and
// edits; it does not listen to what people answer.
//
// The bot's token is a part of every URL, so no error names one.
package telegram

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/sainyuka/sainyuka/internal/channel"
)

// DefaultURL is where the Bot API is.
const DefaultURL = "https://api.telegram.org"

// Config says who sends to whom.
type Config struct {
	URL   string // of the API; "": DefaultURL
	Token string // of the bot
	Chat  string // a number, or "@" and the name of a public channel
}

type sender struct {
	config Config
	client *http.Client
	chat   atomic.Value // string: a group that becomes a supergroup has another number
}

// New returns the channel, which is a channel.Replacer too.
func New(c Config, client *http.Client) channel.Channel {
	c.URL = strings.TrimRight(cmp.Or(c.URL, DefaultURL), "/")
	ch := &sender{config: c, client: client}
	ch.chat.Store(c.Chat)
	return ch
}

// Send sends m.
func (c *sender) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	return c.call(ctx, "sendMessage", compose(m))
}

// Replace edits the message of an id. Nobody's phone rings for that.
func (c *sender) Replace(ctx context.Context, providerID string, m channel.Message) (channel.Receipt, error) {
	id, err := strconv.ParseInt(providerID, 10, 64)
	if err != nil || id <= 0 {
		return channel.Receipt{}, &channel.SendError{Class: channel.BadMessage, Err: channel.ErrNotReplaceable}
	}
	d := compose(m)
	d.MessageID, d.Silent = id, false
	r, err := c.call(ctx, "editMessageText", d)
	if err == nil && r.ProviderID == "" { // of a message that said so already
		r.ProviderID = providerID
	}
	return r, err
}

// call asks the API, and once more when the chat has got another number.
func (c *sender) call(ctx context.Context, method string, d document) (channel.Receipt, error) {
	for moved := false; ; moved = true {
		d.Chat, _ = c.chat.Load().(string)
		said, err := c.ask(ctx, method, d)
		if err != nil {
			return channel.Receipt{}, err
		}
		if to := said.Parameters.MigrateTo; to != 0 && !moved {
			c.chat.Store(strconv.FormatInt(to, 10))
			continue
		}
		return c.judge(said)
	}
}

func (c *sender) ask(ctx context.Context, method string, d document) (answer, error) {
	req, err := channel.NewJSON(ctx, http.MethodPost, c.config.URL+"/bot"+c.config.Token+"/"+method, d)
	if err != nil {
		return answer{}, err
	}
	a, err := channel.Do(c.client, req)
	if err != nil {
		return answer{}, err
	}
	return read(a), nil
}
