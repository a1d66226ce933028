package web

import (
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// How news are gathered for those who look at a list.
const (
	feedPause   = 250 * time.Millisecond // several changes make one batch
	feedBatches = 512                    // kept for whoever was away; longer than that and the list is read anew
)

// feed gathers which products changed into batches, numbered in their order. It
// knows no viewer: each asks for what came after the last batch that it knows.
type feed struct {
	boot string // of this process: numbers of another one mean nothing

	mu      sync.Mutex
	open    map[string]bool // products that changed since the last batch
	first   uint64          // number of batches[0]
	batches []*batch
	sealed  chan struct{} // closed with the next batch
}

// batch is what changed in a short time.
type batch struct {
	products []string
	mu       sync.Mutex
	encoded  map[translator][]byte // what a viewer of a language is sent, once for all of them
}

func newFeed() *feed {
	return &feed{boot: rand.Text()[:8], open: map[string]bool{}, first: 1, sealed: make(chan struct{})}
}

// add notes that a product changed.
func (f *feed) add(product string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.open) == 0 {
		time.AfterFunc(feedPause, f.seal)
	}
	f.open[product] = true
}

// seal makes a batch of what has changed, and wakes who waits for it.
func (f *feed) seal() {
	f.mu.Lock()
	defer f.mu.Unlock()
	b := &batch{encoded: map[translator][]byte{}}
	for p := range f.open {
		b.products = append(b.products, p)
	}
	f.open = map[string]bool{}
	f.batches = append(f.batches, b)
	if over := len(f.batches) - feedBatches; over > 0 {
		f.batches = append([]*batch(nil), f.batches[over:]...)
		f.first += uint64(over)
	}
	close(f.sealed)
	f.sealed = make(chan struct{})
}

// renew lets all viewers read their lists anew: the products are others.
func (f *feed) renew() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.boot, f.first, f.batches = rand.Text()[:8], 1, nil
	close(f.sealed)
	f.sealed = make(chan struct{})
}

// now returns the name of the newest batch, from which a viewer goes on who has seen
// the rows as they are.
func (f *feed) now() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.name(f.first + uint64(len(f.batches)) - 1)
}

func (f *feed) name(n uint64) string { return fmt.Sprintf("%s.%d", f.boot, n) }

// news is what came after a batch.
type news struct {
	last     string // the name of the newest batch
	products []string
	one      *batch          // the only one, whose encoding others may share; nil: there are several or none
	lost     bool            // more than is known: the list is to be read anew
	next     <-chan struct{} // closed with the next batch
}

// since returns what came after the batch of a name.
func (f *feed) since(name string) news {
	f.mu.Lock()
	defer f.mu.Unlock()
	newest := f.first + uint64(len(f.batches)) - 1
	n := news{last: f.name(newest), next: f.sealed}
	boot, number, _ := strings.Cut(name, ".")
	seen, err := strconv.ParseUint(number, 10, 64)
	if err != nil || boot != f.boot || seen > newest || seen+1 < f.first {
		n.lost = true
		return n
	}
	later := f.batches[seen+1-f.first:]
	if len(later) == 1 {
		n.one = later[0]
	}
	met := map[string]bool{}
	for _, b := range later {
		for _, p := range b.products {
			if !met[p] {
				met[p] = true
				n.products = append(n.products, p)
			}
		}
	}
	return n
}
