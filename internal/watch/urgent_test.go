package watch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// busyJournal counts what it is asked, and answers the first appends with an error as one
// does that took too long.
type busyJournal struct {
	late    int // appends that are written, but answered too late
	kinds   []stock.Kind
	records []stock.Change
	lasts   int
}

func (j *busyJournal) Append(_ context.Context, c stock.Change, last uint64) (uint64, error) {
	if last != uint64(len(j.records)) {
		return 0, errors.New("wrong last sequence")
	}
	j.kinds, j.records = append(j.kinds, c.Kind), append(j.records, c)
	if j.late > 0 {
		j.late--
		return 0, context.DeadlineExceeded
	}
	return uint64(len(j.records)), nil
}

func (j *busyJournal) Last(context.Context, string) (c stock.Change, seq uint64, err error) {
	j.lasts++
	if n := len(j.records); n > 0 {
		return j.records[n-1], uint64(n), nil
	}
	return c, 0, nil
}

// withoutTurns is a host of which no call gets a turn.
func withoutTurns(j Journal) *host {
	log := slog.New(slog.DiscardHandler)
	h := &host{shared: &shared{
		Options: Options{ID: "w", Journal: j, Logger: log}, metrics: newMetrics(nil),
		outage: &outage{log: log, refused: map[string]bool{}}, calls: make(calls, 1),
	}}
	h.late = map[string]*follow{}
	h.calls <- struct{}{}
	return h
}

// A restock does not wait for its turn: neither behind a sell-out of the same watch that
// is not written yet, nor to be asked for after an append that had no answer.
func TestARestockDoesNotWaitForATurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHistory(time.Now())
		w.look(stock.InStock, 1000)
		w.look(stock.OutOfStock, 1000)
		w.look(stock.InStock, 1000)
		j := &busyJournal{late: 2}
		start := time.Now()
		err := withoutTurns(j).publish(t.Context(), w.follow)
		want := []stock.Kind{stock.Restocked, stock.SoldOutKind, stock.Restocked}
		if err != nil || !slices.Equal(j.kinds, want) || time.Since(start) != 0 {
			t.Errorf("without a turn %v are written after %v, %v; want %v at once", j.kinds, time.Since(start), err, want)
		}
	})
}

// What had no turn was not asked: nobody needs to read what became of it, and the host's
// other pages do not wait twice as long.
func TestWhatHadNoTurnIsNotAskedAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHistory(time.Now())
		w.look(stock.InStock, 1000)
		w.pending = nil
		w.look(stock.OutOfStock, 1000)
		j := &busyJournal{}
		start := time.Now()
		err := withoutTurns(j).publish(t.Context(), w.follow)
		if err == nil || time.Since(start) != turnTimeout || j.lasts != 0 || len(w.pending) != 1 {
			t.Errorf("a sell-out without a turn: %v after %v, the last record read %d times, %d changes kept; want an error after %v, none, 1",
				err, time.Since(start), j.lasts, len(w.pending), turnTimeout)
		}
	})
}

// Of all that waits for the journal, restocks are written first: nothing of the host is
// written any more once a sell-out has had no turn.
func TestRestocksAreDeliveredFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &busyJournal{}
		h := withoutTurns(j)
		for i := range 20 {
			w := newHistory(time.Now())
			w.look(stock.InStock, 1000)
			if i > 0 {
				w.pending = nil
				w.look(stock.OutOfStock, 1000)
			}
			h.late[fmt.Sprint(i)] = w.follow
		}
		err := h.deliver(t.Context(), clock.Now())
		if want := []stock.Kind{stock.Restocked}; !errors.Is(err, errNoTurn) || !slices.Equal(j.kinds, want) {
			t.Errorf("of a restock and many sell-outs %v are written without a turn, %v; want %v, %v", j.kinds, err, want, errNoTurn)
		}
	})
}
