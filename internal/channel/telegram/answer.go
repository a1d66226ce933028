package telegram

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
)

// answer is what the API says: JSON whatever the status.
type answer struct {
	channel.Answer `json:"-"`

	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int64 `json:"retry_after"` // seconds
		MigrateTo  int64 `json:"migrate_to_chat_id"`
	} `json:"parameters"`
}

// read takes an answer apart. What is no JSON, a proxy's page for example, is
// judged by its status.
func read(a channel.Answer) answer {
	var said answer
	_ = json.Unmarshal(a.Body, &said)
	said.Answer = a
	return said
}

// judge says what became of the message.
func (c *sender) judge(said answer) (channel.Receipt, error) {
	e := said.Failure()
	switch {
	case e == nil && !said.OK:
		return channel.Receipt{}, said.Unrecognised("Telegram")
	case e == nil, said.says("message is not modified"):
		return receipt(said.Result), nil
	case said.says(gone...):
		e.Class = channel.RecipientGone
	case e.Status == http.StatusTooManyRequests:
		e.RetryAfter = max(e.RetryAfter, time.Duration(min(said.Parameters.RetryAfter, maxSeconds))*time.Second)
	case e.Status == http.StatusNotFound: // Telegram's answer to an invalid token
		e.Class = channel.BadCredential
	case e.Status == http.StatusForbidden && said.Description != "": // of this chat alone
		e.Class = channel.BadRecipient
	case e.Status == http.StatusBadRequest && said.says(noChat...):
		e.Class = channel.BadRecipient
	}
	_, key, _ := strings.Cut(c.config.Token, ":")
	if quote := channel.Quote(said.Description, c.config.Token, key); quote != nil {
		e.Err = quote
	}
	if e.Status == http.StatusBadRequest && said.says(noEdit...) {
		e.Err = fmt.Errorf("%w: %w", channel.ErrNotReplaceable, e.Err)
	}
	return channel.Receipt{}, e
}

// maxSeconds keeps a wait's arithmetic within its bounds.
const maxSeconds = 365 * 24 * 60 * 60

// The API has no codes: its words are what tells one refusal from another.
var (
	// gone are the words of a chat that no repetition reaches: "403 Forbidden" in
	// https://core.telegram.org/api/errors, as the Bot API server writes them
	// (tdlib/telegram-bot-api, telegram-bot-api/Client.cpp).
	gone = []string{
		"bot was blocked by the user", "user is deactivated", "bot was kicked from", "group chat was deactivated", "the group chat was deleted",
	}
	noChat = []string{
		"chat not found", "user not found", "peer_id_invalid", "chat_write_forbidden",
		"not enough rights", "need administrator rights", "have no rights",
	}
	noEdit = []string{"message to edit not found", "message can't be edited", "message_id_invalid"}
)

func (a answer) says(any ...string) bool {
	text := strings.ToLower(a.Description)
	for _, s := range any {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}

// receipt reads the message's id; an edit of what cannot change has none.
func receipt(result json.RawMessage) channel.Receipt {
	var m struct {
		ID int64 `json:"message_id"`
	}
	if json.Unmarshal(result, &m) != nil || m.ID == 0 {
		return channel.Receipt{}
	}
	return channel.Receipt{ProviderID: strconv.FormatInt(m.ID, 10)}
}
