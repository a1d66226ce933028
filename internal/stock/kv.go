package stock

import "errors"

// KV is one entry of what is kept about people: a mute, a subscription, a timer.
// Its key is up to eight words with dots between them, of which the first says
// what it is.
type KV struct {
	Key   string
	Value []byte // nil: it was deleted
	Rev   uint64 // for the next write; 0: nothing is there
}

// ErrTooMany says that there is no room for another entry, or for one so large.
var ErrTooMany = errors.New("more than are kept")

// ErrConflict says that somebody else wrote since the sequence or revision that
// the caller has: read again and start from there.
var ErrConflict = errors.New("another value was written in between")
