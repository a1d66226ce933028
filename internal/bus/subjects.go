package bus

import (
	"fmt"
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Only derived identifiers enter a subject: NATS takes "a*" and a URL as
// subjects without a murmur, and misbehaves later.

// token reports whether s can be one token of our subjects.
func token(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

func obsSubject(tid string) (string, error) {
	if !token(tid) {
		return "", fmt.Errorf("watch id %q cannot be a subject", tid)
	}
	return "obs." + tid, nil
}

// place is where a letter stands: its channel, event and recipient, and the epoch
// that the event's number counts in. It is the rest of the letter's subject in
// OUT, SENT and DEAD. The epoch stands last: letters from before it stood there
// at all have one word less, and are still read.
type place struct{ channel, event, recipient, epoch string }

func placeOf(l stock.Letter) (place, error) {
	p := place{l.Channel, l.Event, l.Recipient, l.Epoch}
	if !token(p.channel) || !token(p.event) || !token(p.recipient) || p.epoch != "" && !token(strings.ToLower(p.epoch)) {
		return place{}, fmt.Errorf("letter %q of epoch %q cannot be a subject", l.ID(), l.Epoch)
	}
	return p, nil
}

// placeOfID reads what [stock.Letter.ID] writes, in which there is no epoch.
func placeOfID(id string) (place, bool) {
	parts := strings.Split(id, "_")
	if len(parts) != 3 || !token(parts[0]) || !token(parts[1]) || !token(parts[2]) {
		return place{}, false
	}
	return place{event: parts[0], channel: parts[1], recipient: parts[2]}, true
}

// placeOfSubject reads the subject of a letter in any of the streams.
func placeOfSubject(subject string) (place, bool) {
	parts := strings.Split(subject, ".")
	switch len(parts) {
	case 4:
		return place{channel: parts[1], event: parts[2], recipient: parts[3]}, true
	case 5:
		return place{parts[1], parts[2], parts[3], parts[4]}, true
	}
	return place{}, false
}

func (p place) in(stream string) string {
	subject := stream + "." + p.channel + "." + p.event + "." + p.recipient
	if p.epoch != "" {
		subject += "." + p.epoch
	}
	return subject
}

// msgID is the letter's Nats-Msg-Id.
func (p place) msgID() string {
	return p.event + "." + p.channel + "." + p.recipient + "." + p.epoch
}

// letter returns a letter of which nothing but its place is known.
func (p place) letter() stock.Letter {
	return stock.Letter{Event: p.event, Channel: p.channel, Recipient: p.recipient, Epoch: p.epoch}
}
