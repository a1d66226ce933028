package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	maxProductBody = 1 << 20
	// maxAtOnce is how many products one request makes.
	maxAtOnce = 200
)

func (s *Server) productRoutes() []route {
	if s.o.Editor == nil {
		return nil
	}
	return []route{
		{"POST", "/api/v1/products", s.apiCreate},
		{"GET", "/api/v1/products/{id}", s.apiProduct},
		{"PUT", "/api/v1/products/{id}", s.apiPut},
		{"PATCH", "/api/v1/products/{id}", s.apiPatch},
		{"DELETE", "/api/v1/products/{id}", s.apiDelete},
		{"POST", "/api/v1/products/{id}/watches", s.apiAddWatches},
		{"POST", "/api/v1/products/{id}/pause", s.apiPause(true)},
		{"POST", "/api/v1/products/{id}/resume", s.apiPause(false)},
		{"GET", "/api/v1/export", s.apiExport},
	}
}

// entryJSON is the entry of a product: who made it, its revision, its table.
type entryJSON struct {
	Origin   string          `json:"origin,omitempty"`
	ReadOnly bool            `json:"read_only,omitempty"` // but for pause and resume
	Revision uint64          `json:"revision"`
	Created  time.Time       `json:"created,omitzero"`
	Updated  time.Time       `json:"updated,omitzero"`
	Table    json.RawMessage `json:"table,omitempty"` // the configuration's keys
	Mistakes []string        `json:"mistakes,omitempty"`
	Warnings []string        `json:"warnings,omitempty"`
}

// storedProductJSON is a product with its entry, which is nil where none can be edited.
type storedProductJSON struct {
	productJSON
	*entryJSON
}

func newEntryJSON(e ProductEntry) entryJSON {
	return entryJSON{
		Origin: e.Origin, ReadOnly: e.Origin == OriginConfig, Revision: e.Revision,
		Created: e.Created, Updated: e.Updated, Table: e.Table, Mistakes: e.Mistakes, Warnings: e.Warnings,
	}
}

func (s *Server) apiProduct(r *http.Request) (reply, error) {
	e, err := s.o.Editor.Entry(r.PathValue("id"))
	if err != nil {
		return reply{}, editError(err)
	}
	return s.productReply(http.StatusOK, e)
}

// productReply shows a product with its revision, also as its ETag.
func (s *Server) productReply(status int, e ProductEntry) (reply, error) {
	var p stock.Product
	for _, known := range s.o.Products() {
		if known.ID == e.ID {
			p = known
		}
	}
	entry := newEntryJSON(e)
	answer, err := jsonReply(status, storedProductJSON{s.productJSON(p), &entry})
	answer.header = map[string]string{"ETag": etag(e.Revision)}
	if status == http.StatusCreated {
		answer.header["Location"] = "/api/v1/products/" + e.ID
	}
	return answer, err
}

func etag(revision uint64) string { return `"` + strconv.FormatUint(revision, 10) + `"` }

// apiCreate makes one product, or each of a list.
func (s *Server) apiCreate(r *http.Request) (reply, error) {
	body, err := bodyOf(r)
	if err != nil {
		return reply{}, err
	}
	var many struct {
		Products []json.RawMessage `json:"products"`
	}
	if err := json.Unmarshal(body, &many); err == nil && many.Products != nil {
		return s.createAll(r, many.Products)
	}
	e, err := s.o.Editor.Create(r.Context(), body, originOf(r))
	if err != nil {
		return reply{}, editError(err)
	}
	return s.productReply(http.StatusCreated, e)
}

// originOf says who made a product: the command line says so itself.
func originOf(r *http.Request) string {
	switch by := r.URL.Query().Get("origin"); by {
	case "web", "cli", "import":
		return by
	}
	return "api"
}

// createdJSON is what became of one product of a list.
type createdJSON struct {
	Status   int    `json:"status"`
	ID       string `json:"id,omitempty"` // its own, or that of the product that has the address
	Revision uint64 `json:"revision,omitempty"`
	Error    string `json:"error,omitempty"`
}

func (s *Server) createAll(r *http.Request, products []json.RawMessage) (reply, error) {
	if len(products) == 0 || len(products) > maxAtOnce {
		return reply{}, failure{status: http.StatusBadRequest, says: "products must be a list of 1 to %d", args: []any{maxAtOnce}}
	}
	results := []createdJSON{}
	for _, p := range products {
		e, err := s.o.Editor.Create(r.Context(), p, originOf(r))
		one := createdJSON{Status: http.StatusCreated, ID: e.ID, Revision: e.Revision}
		if err != nil {
			var f failure
			if !errors.As(editError(err), &f) {
				return reply{}, err
			}
			one = createdJSON{Status: f.status, Error: f.in(s.words), ID: f.product}
		}
		results = append(results, one)
	}
	return jsonReply(http.StatusOK, map[string]any{"results": results})
}

func (s *Server) apiPut(r *http.Request) (reply, error) {
	body, rev, err := revised(r)
	if err != nil {
		return reply{}, err
	}
	e, err := s.o.Editor.Put(r.Context(), r.PathValue("id"), body, rev)
	if err != nil {
		return reply{}, editError(err)
	}
	return s.productReply(http.StatusOK, e)
}

func (s *Server) apiPatch(r *http.Request) (reply, error) {
	body, rev, err := revised(r)
	if err != nil {
		return reply{}, err
	}
	e, err := s.o.Editor.Patch(r.Context(), r.PathValue("id"), body, rev)
	if err != nil {
		return reply{}, editError(err)
	}
	return s.productReply(http.StatusOK, e)
}

func (s *Server) apiDelete(r *http.Request) (reply, error) {
	rev, given, err := ifMatch(r)
	if err != nil {
		return reply{}, err
	}
	if !given {
		return reply{}, needsRevision
	}
	if err := s.o.Editor.Delete(r.Context(), r.PathValue("id"), rev); err != nil {
		return reply{}, editError(err)
	}
	return reply{status: http.StatusNoContent}, nil
}

func (s *Server) apiAddWatches(r *http.Request) (reply, error) {
	body, err := bodyOf(r)
	if err != nil {
		return reply{}, err
	}
	e, err := s.o.Editor.Add(r.Context(), r.PathValue("id"), body)
	if err != nil {
		return reply{}, editError(err)
	}
	return s.productReply(http.StatusOK, e)
}

func (s *Server) apiPause(paused bool) handler {
	return func(r *http.Request) (reply, error) {
		e, err := s.o.Editor.Pause(r.Context(), r.PathValue("id"), paused)
		if err != nil {
			return reply{}, editError(err)
		}
		return s.productReply(http.StatusOK, e)
	}
}

func (s *Server) apiExport(*http.Request) (reply, error) {
	text, err := s.o.Editor.Export()
	if err != nil {
		return reply{}, fmt.Errorf("export the products: %w", err)
	}
	return reply{status: http.StatusOK, contentType: "application/toml; charset=utf-8", body: text}, nil
}

// editError is what an asker is told of an edit that was refused.
func editError(err error) error {
	var bad MistakesError
	var watched WatchedError
	switch {
	case errors.As(err, &bad):
		return failure{status: http.StatusUnprocessableEntity, says: bad.Error()}
	case errors.As(err, &watched) && watched.URL == "":
		return failure{status: http.StatusConflict, says: "there is a product %s already", args: []any{watched.Product}, product: watched.Product}
	case errors.As(err, &watched):
		return failure{status: http.StatusConflict, says: "product %s watches %s already", args: []any{watched.Product, watched.URL}, product: watched.Product}
	case errors.Is(err, ErrNoAddress):
		return failure{status: http.StatusUnprocessableEntity, says: "give the address of a page: url, urls or watch"}
	case errors.Is(err, ErrReadOnly):
		return failure{status: http.StatusForbidden, says: "this product stands in the configuration file: change it there (pause and resume work here too)"}
	case errors.Is(err, stock.ErrConflict):
		return failure{status: http.StatusConflict, says: "the product was changed meanwhile: read it again, and write over its revision of now"}
	case errors.Is(err, stock.ErrTooMany):
		return failure{status: http.StatusInsufficientStorage, says: "no room for that: %v", args: []any{err}}
	}
	return switchError(err)
}

var needsRevision = failure{status: http.StatusPreconditionRequired, says: "say which revision this is written over: If-Match, or revision"}

// revised returns the body of a write and the revision that it is written over: that
// of If-Match, or of a member of the body, which is taken out.
func revised(r *http.Request) (body []byte, rev uint64, err error) {
	if body, err = bodyOf(r); err != nil {
		return nil, 0, err
	}
	rev, given, err := ifMatch(r)
	if err != nil {
		return nil, 0, err
	}
	var table map[string]json.RawMessage
	if json.Unmarshal(body, &table) != nil {
		return nil, 0, failure{status: http.StatusBadRequest, says: "the body must be one JSON object"}
	}
	if said, ok := table["revision"]; ok {
		delete(table, "revision")
		var n uint64
		if json.Unmarshal(said, &n) != nil || given && n != rev {
			return nil, 0, failure{status: http.StatusBadRequest, says: "revision is not the number that If-Match has"}
		}
		rev, given = n, true
		if body, err = json.Marshal(table); err != nil {
			return nil, 0, fmt.Errorf("write the body without its revision: %w", err)
		}
	}
	if !given {
		return nil, 0, needsRevision
	}
	return body, rev, nil
}

// ifMatch returns the revision that a request names in its header, or for DELETE in
// its query.
func ifMatch(r *http.Request) (rev uint64, given bool, err error) {
	raw := strings.TrimSpace(r.Header.Get("If-Match"))
	if raw == "" {
		raw = r.URL.Query().Get("revision")
	}
	if raw == "" {
		return 0, false, nil
	}
	rev, err = strconv.ParseUint(strings.Trim(strings.TrimPrefix(raw, "W/"), `"`), 10, 64)
	if err != nil {
		return 0, false, failure{status: http.StatusBadRequest, says: "If-Match must be the ETag of the product"}
	}
	return rev, true, nil
}

func bodyOf(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxProductBody+1))
	if err != nil || len(body) > maxProductBody {
		return nil, failure{status: http.StatusRequestEntityTooLarge, says: "the body must have at most %d bytes", args: []any{maxProductBody}}
	}
	return body, nil
}
