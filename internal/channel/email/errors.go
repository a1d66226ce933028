package email

import (
	"errors"
	"fmt"
	"net/textproto"
	"regexp"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"github.com/sainyuka/sainyuka/internal/channel"
)

// step is how far an attempt got.
type step string

const (
	stepConnect   step = "greeting or login"
	stepSender    step = "MAIL FROM"
	stepRecipient step = "RCPT TO"
	stepContent   step = "DATA"
)

func refuse(class channel.Class, why string) *channel.SendError {
	return &channel.SendError{Class: class, Err: errors.New(why)}
}

// failure judges what a client returned. What is not a reply of the server (no
// connection, a broken one, a certificate that does not fit) may pass by itself.
func failure(err error) *channel.SendError {
	if errors.Is(err, errSilent) {
		return refuse(channel.Transient, errSilent.Error())
	}
	if e, ok := errors.AsType[*gomail.SendError](err); ok {
		at := stepOf(e.Reason)
		if e.ErrorCode() == 0 { // the client's text names the recipient
			return refuse(channel.Transient, fmt.Sprintf("the connection broke at %s", at))
		}
		return reply(at, e.ErrorCode(), e.EnhancedStatusCode())
	}
	if e, ok := errors.AsType[*textproto.Error](err); ok {
		return reply(stepConnect, e.Code, enhanced.FindString(e.Msg))
	}
	if _, ok := errors.AsType[textproto.ProtocolError](err); ok { // its text is the server's
		return refuse(channel.Transient, "the server does not speak SMTP")
	}
	return &channel.SendError{Class: channel.Transient, Err: err}
}

// enhanced is a status code of RFC 3463 at the beginning of a reply's text.
var enhanced = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`)

func stepOf(reason gomail.SendErrReason) step {
	switch reason {
	case gomail.ErrSMTPMailFrom, gomail.ErrGetSender:
		return stepSender
	case gomail.ErrSMTPRcptTo, gomail.ErrGetRcpts:
		return stepRecipient
	}
	return stepContent
}

func reply(at step, code int, status string) *channel.SendError {
	says := fmt.Sprintf("smtp reply %d", code)
	if status != "" {
		says += " " + status
	}
	return refuse(classOf(at, code, status), says+" to "+string(at))
}

// classOf says what a reply means. The same 550 is an unknown recipient after
// RCPT TO, a forbidden sender after MAIL FROM and a refused text after DATA; the
// enhanced status, where there is one, knows better.
func classOf(at step, code int, status string) channel.Class {
	_, detail, _ := strings.Cut(status, ".")
	subject, _, _ := strings.Cut(detail, ".")
	switch {
	case code < 500 || code > 599: // 4yz, and what is no reply to be had at this point
		return channel.Transient
	case code == 530 || code == 534 || code == 535 || code == 538, at == stepConnect, at == stepSender:
		return channel.BadCredential
	case at == stepContent:
		return channel.BadMessage
	case subject == "7": // relaying denied
		return channel.BadCredential
	case detail == "1.1", detail == "1.6": // no such mailbox, or it has moved away: RFC 3463, section 3.2
		return channel.RecipientGone
	case code == 550, code == 551, code == 553, code == 501, subject == "1":
		return channel.BadRecipient
	}
	return channel.BadMessage
}
