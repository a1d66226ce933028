package fetch

import (
	"bytes"
	"context"
	"slices"
	"sync"
)

// budget bounds the bytes of all bodies that are in memory at one moment. Without
// it the first round after a start, when every host is due, needs as much memory
// as all pages together.
//
// Whoever needs more than is free waits, with one exception: the oldest share
// always gets what it asks for. It ends, so that shares that each hold a part and
// wait for the rest cannot wait for each other for ever. The most that is in use
// is therefore the limit and one body.
type budget struct {
	limit int64

	mu     sync.Mutex
	used   int64
	peak   int64
	shares []*share // that hold something or wait, in the order of their first take
}

// share is what one request has of a budget. It is used by one goroutine.
type share struct {
	budget *budget
	brief  bool          // most likely closed at once: it goes before others
	body   *bytes.Buffer // what the share is for, once it has come; nil: nothing

	// Guarded by budget.mu.
	held int64
	want int64         // that it waits for; 0: it does not wait
	got  chan struct{} // closed when it has what it wanted
}

func newBudget(limit int64) *budget { return &budget{limit: limit} }

// open returns a share that holds nothing. Whoever opens it must close it. A brief one is
// for an answer that most likely repeats the last one. It needs no reading, and goes
// before others, which hold their memory until they are read.
func (b *budget) open(brief bool) *share { return &share{budget: b, brief: brief} }

// take adds n bytes to the share, and waits while there is no room for them.
// waiting, when not nil, is called when the wait begins, and what it returns when
// the wait is over. The error is the context's.
func (s *share) take(ctx context.Context, n int64, waiting func() (over func())) error {
	if n <= 0 {
		return nil
	}
	got := s.ask(n)
	if got == nil {
		return nil
	}
	if waiting != nil {
		defer waiting()()
	}
	select {
	case <-got:
		return nil
	case <-ctx.Done():
		s.withdraw()
		return context.Cause(ctx)
	}
}

// ask returns nil when the share has n bytes more, else what is closed when it has.
func (s *share) ask(n int64) <-chan struct{} {
	b := s.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if !slices.Contains(b.shares, s) {
		b.shares = append(b.shares, s)
	}
	s.want, s.got = n, make(chan struct{})
	b.serve()
	if s.want == 0 {
		return nil
	}
	return s.got
}

// withdraw ends a wait. What came in the same moment stays the share's.
func (s *share) withdraw() {
	s.budget.mu.Lock()
	defer s.budget.mu.Unlock()
	s.want = 0
}

// keep lowers what the share holds to n bytes.
func (s *share) keep(n int64) {
	b := s.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if n < s.held {
		b.used -= s.held - n
		s.held = n
		b.serve()
	}
}

// close gives everything back.
func (s *share) close() {
	b := s.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used -= s.held
	s.held, s.want = 0, 0
	b.shares = slices.DeleteFunc(b.shares, func(o *share) bool { return o == s })
	b.serve()
}

// serve gives those who wait what there is room for: the oldest first, then the brief
// ones, and the others only when no brief one waits.
func (b *budget) serve() {
	waits := false
	for _, brief := range []bool{true, false} {
		for i, s := range b.shares {
			if s.want == 0 || i > 0 && (s.brief != brief || waits && !brief) {
				continue
			}
			if i > 0 && b.used+s.want > b.limit {
				waits = waits || brief
				continue
			}
			b.used += s.want
			b.peak = max(b.peak, b.used)
			s.held += s.want
			s.want = 0
			close(s.got)
		}
	}
}
