// Package webhook posts alerts to the user's own program: CloudEvents 1.0 JSON, or
// a body by the user's own template, signed by the Standard Webhooks specification
// when there is a secret. It follows no redirect and quotes nothing of what the
// program answers.
package webhook

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/wording"
)

// Config says where to post.
type Config struct {
	URL string
	// Secret signs what is sent: "whsec_" and the base64 of the key, as Standard
	// Webhooks writes it; anything without that prefix is the key itself. Empty:
	// no signature.
	Secret string
	Method string            // "": POST
	Header map[string]string // beside or instead of what is always sent
	Body   *wording.Request  // nil: the CloudEvents JSON
}

type sender struct {
	config Config
	client *http.Client
}

// New returns the channel.
func New(c Config, client *http.Client) channel.Channel { return &sender{c, client} }

// Send posts the event of m.
func (c *sender) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	body, contentType, err := c.body(m)
	if err != nil {
		return channel.Receipt{}, err
	}
	req, err := channel.NewRequest(ctx, cmp.Or(c.config.Method, http.MethodPost), c.config.URL, contentType, body)
	if err != nil {
		return channel.Receipt{}, err
	}
	req.Header.Set("Idempotency-Key", idempotencyKey(m.Letter))
	for name, value := range c.config.Header {
		req.Header.Set(name, value)
	}
	if c.config.Secret != "" {
		if err := sign(req.Header, c.config.Secret, m.Letter.ID(), clock.Wall(), body); err != nil {
			return channel.Receipt{}, &channel.SendError{Class: channel.BadCredential, Err: err}
		}
	}
	answer, err := channel.Do(c.client, req)
	if err != nil {
		return channel.Receipt{}, err
	}
	return channel.Receipt{}, answer.Err()
}

// body returns what is sent and what it is.
func (c *sender) body(m channel.Message) (body []byte, contentType string, err error) {
	if c.config.Body == nil || m.Plain { // plain: the template's form was refused, or could not be written
		return m.Event, "application/cloudevents+json", nil
	}
	f := wording.Fields{
		ID: m.Letter.ID(), Kind: string(m.Letter.Alert.Kind), Title: m.Title, Text: m.Body, URL: m.URL, Image: m.Image, Silent: m.Silent,
	}
	if err := json.Unmarshal(m.Event, &f.Event); err != nil {
		return nil, "", &channel.SendError{Class: channel.BadMessage, Err: errors.New("the alert's event is no JSON")}
	}
	body, err = c.config.Body.Body(f)
	if err != nil { // its text may quote the alert, not a secret
		return nil, "", &channel.SendError{Class: channel.BadMessage, Err: fmt.Errorf("write the body by your template: %w", err)}
	}
	return body, "application/json", nil
}

func idempotencyKey(l stock.Letter) string {
	return l.Event + "." + l.Channel + "." + l.Recipient
}

// sign sets the three headers of Standard Webhooks. The id stands in the signed
// text between dots, which is why the alert's own id has none.
func sign(h http.Header, secret, id string, at time.Time, body []byte) error {
	key := []byte(secret)
	if encoded, ok := strings.CutPrefix(secret, "whsec_"); ok {
		var err error
		if key, err = base64.StdEncoding.DecodeString(encoded); err != nil || len(key) == 0 {
			return errors.New("the webhook's secret is not base64 after whsec_")
		}
	}
	timestamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	h.Set("webhook-id", id)
	h.Set("webhook-timestamp", timestamp)
	h.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return nil
}
