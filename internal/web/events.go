package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/sainyuka/sainyuka/internal/board"
	"github.com/sainyuka/sainyuka/internal/clock"
)

// Bounds of the streams of news.
const (
	streamsMost  = 512              // at a time; whoever comes after them asks now and then
	streamLife   = 10 * time.Minute // then the browser connects anew, and must still be let in
	streamPulse  = 20 * time.Second // proxies and phones drop what is silent
	streamWrite  = 10 * time.Second // a viewer that takes longer is gone
	rowsAtOnce   = 200              // more than that, and the list is read anew
	streamsRetry = 2 * time.Second
)

// eventsPath is where the stream of news is.
const eventsPath = "/events"

// streams counts who listens.
type streams struct{ n atomic.Int64 }

// event is what a viewer is sent: the rows that changed, and the counters.
type event struct {
	Rows   []eventRow          `json:"rows,omitempty"`
	Gone   []string            `json:"gone,omitempty"`   // products that are no longer there
	Counts map[board.Class]int `json:"counts,omitempty"` // of products, by class
	Pages  int                 `json:"pages"`            // pages that cannot be read
	Reload bool                `json:"reload,omitempty"` // the list is to be read anew
}

type eventRow struct {
	ID   string `json:"id"`
	HTML string `json:"html"`
}

// events streams what changes, as server-sent events. Each has the name of the news
// up to it, by which a browser that lost the connection goes on.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	if s.streams.n.Add(1) > streamsMost {
		s.streams.n.Add(-1)
		w.Header().Set("Retry-After", "60")
		http.Error(w, "too many streams", http.StatusServiceUnavailable)
		return
	}
	defer s.streams.n.Add(-1)
	at := r.Header.Get("Last-Event-ID")
	if at == "" {
		at = r.URL.Query().Get("since")
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // of nginx
	ctx, cancel := context.WithTimeout(r.Context(), streamLife)
	defer cancel()
	out := stream{w: w, control: http.NewResponseController(w)}
	if out.send(fmt.Appendf(nil, "retry: %d\n\n", streamsRetry.Milliseconds())) != nil {
		return
	}
	for {
		n := s.live.feed.since(at)
		if n.lost || len(n.products) > 0 {
			if out.send(s.encode(n)) != nil {
				return
			}
		}
		at = n.last
		if !out.wait(ctx, n.next) {
			return
		}
	}
}

// stream is one viewer.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (o stream) send(b []byte) error {
	if err := o.control.SetWriteDeadline(clock.Wall().Add(streamWrite)); err != nil {
		return err
	}
	if _, err := o.w.Write(b); err != nil {
		return err
	}
	return o.control.Flush()
}

// wait returns true when there is news, false when the stream ends.
func (o stream) wait(ctx context.Context, next <-chan struct{}) bool {
	for {
		pulse := time.NewTimer(streamPulse)
		select {
		case <-next:
			pulse.Stop()
			return true
		case <-ctx.Done():
			pulse.Stop()
			return false
		case <-pulse.C:
			if o.send([]byte(": \n\n")) != nil {
				return false
			}
		}
	}
}

// encode writes news as one event. What only one batch says is written once for all
// viewers of a language.
func (s *Server) encode(n news) []byte {
	if n.one == nil {
		return s.encodeEvent(n)
	}
	n.one.mu.Lock()
	defer n.one.mu.Unlock()
	b, ok := n.one.encoded[s.words]
	if !ok {
		b = s.encodeEvent(n)
		n.one.encoded[s.words] = b
	}
	return b
}

func (s *Server) encodeEvent(n news) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "id: %s\ndata: ", n.last)
	enc := json.NewEncoder(&b) // which ends with a line feed, and escapes those in texts
	enc.SetEscapeHTML(false)   // the answer is never read as HTML: nosniff
	if err := enc.Encode(s.event(n)); err != nil {
		s.o.Logger.Error("encode news for viewers", "err", err)
		return fmt.Appendf(nil, "id: %s\ndata: {\"reload\":true}\n\n", n.last)
	}
	b.WriteByte('\n')
	return b.Bytes()
}

func (s *Server) event(n news) event {
	if n.lost || len(n.products) > rowsAtOnce {
		return event{Reload: true}
	}
	items := s.live.rows.all()
	f := board.CountAll(items)
	e := event{Counts: f.Classes, Pages: f.Pages}
	for _, c := range board.Classes() {
		e.Counts[c] += 0 // a counter that fell to nothing is told too
	}
	now := clock.Wall()
	for _, id := range n.products {
		it := s.live.rows.get(id)
		if it == nil {
			e.Gone = append(e.Gone, id)
			continue
		}
		row, err := s.fragment(it)
		if err != nil {
			s.o.Logger.Error("draw a row for viewers", "err", err)
			return event{Reload: true}
		}
		e.Rows = append(e.Rows, eventRow{"p-" + id, string(row.at(now, s.clock))})
	}
	return e
}

// changes answers with what changed since, for browsers that cannot hold a stream.
func (s *Server) changes(r *http.Request) (reply, error) {
	n := s.live.feed.since(r.URL.Query().Get("since"))
	answer := struct {
		event
		Last string `json:"last"`
	}{Last: n.last}
	if n.lost || len(n.products) > 0 {
		answer.event = s.event(n)
	}
	return jsonReply(http.StatusOK, answer)
}
