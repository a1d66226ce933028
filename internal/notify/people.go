package notify

import (
	"context"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// People keeps what is known about people and outlives a restart: letters that
// wait for the morning, open groups, timers, acknowledgements.
type People interface {
	// Fact returns what stands under a key, with Rev 0 when nothing does.
	Fact(ctx context.Context, key string) (stock.KV, error)
	// PutFact writes over the revision rev (0: there must be none), else it gives
	// ErrConflict. After any other error the fact may be there all the same.
	PutFact(ctx context.Context, key string, value []byte, rev uint64) (uint64, error)
	// DeleteFact removes what has the revision rev, 0: whatever stands there.
	DeleteFact(ctx context.Context, key string, rev uint64) error
	// Facts lists what stands below a prefix of words.
	Facts(ctx context.Context, prefix string) ([]stock.KV, error)
	// FollowFacts hands over what is there, then a KV without a key, and
	// then every change until ctx ends.
	FollowFacts(ctx context.Context, prefix string, each func(stock.KV)) error
}
