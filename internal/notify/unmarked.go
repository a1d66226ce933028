package notify

import (
	"context"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// unmarkedLife is beyond the life of every letter: after it none comes again.
	unmarkedLife = 25 * time.Hour
	// maxUnmarked bounds what a store that never takes a marker can cost.
	maxUnmarked = 4096
)

// unmarked holds the receipts of letters that were sent while the store could not
// take their marker. The store will hand these letters out again, and without a
// marker it is known here alone that they rang.
type unmarked struct {
	mu       sync.Mutex
	receipts map[string]stock.Receipt // by epoch and letter
}

func unmarkedKey(l stock.Letter) string { return l.Epoch + "/" + l.ID() }

func (u *unmarked) add(l stock.Letter, r stock.Receipt) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.receipts == nil {
		u.receipts = make(map[string]stock.Receipt)
	}
	for key, old := range u.receipts {
		if r.SentAt.Sub(old.SentAt) > unmarkedLife {
			delete(u.receipts, key)
		}
	}
	if len(u.receipts) < maxUnmarked {
		u.receipts[unmarkedKey(l)] = r
	}
}

func (u *unmarked) get(l stock.Letter) (stock.Receipt, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	r, ok := u.receipts[unmarkedKey(l)]
	return r, ok
}

func (u *unmarked) drop(l stock.Letter) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.receipts, unmarkedKey(l))
}

// mark writes the marker of a letter that was sent. While that fails the receipt
// is kept for the letter's return.
func (d *delivery) mark(ctx context.Context, r stock.Receipt) error {
	err := persist(ctx, func(ctx context.Context) error { return d.at.store.MarkSent(ctx, d.letter, r) })
	if err != nil {
		d.at.unmarked.add(d.letter, r)
		return err
	}
	d.at.unmarked.drop(d.letter)
	return nil
}
