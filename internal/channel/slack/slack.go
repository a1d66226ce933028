// Package slack posts alerts through an incoming webhook of a Slack workspace. A
// webhook says nothing about the message that it made, so none can be changed
// later.
//
// The webhook's URL is as good as a password, so no error names it.
package slack

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/sainyuka/sainyuka/internal/channel"
)

// Config says where to post.
type Config struct {
	URL string // of the webhook
}

type sender struct {
	config Config
	client *http.Client
}

// New returns the channel.
func New(c Config, client *http.Client) channel.Channel { return &sender{c, client} }

// Send posts m.
func (c *sender) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	req, err := channel.NewJSON(ctx, http.MethodPost, c.config.URL, compose(m))
	if err != nil {
		return channel.Receipt{}, err
	}
	answer, err := channel.Do(c.client, req)
	if err != nil {
		return channel.Receipt{}, err
	}
	if e := failure(answer); e != nil {
		return channel.Receipt{}, e
	}
	if strings.TrimSpace(string(answer.Body)) != "ok" {
		return channel.Receipt{}, answer.Unrecognised("Slack")
	}
	return channel.Receipt{}, nil
}

// failure judges an answer, whose words are one of a few; nil when the message
// was accepted.
func failure(a channel.Answer) *channel.SendError {
	e := a.Failure()
	if e == nil {
		return nil
	}
	word, _, _ := strings.Cut(strings.TrimSpace(string(a.Body)), " ")
	switch {
	case slices.Contains(gone, word):
		e.Class = channel.RecipientGone
	case slices.Contains(noRecipient, word):
		e.Class = channel.BadRecipient
	case slices.Contains(refused, word):
		e.Class = channel.BadMessage
	case word != "invalid_token" && word != "action_prohibited" && word != "rollup_error":
		return e // no word of Slack's
	}
	e.Err = channel.Quote(word)
	return e
}

// Slack's words for what is wrong.
var (
	// gone are those by which a webhook or its workspace is no more: "Handling errors"
	// of https://api.slack.com/messaging/webhooks.
	gone = []string{"no_service", "no_service_id", "no_active_hooks", "no_team", "team_disabled", "channel_is_archived"}
	// noRecipient are those that an administrator's setting takes back.
	noRecipient = []string{"channel_not_found", "user_not_found", "posting_to_general_channel_denied"}
	refused     = []string{"invalid_payload", "invalid_blocks", "no_text", "too_many_attachments"}
)
