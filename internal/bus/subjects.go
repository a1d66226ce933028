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

// place is where a letter stands: its channel, event and recipient. It is the
// rest of the letter's subject in OUT, SENT and DEAD.
type place struct{ channel, event, recipient string }

func placeOf(l stock.Letter) (place, error) {
	p := place{l.Channel, l.Event, l.Recipient}
	if !token(p.channel) || !token(p.event) || !token(p.recipient) {
		return place{}, fmt.Errorf("letter %q cannot be a subject", l.ID())
	}
	return p, nil
}

// placeOfID reads what [stock.Letter.ID] writes.
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
	if len(parts) != 4 {
		return place{}, false
	}
	return place{parts[1], parts[2], parts[3]}, true
}

func (p place) in(stream string) string {
	return stream + "." + p.channel + "." + p.event + "." + p.recipient
}

// msgID is the letter's Nats-Msg-Id.
func (p place) msgID() string { return p.event + "." + p.channel + "." + p.recipient }

// letter returns a letter of which nothing but its place is known.
func (p place) letter() stock.Letter {
	return stock.Letter{Event: p.event, Channel: p.channel, Recipient: p.recipient}
}
