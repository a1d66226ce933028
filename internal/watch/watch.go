// Package watch owns time: it looks at every page of the hosts that are its to
// ask, folds what it saw into the state of the watches that the page serves, and
// writes each change to the journal, once.
//
// There is one loop per host and one look at a time in it, so a slow host delays
// no other, and one look per URL, whoever watches it. Which page is next is
// package schedule's to say, what a look means is package diff's. This package
// adds when not to ask: within the host's gap, during a back-off, and, where
// several watchers share the work, without a lease on the host.
//
// It does not fetch or read pages and knows neither bus nor wire format: it is
// given an Observer, a Journal, a Memory and, in a cluster, a LeaseStore. It
// decides nothing about alerts.
package watch

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Observer looks at pages. Its methods are called from many goroutines at once,
// Observe never twice at a time for one host.
type Observer interface {
	// Observe looks at the page of a watch's URL once. It ends with its context,
	// and says what went wrong in the observation.
	Observe(ctx context.Context, rawURL string) stock.Observation
	// Host is the key of the host that is really asked for a watch's URL.
	Host(rawURL string) string
	// Source is the name of the source that reads a watch's URL.
	Source(rawURL string) string
}

// Journal keeps the records of changes. The last record of a watch is its state.
type Journal interface {
	// Append adds a record if the last one of its watch has the sequence last
	// (0: there is none). After any error the record may stand there or not.
	Append(ctx context.Context, c stock.Change, last uint64) (seq uint64, err error)
	// Last returns the last record of a watch; a sequence of 0 says there is none.
	Last(ctx context.Context, tid string) (c stock.Change, seq uint64, err error)
}

// Memory keeps a small value per host over restarts and hand-overs.
type Memory interface {
	Learned(ctx context.Context, host string) ([]byte, error) // nil: nothing
	Learn(ctx context.Context, host string, value []byte) error
}

// LeaseStore shares out work: its keys vanish one LeaseTTL after their last
// renewal. Every error of a write means that it may have happened or not.
type LeaseStore interface {
	CreateLease(ctx context.Context, key, value string) (rev uint64, err error)
	RenewLease(ctx context.Context, key, value string, rev uint64) (uint64, error)
	ReleaseLease(ctx context.Context, key string, rev uint64) error
	Leases(ctx context.Context) ([]stock.Lease, error)
	// WatchLeases calls nudge when a lease may have changed, until ctx ends. It is
	// a hint only.
	WatchLeases(ctx context.Context, nudge func()) error
}

// Options are what a Watcher needs. Announce, Distrust, Share, Zone, Leases, Logger and
// Registerer may be nil.
type Options struct {
	ID       string // of this watcher; stable over restarts, unlike any other's
	Observer Observer
	Journal  Journal
	Memory   Memory
	Leases   LeaseStore                          // nil: all hosts are ours
	LeaseTTL time.Duration                       // of Leases; 0: 30 s
	Announce func(shard int, looks []stock.Look) // tells dashboards what was just seen; must not block
	// Distrust tells the observer which methods are no evidence of availability on a
	// host, as was learned of it; must not block.
	Distrust func(host string, methods []stock.Method)
	Share    func(stock.Hint)                 // tells the other watchers; must not block
	Every    func(host string) time.Duration  // the gap between two requests of a host
	Zone     func(host string) *time.Location // of the shop's day; nil: Japan's for all
	// Effective is what a watch's offer costs in the end by the user's rates, for the metrics; nil: not known.
	Effective  func(w stock.Watch, source string, s stock.State) stock.Price
	Metrics    []string // facts of each watch that Families tells, of stock.WatchMetrics; nil: all
	ConfigHash string   // told to the other watchers
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

const (
	defaultLeaseTTL = 30 * time.Second
	callTimeout     = 2 * time.Second  // of one call to the journal or the memory
	stopTimeout     = 10 * time.Second // for everything to end
)
