// Package webhook posts alerts to the user's own program: CloudEvents 1.0 JSON,
// signed by the Standard Webhooks specification when there is a secret. It
// follows no redirect and quotes nothing of what the program answers.
package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Config says where to post.
type Config struct {
	URL string
	// Secret signs what is sent: "whsec_" and the base64 of the key, as Standard
	// Webhooks writes it; anything without that prefix is the key itself. Empty:
	// no signature.
	Secret string
}

type sender struct {
	config Config
	client *http.Client
}

// New returns the channel.
func New(c Config, client *http.Client) channel.Channel { return &sender{c, client} }

// Send posts the event of m.
func (c *sender) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	req, err := channel.NewRequest(ctx, http.MethodPost, c.config.URL, "application/cloudevents+json", m.Event)
	if err != nil {
		return channel.Receipt{}, err
	}
	req.Header.Set("Idempotency-Key", idempotencyKey(m.Letter))
	if c.config.Secret != "" {
		if err := sign(req.Header, c.config.Secret, m.Letter.ID(), time.Now(), m.Event); err != nil {
			return channel.Receipt{}, &channel.SendError{Class: channel.BadCredential, Err: err}
		}
	}
	answer, err := channel.Do(c.client, req)
	if err != nil {
		return channel.Receipt{}, err
	}
	return channel.Receipt{}, answer.Err()
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
