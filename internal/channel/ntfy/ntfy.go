// Package ntfy publishes alerts to a topic of an ntfy server, in JSON: headers
// would have to be encoded, and their own separators would break titles.
//
// A topic is the only password that most users have, so no error names it.
package ntfy

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// The server's limits. A message that reaches 4096 bytes becomes a text file
// that says nothing on a locked phone; a document over twice that is refused.
const (
	maxMessage  = 4000
	maxTitle    = 250
	maxDocument = 8000
	maxActions  = 3
)

// silentPriority is the highest that makes no sound.
const silentPriority = 2

// rateStep is how long the server takes to allow one more message: its 429 has
// no Retry-After.
const rateStep = 5 * time.Second

// Config says where to publish.
type Config struct {
	URL   string // of the topic: https://ntfy.example/my-topic
	Token string // access token; "" for an open topic
	// Username and Password are used instead of a token; "": none.
	Username, Password string
}

type sender struct {
	config Config
	client *http.Client
}

// New returns the channel.
func New(c Config, client *http.Client) channel.Channel { return &sender{c, client} }

// document is the body of a publish.
type document struct {
	Topic    string   `json:"topic"`
	Title    string   `json:"title,omitempty"`
	Message  string   `json:"message"`
	Priority int      `json:"priority,omitempty"`
	Tags     []string `json:"tags,omitempty"`
	Click    string   `json:"click,omitempty"`
	Attach   string   `json:"attach,omitempty"`
	Actions  []action `json:"actions,omitempty"`
}

// action is a button. "view" opens a URL; "http" asks it, without opening anything.
type action struct {
	Action string `json:"action"`
	Label  string `json:"label"`
	URL    string `json:"url"`
	Method string `json:"method,omitempty"`
	Clear  bool   `json:"clear"`
}

// Send publishes m.
func (c *sender) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	root, topic, err := split(c.config.URL)
	if err != nil {
		return channel.Receipt{}, &channel.SendError{Class: channel.BadRecipient, Err: err}
	}
	body, err := encode(compose(topic, m))
	if err != nil {
		return channel.Receipt{}, &channel.SendError{Class: channel.BadMessage, Err: err}
	}
	req, err := channel.NewRequest(ctx, http.MethodPost, root, "application/json", body)
	if err != nil {
		return channel.Receipt{}, err
	}
	if c.config.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.config.Token)
	} else if c.config.Username != "" {
		req.SetBasicAuth(c.config.Username, c.config.Password)
	}
	answer, err := channel.Do(c.client, req)
	if err != nil {
		return channel.Receipt{}, err
	}
	if e := failure(answer); e != nil {
		return channel.Receipt{}, e
	}
	var accepted struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(answer.Body, &accepted) != nil || accepted.ID == "" {
		return channel.Receipt{}, answer.Unrecognised("ntfy")
	}
	return channel.Receipt{ProviderID: accepted.ID}, nil
}

// Fits leaves as much of the document as the body takes for links and escapes.
func (c *sender) Fits(body string) bool { return len(body) <= maxMessage*3/4 }

// split takes a topic's URL apart: JSON is posted to the server's root.
func split(raw string) (root, topic string, err error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return "", "", errors.New("the topic's url is not valid")
	}
	path := strings.Trim(u.Path, "/")
	u.Path, u.RawPath = "/", ""
	if i := strings.LastIndexByte(path, '/'); i >= 0 { // a server below a path of a proxy
		u.Path, path = "/"+path[:i+1], path[i+1:]
	}
	if path == "" {
		return "", "", errors.New("the topic's url has no topic: it ends in the server's name")
	}
	return u.String(), path, nil
}

func compose(topic string, m channel.Message) document {
	d := document{
		Topic: topic, Title: channel.CutBytes(m.Title, maxTitle), Message: channel.CutBytes(m.Body, maxMessage),
		Priority: m.Priority, Click: m.URL,
	}
	if m.Silent {
		d.Priority = min(d.Priority, silentPriority)
	}
	if m.Plain {
		return d
	}
	if tag := tags[m.Letter.Alert.Kind]; tag != "" {
		d.Tags = []string{tag}
	}
	if strings.HasPrefix(m.Image, "https://") {
		d.Attach = m.Image
	}
	if m.URL != "" {
		d.Actions = append(d.Actions, action{Action: "view", Label: m.Open, URL: m.URL, Clear: true})
	}
	for _, a := range m.Actions[:min(len(m.Actions), maxActions-len(d.Actions))] {
		d.Actions = append(d.Actions, action{Action: "http", Label: a.Label, URL: a.URL, Method: http.MethodPost, Clear: true})
	}
	return d
}

// tags are shown as an emoji before the title.
var tags = map[stock.Kind]string{
	stock.Restocked: "package", stock.LotteryOpen: "game_die", stock.Orderable: "calendar", stock.NewListing: "new",
	stock.PriceDrop: "chart_with_downwards_trend", stock.LowStock: "hourglass_flowing_sand", stock.SoldOutKind: "no_entry_sign",
	stock.Unread: "warning", stock.Gone: "warning", stock.Readable: "white_check_mark", stock.Flapping: "repeat",
	stock.HostDown: "warning", stock.ChannelDown: "warning", stock.StorageDown: "rotating_light", stock.DataLost: "rotating_light", stock.StoreFilling: "warning", stock.StoreRoomy: "white_check_mark", stock.HostUp: "white_check_mark",
	stock.ChannelUp: "white_check_mark", stock.StorageUp: "white_check_mark", stock.Weekly: "wave",
}

// encode writes the document, cutting the message until the whole is small
// enough: quotes and line feeds take two bytes in JSON.
func encode(d document) ([]byte, error) {
	for {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(d); err != nil {
			return nil, fmt.Errorf("write ntfy message: %w", err)
		}
		switch {
		case b.Len() <= maxDocument:
			return b.Bytes(), nil
		case d.Attach != "":
			d.Attach = ""
		case len(d.Message) > 64:
			d.Message = channel.CutBytes(d.Message, len(d.Message)*3/4)
		case d.Actions != nil:
			d.Actions = nil
		default:
			return nil, fmt.Errorf("ntfy message has %d bytes without its text, at most %d are taken", b.Len(), maxDocument)
		}
	}
}

// failure judges an answer by the server's own codes, which say more than the
// status. nil when the message was accepted.
func failure(a channel.Answer) *channel.SendError {
	e := a.Failure()
	if e == nil {
		return nil
	}
	var said struct {
		Code int `json:"code"`
	}
	if json.Unmarshal(a.Body, &said) == nil && said.Code != 0 {
		e.Err = fmt.Errorf("ntfy code %d", said.Code)
	}
	switch said.Code {
	case 42908: // messages of the day
		e.Class = channel.QuotaExhausted
	case 40009, 40010: // the topic's name
		e.Class = channel.BadRecipient
	}
	if e.Class == channel.RateLimited {
		e.RetryAfter, e.Scope = cmp.Or(e.RetryAfter, rateStep), channel.ScopeAccount // it counts by visitor, not by topic
	}
	return e
}
