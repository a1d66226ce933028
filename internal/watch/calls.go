package watch

import (
	"context"
	"errors"
	"fmt"
)

const (
	// inCalls bounds the calls to the journal and the memory at one moment. A store that
	// syncs every record answers them one by one: a thousand at once, when a thousand hosts
	// are looked at for the first time, would all time out, and each would have to ask what
	// became of it.
	inCalls = 64
	// turnTimeout is for how long a call waits for its turn.
	turnTimeout = 5 * callTimeout
)

// errNoTurn says that a call was not made: nothing came of it.
var errNoTurn = errors.New("too many other calls to the store are under way")

// calls are the places of calls under way.
type calls chan struct{}

// do makes a call with callTimeout of its own, once it is its turn. An urgent one does not
// wait for that.
func (c calls) do(ctx context.Context, urgent bool, call func(context.Context) error) error {
	if !urgent {
		turn, cancel := context.WithTimeout(ctx, turnTimeout)
		defer cancel()
		select {
		case c <- struct{}{}:
			defer func() { <-c }()
		case <-turn.Done():
			return fmt.Errorf("%w: %w", errNoTurn, context.Cause(turn))
		}
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return call(ctx)
}
