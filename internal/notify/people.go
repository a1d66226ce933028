package notify

import (
	"context"
	"errors"
)

// People keeps what is known about people and outlives a restart: letters that
// wait for the morning, open groups, timers, acknowledgements.
type People interface {
	// Fact returns what stands under a key, with Rev 0 when nothing does.
	Fact(ctx context.Context, key string) (Fact, error)
	// PutFact writes over the revision rev (0: there must be none), else it gives
	// ErrConflict. After any other error the fact may be there all the same.
	PutFact(ctx context.Context, key string, value []byte, rev uint64) (uint64, error)
	// DeleteFact removes what has the revision rev, 0: whatever stands there.
	DeleteFact(ctx context.Context, key string, rev uint64) error
	// Facts lists what stands below a prefix of words.
	Facts(ctx context.Context, prefix string) ([]Fact, error)
	// FollowFacts hands over what stands there, then a Fact without a key, and
	// then every change until ctx ends.
	FollowFacts(ctx context.Context, prefix string, each func(Fact)) error
}

// Fact is one thing that is known about people.
type Fact struct {
	Key   string
	Value []byte // nil: it was deleted
	Rev   uint64
}

// ErrConflict says that somebody else wrote a fact in between: read it again.
var ErrConflict = errors.New("another fact was written in between")
