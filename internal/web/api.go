package web

import (
	"context"
	_ "embed"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/sainyuka/sainyuka/internal/board"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

//go:embed openapi.json
var openAPI []byte

// Bounds of the history that one answer of the API holds.
const (
	historyDefault = 100
	historyMost    = 500
)

func (s *Server) apiRoutes() []route {
	return append(slices.Concat(s.pushRoutes(), s.switchRoutes(), s.productRoutes(), s.previewRoutes(), s.trustRoutes(), s.accessRoutes(), s.apiLookRoutes()), []route{
		{"GET", "/api/v1/products", s.apiProducts},
		{"GET", "/api/v1/products/{id}/history", s.apiHistory},
		{"GET", "/api/v1/products/{id}/history.json", s.apiHistory},
		{"GET", "/api/v1/products/{id}/history.csv", s.apiHistoryCSV},
		{"GET", "/api/v1/watches/{id}", s.apiWatch},
		{"GET", "/api/v1/deliveries", s.apiDeliveries},
		{"GET", "/api/v1/dead", s.apiDead},
		{"POST", "/api/v1/dead/{id}/redrive", s.apiDeadDo(s.o.Store.Redrive)},
		{"DELETE", "/api/v1/dead/{id}", s.apiDeadDo(s.o.Store.Discard)},
		{"POST", "/api/v1/channels/{id}/test", s.apiTest},
		{"GET", "/api/v1/status", s.apiStatus},
		{"GET", "/api/v1/windows", s.apiWindows},
		{"POST", hintsPath, s.apiHint},
		{"GET", "/api/v1/openapi.json", func(*http.Request) (reply, error) {
			return reply{status: http.StatusOK, contentType: "application/json; charset=utf-8", body: openAPI}, nil
		}},
	}...)
}

type productJSON struct {
	ID        string      `json:"id"`
	Name      string      `json:"name,omitempty"`
	JAN       string      `json:"jan,omitempty"`
	ListPrice stock.Price `json:"list_price,omitzero"`
	MaxPrice  stock.Price `json:"max_price,omitzero"`
	Tags      []string    `json:"tags,omitempty"`
	Paused    bool        `json:"paused,omitempty"`
	Watches   []watchJSON `json:"watches"`
}

// productJSON shows a product with what is known of its watches.
func (s *Server) productJSON(p stock.Product) productJSON {
	j := productJSON{ID: p.ID, Name: p.Name, JAN: p.JAN, ListPrice: p.ListPrice, MaxPrice: p.MaxPrice, Tags: p.Tags, Paused: p.Paused, Watches: []watchJSON{}}
	for _, w := range p.Watches {
		j.Watches = append(j.Watches, s.watchJSON(p, w))
	}
	return j
}

type watchJSON struct {
	ID              string      `json:"id"`
	URL             string      `json:"url"`
	IntervalSeconds float64     `json:"interval_seconds"`
	Record          *recordJSON `json:"record,omitempty"` // the newest: the watch's state
	Look            *stock.Look `json:"look,omitempty"`   // the last one
	// Clarity is the remembered doubt, from the record or a later look.
	Clarity *stock.Clarity `json:"clarity,omitempty"`
	Rest    *stock.Rest    `json:"rest,omitempty"` // it is not looked at for now
}

type recordJSON struct {
	Seq      uint64    `json:"seq"`
	StoredAt time.Time `json:"stored_at,omitzero"`
	stock.Change
}

func newRecordJSON(r stock.Entry) recordJSON {
	r.Change.Seen = nil
	return recordJSON{r.Seq, r.At, r.Change}
}

func (s *Server) watchJSON(p stock.Product, w stock.Watch) watchJSON {
	known := s.live.get(w.ID)
	j := watchJSON{ID: w.ID, URL: w.URL, IntervalSeconds: w.Interval.Seconds(), Look: known.Look, Clarity: known.Clarity()}
	if known.Record != nil {
		rec := newRecordJSON(*known.Record)
		j.Record = &rec
	}
	if rest := p.Rest(&w, clock.Wall()); !rest.None() {
		j.Rest = &rest
	}
	return j
}

func (s *Server) apiProducts(*http.Request) (reply, error) {
	products := []storedProductJSON{}
	var entries map[string]ProductEntry
	if s.o.Entries != nil {
		entries = s.o.Entries()
	}
	for _, p := range s.o.Products() {
		one := storedProductJSON{productJSON: s.productJSON(p)}
		if e, ok := entries[p.ID]; ok {
			one.entryJSON = new(newEntryJSON(e))
		}
		products = append(products, one)
	}
	return jsonReply(http.StatusOK, map[string]any{"products": products})
}

func (s *Server) apiWatch(r *http.Request) (reply, error) {
	p, w, ok := s.find(r.PathValue("id"))
	if !ok {
		return reply{}, notFound("watch")
	}
	limit, err := limitOf(r, historyDefault, historyMost)
	if err != nil {
		return reply{}, err
	}
	records, err := s.o.Store.History(r.Context(), w.ID, limit)
	if err != nil {
		return reply{}, fmt.Errorf("read history of watch %s: %w", w.ID, err)
	}
	history := []recordJSON{}
	for _, rec := range slices.Backward(records) {
		history = append(history, newRecordJSON(rec))
	}
	return jsonReply(http.StatusOK, struct {
		Product stock.ProductRef `json:"product"`
		watchJSON
		History []recordJSON `json:"history"` // newest first
	}{stock.ProductRef{ID: p.ID, Name: p.Name}, s.watchJSON(p, w), history})
}

// limitOf returns how much of a list is asked for.
func limitOf(r *http.Request, usual, most int) (int, error) {
	raw := r.URL.Query().Get("limit")
	if raw == "" {
		return usual, nil
	}
	n, err := strconv.Atoi(raw)
	if err != nil || n < 1 || n > most {
		return 0, failure{status: http.StatusBadRequest, says: "limit %q is not a number from 1 to %d", args: []any{raw, most}}
	}
	return n, nil
}

func (s *Server) apiDead(r *http.Request) (reply, error) {
	dead, err := s.o.Store.Dead(r.Context())
	if err != nil {
		return reply{}, fmt.Errorf("read dead letters: %w", err)
	}
	type deadJSON struct {
		ID string `json:"id"`
		stock.DeadLetter
	}
	letters := []deadJSON{}
	for _, d := range dead {
		letters = append(letters, deadJSON{d.Letter.ID(), d})
	}
	return jsonReply(http.StatusOK, map[string]any{"dead": letters})
}

func (s *Server) apiDeadDo(do func(context.Context, string) error) handler {
	return func(r *http.Request) (reply, error) {
		if err := do(r.Context(), r.PathValue("id")); err != nil {
			return reply{}, fmt.Errorf("dead letter %s: %w", r.PathValue("id"), err)
		}
		return reply{status: http.StatusNoContent}, nil
	}
}

func (s *Server) apiStatus(r *http.Request) (reply, error) {
	counts := map[string]int{}
	for _, class := range board.Classes() {
		counts[string(class)] = 0
	}
	now, watches := clock.Wall(), 0
	products := s.live.rows.all()
	for _, p := range products {
		for _, class := range p.Classes {
			watches++
			counts[string(class)]++
		}
	}
	status := struct {
		Version  string           `json:"version"`
		Time     time.Time        `json:"time"`
		Products int              `json:"products"`
		Watches  int              `json:"watches"`
		States   map[string]int   `json:"states"`
		Dead     *int             `json:"dead,omitempty"` // left out when the store does not answer
		Muted    []muteJSON       `json:"muted,omitempty"`
		Disabled []stock.Disabled `json:"disabled,omitempty"`
		Quotas   []stock.Quota    `json:"quotas,omitempty"`
		Lists    []listJSON       `json:"wishlists,omitempty"`
	}{Version: s.o.Version, Time: now, Products: len(products), Watches: watches, States: counts}
	if n := s.countDead(r.Context()); n >= 0 {
		status.Dead = &n
	}
	if w := s.o.Switches; w != nil {
		status.Muted, status.Disabled, status.Quotas = mutesJSON(w.Mutes()), w.Disabled(), w.Quotas()
	}
	for _, l := range s.wishLists(r.Context()) {
		status.Lists = append(status.Lists, listJSON{l.ID, l.URL, l.ReadAt, l.Since, l.Outcome, l.Reason})
	}
	return jsonReply(http.StatusOK, status)
}

// listJSON is a wish list; since, outcome and reason say that it cannot be read.
type listJSON struct {
	ID      string        `json:"id"`
	URL     string        `json:"url"`
	ReadAt  time.Time     `json:"read_at,omitzero"`
	Since   time.Time     `json:"since,omitzero"`
	Outcome stock.Outcome `json:"outcome,omitempty"`
	stock.Reason
}
