// Package apprise sends alerts through an Apprise API server, which passes them
// on to any of the services that it is configured for. Apprise has no buttons and
// no tap: the link stands in the text.
//
// What the server answers is from its source, apprise_api/api/views.py of
// github.com/caronc/apprise-api.
package apprise

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/sainyuka/sainyuka/internal/channel"
)

// The server cuts texts as each service wants; these keep a message readable.
const (
	maxTitle = 250  // bytes
	maxBody  = 8000 // bytes
)

// Config says where to send.
type Config struct {
	URL string // with the key: https://apprise.example/notify/KEY
}

type sender struct {
	config Config
	client *http.Client
}

// New returns the channel.
func New(c Config, client *http.Client) channel.Channel { return &sender{c, client} }

// message is the body of POST /notify/KEY.
type message struct {
	Title  string `json:"title"`
	Body   string `json:"body"`
	Type   string `json:"type"`
	Format string `json:"format"`
}

// Send posts m. The server answers when all services behind its key have
// answered, and with 424 when one of them has not taken the message: that is
// tried again, and so those that took it may show it twice. One key per service
// avoids that.
func (c *sender) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	req, err := channel.NewJSON(ctx, http.MethodPost, c.config.URL, compose(m))
	if err != nil {
		return channel.Receipt{}, err
	}
	req.Header.Set("Accept", "application/json")
	answer, err := channel.Do(c.client, req)
	if err != nil {
		return channel.Receipt{}, err
	}
	var said struct {
		Error   *string         `json:"error"`
		Details json.RawMessage `json:"details"`
	}
	readable := json.Unmarshal(answer.Body, &said) == nil
	if e := answer.Failure(); e != nil {
		if e.Status == http.StatusFailedDependency {
			e.Class = channel.Transient
		}
		if readable && said.Error != nil {
			if quote := channel.Quote(*said.Error, c.config.URL, key(c.config.URL)); quote != nil {
				e.Err = quote
			}
		}
		return channel.Receipt{}, e
	}
	if answer.Status == http.StatusNoContent && answer.Header.Get("Content-Type") != "" {
		return channel.Receipt{}, &channel.SendError{
			Class: channel.BadRecipient, Status: answer.Status, Err: errors.New("the Apprise server has no configuration under this key"),
		}
	}
	if !readable || said.Error != nil || len(said.Details) == 0 || said.Details[0] != '[' {
		return channel.Receipt{}, answer.Unrecognised("Apprise")
	}
	return channel.Receipt{}, nil
}

// Fits checks the bound of compose.
func (c *sender) Fits(body string) bool { return len(body) <= maxBody }

func compose(m channel.Message) message {
	a := message{Title: channel.CutBytes(m.Title, maxTitle), Body: channel.CutBytes(m.Body, maxBody), Type: "success", Format: "text"}
	if a.Body == "" {
		a.Body = a.Title // the server takes no message without a body
	}
	if m.URL != "" {
		a.Body += "\n\n" + m.URL
	}
	switch {
	case m.Silent || m.Priority <= 2:
		a.Type = "info"
	case m.Letter.Alert.News != nil:
		a.Type = "warning"
	}
	return a
}

// key returns the last part of the server's address, which is as good as a password.
func key(url string) string {
	url = strings.TrimRight(url, "/")
	return url[strings.LastIndexByte(url, '/')+1:]
}
