package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// told is an event of the stream.
type told struct {
	id     string
	Rows   []struct{ ID, HTML string }
	Counts map[string]int
	Reload bool
}

func (e told) rows() []string {
	var ids []string
	for _, r := range e.Rows {
		ids = append(ids, r.ID)
	}
	slices.Sort(ids)
	return ids
}

// listen opens the stream and returns its next event whenever it is called.
func listen(t *testing.T, server *httptest.Server, query, lastID string) (next func() told, hangUp func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	r, err := http.NewRequestWithContext(ctx, "GET", server.URL+"/events"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	if lastID != "" {
		r.Header.Set("Last-Event-ID", lastID)
	}
	answer, err := server.Client().Do(r)
	if err != nil {
		t.Fatalf("open the stream: %v", err)
	}
	t.Cleanup(func() { cancel(); answer.Body.Close() })
	if got := answer.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/event-stream") {
		t.Fatalf("the stream is %q", got)
	}
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 1<<20)
	return func() told {
		t.Helper()
		var e told
		for lines.Scan() {
			if id, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
				e.id = id
			}
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				if err := json.Unmarshal([]byte(data), &e); err != nil {
					t.Fatalf("read an event: %v", err)
				}
				return e
			}
		}
		t.Fatalf("the stream ended: %v", lines.Err())
		return e
	}, cancel
}

// A viewer is sent the rows that changed and no others, and after it lost the connection
// what it has missed, by Last-Event-ID; one that missed too much, or comes from before a
// restart, reads its list anew.
func TestTheStreamGoesOn(t *testing.T) {
	s, products := crowd(t, 100)
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	seq := uint64(100_000)
	change := func(i int, a stock.Availability) {
		seq++
		s.Record(products[i].Watches[0].ID, seq, changeTo(products[i], products[i].Watches[0], a, 2000))
	}
	since := document(t, do(s.Handler(), "GET", "/")).Find("#rows").AttrOr("data-since", "")

	next, hangUp := listen(t, server, "?since="+since, "")
	change(7, stock.InStock)
	first := next()
	if got := strings.Join(first.rows(), " "); got != "p-p7" || first.Counts["now"] != 6 || first.Reload || first.id == since {
		t.Errorf("after one change the event %q has the rows %q and counts %v, want that of p7 and 6 that can be bought", first.id, got, first.Counts)
	}
	if !strings.Contains(first.Rows[0].HTML, `data-state="now"`) {
		t.Errorf("the row of p7 is %s", first.Rows[0].HTML)
	}
	hangUp()
	change(8, stock.InStock)
	change(9, stock.InStock)

	// The browser's own word wins over the address, which is as old as the page.
	next, hangUp = listen(t, server, "?since="+since, first.id)
	missed := map[string]bool{}
	for len(missed) < 2 {
		for _, id := range next().rows() {
			missed[id] = true
		}
	}
	if !missed["p-p8"] || !missed["p-p9"] {
		t.Errorf("after the connection was lost the rows %v came, want those of p8 and p9", missed)
	}
	hangUp()
	for _, unknown := range []string{"another.3", "nonsense"} {
		next, hangUp := listen(t, server, "", unknown)
		if !next().Reload {
			t.Errorf("a viewer that knows %q is not told to read the list anew", unknown)
		}
		hangUp()
	}
	var asked told
	if err := json.Unmarshal(do(s.Handler(), "GET", "/changes?since="+first.id).Body.Bytes(), &asked); err != nil || strings.Join(asked.rows(), " ") != "p-p8 p-p9" {
		t.Errorf("without a stream the rows %v come, %v; want those of p8 and p9", asked.rows(), err)
	}
}
