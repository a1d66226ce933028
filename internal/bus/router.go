package bus

import (
	"context"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	routerLease  = "router"
	measureEvery = 10 * time.Minute
)

// Route is the durable reader that makes alerts of records, see [Readers.Consume]. Of
// all processes that call it one is active at a time, by the lease "router".
//
// What is to run beside it, in the active process only, begins and ends with its
// turn; each must last until its context ends.
func (b *Bus) Route(ctx context.Context, handle func(context.Context, stock.Entry) error, beside ...func(context.Context) error) error {
	return b.Readers.consume(ctx, routerDurable(), handle, append(beside, b.keepMeasure)...)
}

// keepMeasure measures the streams at intervals, and notes how far they are. One
// process does that for all.
func (b *Bus) keepMeasure(ctx context.Context) error {
	for {
		b.Sizes.measure(ctx)
		b.ages.note(ctx)
		if !pause(ctx, measureEvery) {
			return ctx.Err()
		}
	}
}
