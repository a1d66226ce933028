package wishlist

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// lists is a shop with wish lists, a store of facts and somebody to whom is proposed.
type lists struct {
	mu       sync.Mutex
	parts    map[string]stock.Observation // by address
	every    time.Duration                // what a look waits for its host's gap
	err      error                        // of every look: nobody can be asked
	errs     map[string]error             // of the looks at an address
	propose  func()                       // called by every proposal
	full     error                        // of every proposal
	asked    []string
	proposed []string
	log      bytes.Buffer

	store sync.Mutex // of facts, which a proposal may read
	facts map[string]stock.KV
}

func (s *lists) reader() *Reader {
	return New(Options{
		Look: func(ctx context.Context, rawURL string) (stock.Observation, error) {
			if s.every > 0 {
				select {
				case <-time.After(s.every):
				case <-ctx.Done():
					return stock.Observation{}, ctx.Err()
				}
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.err != nil {
				return stock.Observation{}, s.err
			}
			s.asked = append(s.asked, rawURL)
			if err := s.errs[rawURL]; err != nil {
				return stock.Observation{}, err
			}
			o, ok := s.parts[rawURL]
			if !ok {
				o = stock.Observation{Outcome: stock.NotFound, Reason: stock.Said("no such list")}
			}
			return o, nil
		},
		Every: func(string) time.Duration { return s.every },
		Propose: func(_ context.Context, list string, x stock.Listing) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.propose != nil {
				s.propose()
			}
			if s.full == nil {
				s.proposed = append(s.proposed, list+" "+x.ID)
			}
			return s.full
		},
		Facts: s, Logger: slog.New(slog.NewTextHandler(&s.log, nil)),
	})
}

func (s *lists) Facts(context.Context, string) (all []stock.KV, err error) {
	s.store.Lock()
	defer s.store.Unlock()
	for _, kv := range s.facts {
		all = append(all, kv)
	}
	return all, nil
}

func (s *lists) PutFact(ctx context.Context, key string, value []byte, rev uint64) (uint64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	s.store.Lock()
	defer s.store.Unlock()
	if s.facts[key].Rev != rev {
		return 0, stock.ErrConflict
	}
	if s.facts == nil {
		s.facts = map[string]stock.KV{}
	}
	s.facts[key] = stock.KV{Key: key, Value: value, Rev: rev + 1}
	return rev + 1, nil
}

// take returns what was asked and proposed since the last call.
func (s *lists) take() (asked, proposed []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked, proposed = s.asked, s.proposed
	s.asked, s.proposed = nil, nil
	return asked, proposed
}

func (s *lists) set(address string, o stock.Observation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.parts == nil {
		s.parts = map[string]stock.Observation{}
	}
	s.parts[address] = o
}

// part is a part of a list with items, by their ids.
func part(next string, ids ...string) stock.Observation {
	o := stock.Observation{Outcome: stock.OK, IsSearch: true, Next: next}
	for _, id := range ids {
		o.Listings = append(o.Listings, stock.Listing{ID: id, Title: "Item " + id, URL: "https://shop.example/dp/" + id})
	}
	return o
}

var wishes = List{ID: "wishes", URL: "https://shop.example/list", Interval: 6 * time.Hour}

// following runs a reader in virtual time.
func following(t *testing.T, s *lists, test func(r *Reader), all ...List) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		r := s.reader()
		r.Set(all)
		ended := make(chan error)
		go func() { ended <- r.Run(ctx) }()
		synctest.Wait()
		test(r)
		stop()
		if err := <-ended; err != context.Canceled {
			t.Errorf("Run ended with %v, want %v", err, context.Canceled)
		}
	})
}

func want(t *testing.T, story string, s *lists, asked, proposed []string) {
	t.Helper()
	synctest.Wait()
	gotAsked, gotProposed := s.take()
	if !slices.Equal(gotAsked, asked) || !slices.Equal(gotProposed, proposed) {
		t.Errorf("%s: asked %q and proposed %q, want %q and %q", story, gotAsked, gotProposed, asked, proposed)
	}
}

func TestItemsAreProposedOnce(t *testing.T) {
	const more = "https://shop.example/more"
	s := &lists{}
	s.set(wishes.URL, part(more, "a", "b", "a"))
	s.set(more, part("", "c"))
	following(t, s, func(r *Reader) {
		want(t, "the first reading", s, []string{wishes.URL, more}, []string{"wishes a", "wishes b", "wishes c"})
		s.set(more, part("", "c", "d"))
		time.Sleep(6*time.Hour - time.Second)
		want(t, "before its time", s, nil, nil)
		time.Sleep(time.Second)
		want(t, "a new item", s, []string{wishes.URL, more}, []string{"wishes d"})
		s.set(wishes.URL, part(""))
		time.Sleep(6 * time.Hour)
		want(t, "an empty list", s, []string{wishes.URL}, nil)
		s.set(wishes.URL, part("", "a", "e"))
		other := List{ID: "other", URL: wishes.URL, Interval: time.Hour}
		r.Set([]List{wishes, other})
		want(t, "another list has it too", s, []string{wishes.URL}, []string{"other e"})
		time.Sleep(time.Hour)
		want(t, "what the other proposed", s, []string{wishes.URL}, nil)
	}, wishes)
	following(t, s, func(*Reader) {
		want(t, "after a restart", s, nil, nil)
		time.Sleep(6 * time.Hour)
		want(t, "after a restart, in its time", s, []string{wishes.URL}, nil)
	}, wishes)
}

func TestListsThatCannotBeRead(t *testing.T) {
	const more = "https://shop.example/more"
	s := &lists{}
	s.set(wishes.URL, part(more, "a"))
	following(t, s, func(*Reader) {
		want(t, "a part that is not there", s, []string{wishes.URL, more}, []string{"wishes a"})
		for _, wait := range []time.Duration{10 * time.Minute, 20 * time.Minute, 40 * time.Minute} {
			time.Sleep(wait - time.Second)
			want(t, fmt.Sprintf("before %v", wait), s, nil, nil)
			time.Sleep(time.Second)
			want(t, fmt.Sprintf("after %v", wait), s, []string{wishes.URL, more}, nil)
		}
		s.set(more, stock.Observation{Outcome: stock.RateLimited, RetryAfter: 5 * time.Hour})
		time.Sleep(80 * time.Minute)
		want(t, "a host that wants to be left alone", s, []string{wishes.URL, more}, nil)
		time.Sleep(5*time.Hour - time.Second)
		want(t, "while it wants that", s, nil, nil)
		s.set(more, part("", "b"))
		time.Sleep(time.Second)
		want(t, "read again", s, []string{wishes.URL, more}, []string{"wishes b"})
		if got := s.log.String(); strings.Count(got, "cannot be read") != 1 || strings.Count(got, "can be read again") != 1 {
			t.Errorf("the log says %s, want once that it fails and once that it is over", got)
		}
		time.Sleep(6*time.Hour - time.Second)
		want(t, "then at its interval", s, nil, nil)
	}, wishes)
}

func TestNobodyCanBeAsked(t *testing.T) {
	s := &lists{err: errors.New("no watcher")}
	s.set(wishes.URL, part("", "a"))
	following(t, s, func(*Reader) {
		want(t, "nobody", s, nil, nil)
		s.mu.Lock()
		s.err = nil
		s.mu.Unlock()
		time.Sleep(time.Minute)
		want(t, "a watcher came", s, []string{wishes.URL}, []string{"wishes a"})
	}, wishes)
}

// What was not made is proposed again.
func TestNoRoomForProducts(t *testing.T) {
	s := &lists{full: stock.ErrTooMany}
	s.set(wishes.URL, part("", "a", "b"))
	following(t, s, func(*Reader) {
		want(t, "no room", s, []string{wishes.URL}, nil)
		s.mu.Lock()
		s.full = nil
		s.mu.Unlock()
		time.Sleep(10 * time.Minute)
		want(t, "room again", s, []string{wishes.URL}, []string{"wishes a", "wishes b"})
	}, wishes)
}

// A list that names itself as its next part, or ever more parts, ends all the same.
func TestEndlessListsEnd(t *testing.T) {
	s := &lists{}
	s.set(wishes.URL, part(wishes.URL, "a"))
	endless := List{ID: "endless", URL: "https://shop.example/0", Interval: time.Hour}
	for i := range 100 {
		s.set(fmt.Sprintf("https://shop.example/%d", i), part(fmt.Sprintf("https://shop.example/%d", i+1), fmt.Sprint("x", i)))
	}
	following(t, s, func(*Reader) {
		asked, proposed := s.take()
		if len(asked) != 1+maxParts || len(proposed) != 1+maxParts {
			t.Errorf("%d requests and %d proposals, want %d", len(asked), len(proposed), 1+maxParts)
		}
	}, wishes, endless)
}

// A host that wants no request is asked for none of its lists, nor after a restart.
func TestAHostIsLeftAlone(t *testing.T) {
	s := &lists{}
	s.set(wishes.URL, stock.Observation{Outcome: stock.RateLimited, RetryAfter: 5 * time.Hour})
	other := List{ID: "other", URL: "https://shop.example/other", Interval: time.Hour}
	s.set(other.URL, part("", "o"))
	following(t, s, func(r *Reader) {
		want(t, "the host asks for a rest", s, []string{wishes.URL}, nil)
		r.Set([]List{wishes, other})
		time.Sleep(5*time.Hour - time.Second)
		want(t, "while it wants that", s, nil, nil)
		time.Sleep(time.Second)
		synctest.Wait()
		if asked, _ := s.take(); len(asked) == 0 {
			t.Error("nothing is asked after its rest")
		}
	}, wishes)

	s = &lists{}
	s.set(wishes.URL, stock.Observation{Outcome: stock.RateLimited, RetryAfter: 5 * time.Hour})
	following(t, s, func(*Reader) { want(t, "again", s, []string{wishes.URL}, nil) }, wishes)
	following(t, s, func(*Reader) {
		want(t, "after a restart", s, nil, nil)
		time.Sleep(5 * time.Hour)
		want(t, "after a restart and its rest", s, []string{wishes.URL}, nil)
	}, wishes)
}

// Whoever corrects the address of a list need not wait for its interval.
func TestAnotherAddressIsReadAtOnce(t *testing.T) {
	s := &lists{}
	s.set(wishes.URL, part("", "a"))
	corrected := List{ID: wishes.ID, URL: "https://shop.example/corrected", Interval: wishes.Interval}
	s.set(corrected.URL, part("", "b"))
	following(t, s, func(r *Reader) {
		want(t, "the first address", s, []string{wishes.URL}, []string{"wishes a"})
		r.Set([]List{corrected})
		want(t, "the corrected one", s, []string{corrected.URL}, []string{"wishes b"})
	}, wishes)
}

// The host was asked a moment ago when a later part has no answer, also if the first one
// had no items.
func TestNobodyAnswersForALaterPart(t *testing.T) {
	const more = "https://shop.example/more"
	s := &lists{errs: map[string]error{more: errors.New("no watcher")}}
	s.set(wishes.URL, part(more))
	following(t, s, func(*Reader) {
		want(t, "the first time", s, []string{wishes.URL, more}, nil)
		time.Sleep(9 * time.Minute)
		want(t, "soon after", s, nil, nil)
	}, wishes)
}

func TestHugeListsAreCut(t *testing.T) {
	s := &lists{}
	var ids []string
	for i := range 2 * maxItems {
		ids = append(ids, fmt.Sprint(i))
	}
	s.set(wishes.URL, part("https://shop.example/more", ids...))
	following(t, s, func(*Reader) {
		if asked, proposed := s.take(); len(asked) != 1 || len(proposed) != maxItems {
			t.Errorf("%d requests and %d proposals, want 1 and %d", len(asked), len(proposed), maxItems)
		}
	}, wishes)
}

// What was proposed is noted also when the process is to end while it reads a list: else a
// product that is removed then would come back.
func TestTheEndDuringProposals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &lists{}
		s.set(wishes.URL, part("", "a"))
		ctx, stop := context.WithCancel(t.Context())
		s.propose = stop
		r := s.reader()
		r.Set([]List{wishes})
		if err := r.Run(ctx); err != context.Canceled {
			t.Errorf("Run ended with %v, want %v", err, context.Canceled)
		}
		if kv := s.facts[factKey(wishes)]; !strings.Contains(string(kv.Value), markOf(s.parts[wishes.URL].Listings[0])) {
			t.Errorf("noted: %q, want the mark of what was proposed", kv.Value)
		}
	})
}

func TestMarksAreBounded(t *testing.T) {
	var all []stock.Listing
	for i := range maxProposed + 50 {
		all = append(all, part("", fmt.Sprint(i)).Listings...)
	}
	m := memory{}
	for _, x := range all {
		m.add(x)
	}
	m.keep(all[:20]) // the oldest are those that are still listed
	if len(m.Proposed) != maxProposed || len(m.encode()) > 15<<10 {
		t.Errorf("%d marks in %d bytes, want %d in less than 15 KiB", len(m.Proposed), len(m.encode()), maxProposed)
	}
	for _, x := range all[:20] {
		if !slices.Contains(m.Proposed, markOf(x)) {
			t.Errorf("the mark of %s is gone, which is still on the list", x.ID)
		}
	}
}
