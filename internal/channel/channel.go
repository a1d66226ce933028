// Package channel is how one message is sent through one channel: the contract
// that each channel keeps (Channel, Message, SendError), the HTTP that most of
// them speak, and the cleaning of what shops and services wrote. Each channel is
// a small package below this one; channeltest is what each must pass.
//
// It makes one attempt and says how that went. Whom to tell, when to try again
// and what becomes of a refused message is decided in package notify.
package channel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Message is an alert as one channel sends it. The texts are plain: no markup
// of any kind, no control characters but line feeds in Body. A channel whose
// service reads markup escapes them itself.
type Message struct {
	Letter   stock.Letter
	Event    []byte // the alert as CloudEvents JSON, for channels that speak to programs
	Title    string // one line
	Body     string // lines, without the link
	URL      string // what to open on a tap, "" when there is nothing to open
	Open     string // what a button that opens URL is called
	Image    string // of the product, "" for none
	Priority int    // 1 (can wait) to 5 (wakes people)
	Late     bool   // more than two minutes after the look
	Plain    bool   // the service refused the full form: send nothing but title, text and link
	Silent   bool   // make no sound and wake nobody, whatever the priority
	Actions  []Action
}

// Action is a button besides the one that opens URL, as many as the service has
// room for. Nothing may happen by a GET of its URL: a service that can only open
// pages shows a person one that asks.
type Action struct {
	Label string
	URL   string // takes a POST
	Kind  string // "mute", "stop" or "ack"
}

// Receipt is what a service says of a message that it accepted.
type Receipt struct {
	ProviderID string        // the service's own id of the message, "" when it gives none
	Rest       time.Duration // until the service takes another one; 0: it did not say
}

// A Channel sends messages to one recipient of one service. Send makes one
// attempt, ends when ctx does, and is safe for concurrent use. Its error is a
// *SendError; any other is taken for a passing trouble. No error may hold a
// secret: neither a token nor an address that is as good as one. channeltest
// holds what every channel must pass.
type Channel interface {
	Send(ctx context.Context, m Message) (Receipt, error)
}

// A Replacer is a channel that can put a message in the place of one that it
// sent before, without ringing again. An error that wraps ErrNotReplaceable says
// that the earlier message can be changed no more: Send is left.
type Replacer interface {
	Replace(ctx context.Context, providerID string, m Message) (Receipt, error)
}

// ErrNotReplaceable is what Replace returns for a message that was deleted or is
// too old.
var ErrNotReplaceable = errors.New("the earlier message can no longer be changed")

// A Joiner is a channel that may carry several alerts in one message, while its
// service takes few. Fits reports whether a message with this body arrives whole,
// whatever else is in it. Channels for programs are none: each alert is an event.
type Joiner interface {
	Fits(body string) bool
}

// Class says what a failed attempt means for the letter.
type Class uint8

// The classes. The zero value is the one that does the least harm when it is wrong.
const (
	Transient      Class = iota // may pass by itself: 5xx, time-out, no connection
	RateLimited                 // too fast
	QuotaExhausted              // nothing more today or this month
	BadRecipient                // no such address; a proxy says so too while a service restarts
	BadCredential               // the token is wrong, or may not do this
	BadMessage                  // the service does not take this content
	RecipientGone               // the service's own, unmistakable word that this recipient is no more
	Unrecognised                // a success without the service's sign of acceptance: a login page
)

// String returns the class in plain words.
func (c Class) String() string {
	names := [...]string{"trouble that may pass", "too many requests", "quota exhausted", "no such recipient", "not authorised", "message refused", "recipient gone", "unrecognised answer"}
	if int(c) >= len(names) {
		return fmt.Sprintf("Class(%d)", uint8(c))
	}
	return names[c]
}

// Scope says who else must wait when a service asks to be left alone.
type Scope uint8

// The scopes. The zero value is the narrowest.
const (
	ScopeRecipient Scope = iota // this recipient alone
	ScopeAccount                // all recipients that are reached with the same credential
)

// SendError says why an attempt failed and what that means.
type SendError struct {
	Class      Class
	Status     int           // HTTP status, 0 when there was no answer
	RetryAfter time.Duration // how long the service asked to be left alone; 0: it did not
	Scope      Scope         // of RetryAfter
	Err        error         // without secrets
}

// Error returns the class, the status and the cause.
func (e *SendError) Error() string {
	s := e.Class.String()
	if e.Status != 0 {
		s += fmt.Sprintf(" (HTTP %d)", e.Status)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *SendError) Unwrap() error { return e.Err }
