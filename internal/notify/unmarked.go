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

// sentMarks are the receipts of the letters that were sent.
type sentMarks struct {
	store    Store
	unmarked *unmarked
}

// of returns the receipt of a letter, when it was sent.
func (p *sentMarks) of(ctx context.Context, l stock.Letter) (stock.Receipt, bool, error) {
	if receipt, ok := p.unmarked.get(l); ok {
		return receipt, true, nil
	}
	return p.store.Sent(ctx, l)
}

// unsent reports whether it is certain that the letter was not sent yet.
func (p *sentMarks) unsent(ctx context.Context, l stock.Letter) bool {
	if _, sent := p.unmarked.get(l); sent {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	_, sent, err := p.store.Sent(ctx, l)
	return err == nil && !sent
}

// mark writes the marker of a letter that was sent. While that fails the receipt
// is kept for the letter's return.
func (p *sentMarks) mark(ctx context.Context, l stock.Letter, r stock.Receipt) error {
	err := persist(ctx, func(ctx context.Context) error { return p.store.MarkSent(ctx, l, r) })
	if err != nil {
		p.unmarked.add(l, r)
		return err
	}
	p.unmarked.drop(l)
	return nil
}
