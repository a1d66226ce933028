package stock

import "errors"

// KV is one thing that is known about people: a mute, a subscription, a timer.
type KV struct {
	Key   string
	Value []byte // nil: it was deleted
	Rev   uint64
}

// ErrConflict says that somebody else wrote a fact in between: read it again.
var ErrConflict = errors.New("another fact was written in between")
