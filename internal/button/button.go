// Package button writes and reads the tokens of the buttons in alerts. A token
// says what its button does and is the permission to have it done, for two days:
// whoever has the alert may press, from any device and without a password.
//
// It is pure but for randomness. It does not know whether a token was used
// before, nor what a mute is: it only vouches that the token is ours, whole and
// not too old.
package button

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Kind says what a button does.
type Kind string

// The kinds.
const (
	Mute        Kind = "mute"   // tell nobody of the product for an hour
	Stop        Kind = "stop"   // tell nobody of it until somebody takes that back
	Acknowledge Kind = "ack"    // somebody looks after it: wake nobody else
	Unmute      Kind = "unmute" // take a mute back
)

// codes are the kinds as tokens have them, from 1. What stands in one stays what
// it means.
var codes = []Kind{Mute, Stop, Acknowledge, Unmute}

// Order is what a token says.
type Order struct {
	Kind      Kind
	Product   string
	Event     string // of the alert
	Recipient string // of the alert
	Expires   time.Time
	ID        string // of the token, letters and digits; Seal makes it
}

// Life is how long a token can be used.
const Life = 48 * time.Hour

// The errors of Open.
var (
	ErrForged  = errors.New("no token of ours")
	ErrExpired = errors.New("the token is too old")
)

// Key makes tokens and tells them from others.
type Key []byte

// keySize is that of the hash.
const keySize = sha256.Size

// NewKey returns a new random key.
func NewKey() Key {
	k := make(Key, keySize)
	_, _ = rand.Read(k) // never fails
	return k
}

// Valid reports whether k can be a key.
func (k Key) Valid() bool { return len(k) == keySize }

// A token is, in base64url: version, kind, expiry in Unix seconds, id, three
// texts with their length before them, and the MAC of all that.
const (
	version  = 1
	idSize   = 12
	headSize = 2 + 4 + idSize
	// maxText and maxToken bound what is looked at before the MAC is reckoned.
	maxText  = 64
	maxToken = (headSize + 3*(1+maxText) + sha256.Size + 2) / 3 * 4
)

// Seal returns a token for an order, with an ID of its own.
func (k Key) Seal(o Order) (string, error) {
	code := slices.Index(codes, o.Kind)
	if code < 0 {
		return "", fmt.Errorf("seal token: unknown kind %q", o.Kind)
	}
	b := make([]byte, headSize, headSize+3*(1+maxText)+sha256.Size)
	b[0], b[1] = version, byte(code+1)
	binary.BigEndian.PutUint32(b[2:], uint32(o.Expires.Unix()))
	_, _ = rand.Read(b[6:headSize])
	for _, s := range []string{o.Product, o.Event, o.Recipient} {
		if len(s) > maxText {
			return "", fmt.Errorf("seal token: a text of %d bytes, at most %d fit", len(s), maxText)
		}
		b = append(b, byte(len(s)))
		b = append(b, s...)
	}
	return encoding.EncodeToString(append(b, k.mac(b)...)), nil
}

// Open returns what a token orders, when it is ours. With ErrExpired too.
func (k Key) Open(token string, now time.Time) (Order, error) {
	if len(token) > maxToken || strings.ContainsAny(token, "\r\n") { // which base64 passes over
		return Order{}, ErrForged
	}
	b, err := encoding.DecodeString(token)
	if err != nil || len(b) < headSize+sha256.Size {
		return Order{}, ErrForged
	}
	said, mac := b[:len(b)-sha256.Size], b[len(b)-sha256.Size:]
	if !hmac.Equal(mac, k.mac(said)) { // in constant time
		return Order{}, ErrForged
	}
	o, ok := read(said)
	switch {
	case !ok:
		return Order{}, ErrForged
	case !now.Before(o.Expires):
		return o, ErrExpired
	}
	return o, nil
}

// encoding takes one text for each token only.
var encoding = base64.RawURLEncoding.Strict()

func (k Key) mac(b []byte) []byte {
	h := hmac.New(sha256.New, k)
	h.Write(b)
	return h.Sum(nil)
}

// read reads what Seal wrote, or what another version did.
func read(b []byte) (Order, bool) {
	code := int(b[1])
	if b[0] != version || code < 1 || code > len(codes) {
		return Order{}, false
	}
	o := Order{
		Kind: codes[code-1], ID: hex.EncodeToString(b[6:headSize]),
		Expires: time.Unix(int64(binary.BigEndian.Uint32(b[2:])), 0).UTC(),
	}
	rest := b[headSize:]
	for _, s := range []*string{&o.Product, &o.Event, &o.Recipient} {
		if len(rest) == 0 || len(rest)-1 < int(rest[0]) {
			return Order{}, false
		}
		n := 1 + int(rest[0])
		*s, rest = string(rest[1:n]), rest[n:]
	}
	return o, len(rest) == 0
}
