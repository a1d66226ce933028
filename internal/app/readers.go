package app

import (
	"context"

	"github.com/sainyuka/sainyuka/internal/config"
)

// readers bounds how many pages are read at one moment. The tree of a page takes
// ten times the page's own memory, and more readers than cores finish no sooner:
// they only keep everything else waiting.
type readers struct {
	places chan struct{}
	// first is one place more, for pages that are news: they need not wait for the others.
	first chan struct{}
}

func newReaders(n int) readers {
	return readers{make(chan struct{}, max(1, n)), make(chan struct{}, 1)}
}

// do waits for a free place and reads. The error is the context's, and nothing was
// read then. A page is news when it has changed and may have another availability, see
// isNews: a restock is such a page, while many pages change at every look.
func (r readers) do(ctx context.Context, news bool, read func()) error {
	var first chan<- struct{} // nil: never ready, this page may not use it
	if news {
		first = r.first
	}
	taken := r.places
	select {
	case first <- struct{}{}:
		taken = r.first
	default:
		select {
		case first <- struct{}{}:
			taken = r.first
		case r.places <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	defer func() { <-taken }() // a page may make its reader panic
	read()
	return nil
}

// pageMemory is how many bytes of pages may be in memory at one moment. Trees,
// and garbage that is not collected yet, need several times as much beside them.
func pageMemory(cfg *config.Config, machine int64) int64 {
	const least, most = 16 << 20, 24 << 20
	switch {
	case cfg.Fetch.Memory > 0:
		return cfg.Fetch.Memory
	case machine <= 0:
		return most
	}
	return min(max(machine/16, least), most)
}
