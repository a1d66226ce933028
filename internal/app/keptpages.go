package app

import (
	"bytes"
	"slices"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// The bounds of the pages that are kept so that rules can be tried on them.
const (
	keptLife  = 30 * time.Minute
	keptPages = 12 // in all
	keptEach  = 3  // of one address
	keptBytes = 8 << 20
)

// kept holds pages as they came, for a while, so that a user can try several rules on
// one answer of the shop.
type kept struct {
	mu    sync.Mutex
	pages []keptPage // oldest first
}

type keptPage struct {
	url   string // of the watch
	page  stock.Page
	more  []stock.Page
	since clock.Instant
}

func (p keptPage) bytes() (n int) {
	n = len(p.page.Body)
	for _, m := range p.more {
		n += len(m.Body)
	}
	return n
}

// add keeps a copy of a page and drops older ones until the bounds hold. The newest page always
// stays: its size is bounded by fetch.
func (k *kept) add(rawURL string, page stock.Page, more []stock.Page) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.drop()
	page.Body, more = bytes.Clone(page.Body), slices.Clone(more)
	for i := range more {
		more[i].Body = bytes.Clone(more[i].Body)
	}
	k.pages = append(k.pages, keptPage{rawURL, page, more, clock.Now()})
	total, each := 0, 0
	for i, p := range slices.Backward(k.pages) {
		total += p.bytes()
		if p.url == rawURL {
			each++
		}
		newest := i == len(k.pages)-1
		if !newest && (total > keptBytes || len(k.pages)-i > keptPages || p.url == rawURL && each > keptEach) {
			k.pages = slices.Delete(k.pages, i, i+1)
			total -= p.bytes()
		}
	}
}

// of returns the pages that are kept of an address, newest first.
func (k *kept) of(rawURL string) (found []keptPage) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.drop()
	for _, p := range slices.Backward(k.pages) {
		if p.url == rawURL {
			found = append(found, p)
		}
	}
	return found
}

// drop drops what is too old. The caller holds the lock.
func (k *kept) drop() {
	now := clock.Now()
	k.pages = slices.DeleteFunc(k.pages, func(p keptPage) bool { return now.Sub(p.since) > keptLife })
}
