package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// looksKept is how many rows of last looks are kept of a watch.
const looksKept = 12

// lookRun is looks that saw the same, one after another.
type lookRun struct {
	packed []byte // the last of them
	first  int64  // when the first was, in Unix nanoseconds
	n      int32
	good   bool
}

// addLook puts a look behind the last one of its watch, nil for none. Where there is no room,
// what could not be read is kept longer than what could: it is what people come for.
func (w *latest) addLook(last, k *stock.Look) {
	if last != nil && w.run.n > 0 && alike(last, k) {
		w.run.n++
		return
	}
	if w.run.n > 0 {
		w.run.packed = w.look
		w.past = append(w.past, w.run)
	}
	if len(w.past) >= looksKept {
		i := max(0, slices.IndexFunc(w.past, func(r lookRun) bool { return r.good }))
		w.past = slices.Delete(w.past, i, i+1)
	}
	w.run = lookRun{first: k.At.UnixNano(), n: 1, good: k.Outcome.Good()}
}

// alike reports whether two looks make one row.
func alike(a, b *stock.Look) bool {
	return a.Outcome == b.Outcome && a.Price == b.Price && sameLook(a, b)
}

// looksOf returns the last looks of a watch, oldest first.
func (l *live) looksOf(tid string) []lookRun {
	l.mu.RLock()
	defer l.mu.RUnlock()
	w := l.watches[tid]
	if w == nil || w.run.n == 0 {
		return nil
	}
	now := w.run
	now.packed = w.look
	return append(slices.Clone(w.past), now)
}

// lookView is a row of last looks.
type lookView struct {
	First, Last  *moment // First is nil for one look
	N            int
	Class, Badge string
	Outcome      string
	Price        string
	Why, Reason  string
	Took         string
}

func (s *Server) lookViews(tid string, now time.Time) (rows []lookView) {
	for _, run := range slices.Backward(s.live.looksOf(tid)) {
		k := s.live.packer.look(run.packed)
		if k == nil {
			continue
		}
		v := lookView{
			Last: s.clock.show(k.At, now), N: int(run.n), Outcome: s.outcome(k.Outcome, k.Reason), Price: k.Price.Text(),
			Class: k.Availability.Group().String(), Badge: s.words.name("availability", k.Availability.String()),
			Why: stock.Reason(k.Why).In(s.words.language()), Reason: k.Reason.In(s.words.language()),
		}
		if run.n > 1 {
			v.First = s.clock.show(time.Unix(0, run.first), now)
		}
		if k.Took > 0 {
			v.Took = s.words.span(time.Duration(k.Took) * time.Millisecond)
		}
		switch {
		case !k.Outcome.Good():
			v.Class, v.Badge, v.Outcome = "trouble", v.Outcome, ""
		case k.Doubt != "":
			v.Class, v.Badge = "unclear", s.words.name("doubt", string(k.Doubt))
		case k.Availability == stock.Unknown: // a search
			v.Class, v.Badge, v.Outcome = "search", v.Outcome, ""
		}
		rows = append(rows, v)
	}
	return rows
}

const (
	lookNowPath = "/watches/{id}/look"
	// lookNowWait is for how long the form waits for the look that it asked for; a host
	// that is not free by then is looked at later.
	lookNowWait  = 8 * time.Second
	lookNowCheck = 50 * time.Millisecond
)

func (s *Server) lookRoutes() []route {
	if s.o.Hint == nil {
		return nil
	}
	return []route{{"POST", lookNowPath, s.lookNowForm}}
}

func (s *Server) apiLookRoutes() []route {
	if s.o.Hint == nil {
		return nil
	}
	return []route{{"POST", "/api/v1" + lookNowPath, s.apiLookNow}}
}

// lookNow asks the watcher whose host it is for one look at a watch, as soon as the
// host's gap and the watch's own shortest wait allow.
func (s *Server) lookNow(r *http.Request) (stock.Watch, error) {
	p, w, ok := s.find(r.PathValue("id"))
	if !ok {
		return w, notFound("watch")
	}
	if p.Paused || w.Paused {
		return w, failure{status: http.StatusConflict, says: s.words.say("look_paused")}
	}
	if err := s.o.Hint(stock.Hint{Product: p.ID, Watch: w.ID, Source: "dashboard", At: clock.Wall(), Now: true}); err != nil {
		return w, fmt.Errorf("ask for a look: %w", err)
	}
	return w, nil
}

func (s *Server) apiLookNow(r *http.Request) (reply, error) {
	w, err := s.lookNow(r)
	if err != nil {
		return reply{}, err
	}
	return jsonReply(http.StatusAccepted, map[string]string{"watch": w.ID})
}

// lookNowForm waits a little for the look, so that the page that follows shows it.
func (s *Server) lookNowForm(r *http.Request) (reply, error) {
	before := s.live.get(r.PathValue("id")).Look
	w, err := s.lookNow(r)
	if err != nil {
		return reply{}, err
	}
	back := "../" + url.PathEscape(w.ID)
	if err := s.lookCame(r.Context(), w.ID, before); err != nil {
		return seeOther(back + "?asked=1#looks"), nil
	}
	return seeOther(back + "#looks"), nil
}

var errNoLookYet = errors.New("the look did not come yet")

// lookCame waits until there is a newer look at a watch than before.
func (s *Server) lookCame(ctx context.Context, tid string, before *stock.Look) error {
	ctx, cancel := context.WithTimeoutCause(ctx, lookNowWait, errNoLookYet)
	defer cancel()
	check := time.NewTicker(lookNowCheck)
	defer check.Stop()
	for {
		if now := s.live.get(tid).Look; now != nil && (before == nil || now.At.After(before.At)) {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-check.C:
		}
	}
}
