// Package gotify sends alerts to an application of a Gotify server. Gotify has
// no buttons: a tap opens the shop, and the rest stands in the text.
package gotify

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/sainyuka/sainyuka/internal/channel"
)

// The server has no limits of its own; these keep a phone's screen usable.
const (
	maxTitle   = 250  // bytes
	maxMessage = 8000 // bytes
)

// Config says where to send.
type Config struct {
	URL   string // of the server
	Token string // of an application
}

type sender struct {
	config Config
	client *http.Client
}

// New returns the channel.
func New(c Config, client *http.Client) channel.Channel { return &sender{c, client} }

// message is the body of POST /message.
type message struct {
	Title    string         `json:"title"`
	Message  string         `json:"message"`
	Priority int            `json:"priority"`
	Extras   map[string]any `json:"extras,omitempty"`
}

// Send posts m.
func (c *sender) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	url := strings.TrimRight(c.config.URL, "/") + "/message"
	req, err := channel.NewJSON(ctx, http.MethodPost, url, compose(m))
	if err != nil {
		return channel.Receipt{}, err
	}
	req.Header.Set("X-Gotify-Key", c.config.Token)
	answer, err := channel.Do(c.client, req)
	if err != nil {
		return channel.Receipt{}, err
	}
	var said struct {
		ID          int64  `json:"id"`
		Description string `json:"errorDescription"`
	}
	readable := json.Unmarshal(answer.Body, &said) == nil
	if e := answer.Failure(); e != nil {
		if quote := channel.Quote(said.Description, c.config.Token, c.config.URL); quote != nil {
			e.Err = quote
		}
		return channel.Receipt{}, e
	}
	if !readable || said.ID == 0 {
		return channel.Receipt{}, answer.Unrecognised("Gotify")
	}
	return channel.Receipt{ProviderID: strconv.FormatInt(said.ID, 10)}, nil
}

// Fits checks the bound of compose.
func (c *sender) Fits(body string) bool { return len(body) <= maxMessage }

func compose(m channel.Message) message {
	g := message{
		Title: channel.CutBytes(m.Title, maxTitle), Message: channel.CutBytes(m.Body, maxMessage),
		Priority: priority(m),
	}
	if m.URL != "" { // the web page of the server knows no tap
		g.Message += "\n\n" + m.URL
	}
	if m.Plain {
		return g
	}
	notification := map[string]any{}
	if m.URL != "" {
		notification["click"] = map[string]string{"url": m.URL}
	}
	if strings.HasPrefix(m.Image, "https://") {
		notification["bigImageUrl"] = m.Image
	}
	g.Extras = map[string]any{
		"client::display":      map[string]string{"contentType": "text/plain"}, // not Markdown
		"client::notification": notification,
	}
	return g
}

// priority is Gotify's: its app pops up from 8 on, sounds from 4 on, and shows
// the others without a sound.
func priority(m channel.Message) int {
	switch {
	case m.Silent:
		return 2
	case m.Priority >= 5:
		return 8
	case m.Priority == 4:
		return 6
	case m.Priority == 3:
		return 4
	}
	return max(m.Priority, 1)
}
