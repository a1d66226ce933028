package web

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	hintsPath = "/api/v1/hints"

	maxHintBody = 64 << 10
	maxSource   = 64 // bytes
	hintSource  = "api"
	// What is older moves no look any more, and what is further away can be said
	// later.
	oldestHint   = time.Hour
	farthestHint = 7 * 24 * time.Hour
	longestHint  = 6 * time.Hour
)

// hintJSON is what somebody tells us. One of product, jan, url and text says what
// it is about.
type hintJSON struct {
	Product string    `json:"product"`
	JAN     string    `json:"jan"`
	URL     string    `json:"url"`  // of a watch
	Text    string    `json:"text"` // such as a headline, held against every product's keywords
	Source  string    `json:"source"`
	At      time.Time `json:"at"`
	Within  int64     `json:"within_seconds"`
}

// apiHint takes a reason to look. That it is about nothing that is watched is no
// error: whoever hands on all that a bot says need not know the products.
func (s *Server) apiHint(r *http.Request) (reply, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxHintBody+1))
	if err != nil || len(body) > maxHintBody {
		return reply{}, failure{status: http.StatusBadRequest, says: "the body must be one JSON object of at most %d bytes", args: []any{maxHintBody}}
	}
	var h hintJSON
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.DisallowUnknownFields()
	if err := d.Decode(&h); err != nil {
		return reply{}, failure{status: http.StatusBadRequest, says: "the body is not a hint: %v", args: []any{err}}
	}
	if wrong, args := h.check(clock.Wall()); wrong != "" {
		return reply{}, failure{status: http.StatusBadRequest, says: wrong, args: args}
	}
	hints := h.hints(s.o.Products())
	if len(hints) == 0 && h.Product != "" {
		return reply{}, notFound("product")
	}
	products := []string{}
	for _, x := range hints {
		if err := s.o.Hint(x); err != nil {
			return reply{}, fmt.Errorf("pass on a hint: %w", err)
		}
		products = append(products, x.Product)
	}
	return jsonReply(http.StatusAccepted, map[string]any{"products": products})
}

// check fills in what was left out and says what is wrong, "" for nothing.
func (h *hintJSON) check(now time.Time) (wrong string, args []any) {
	given := 0
	for _, s := range []string{h.Product, h.JAN, h.URL, h.Text} {
		if s != "" {
			given++
		}
	}
	if h.Source == "" {
		h.Source = hintSource
	}
	if h.At.IsZero() {
		h.At = now
	}
	switch {
	case given != 1:
		return "give one of product, jan, url and text", nil
	case len(h.Source) > maxSource || !utf8.ValidString(h.Source) || strings.ContainsFunc(h.Source, func(r rune) bool { return r < ' ' }):
		return "source must be a name of at most %d bytes", []any{maxSource}
	case h.Source == "shop":
		return `source "shop" is what our own looks are called: choose another name`, nil
	case h.At.Before(now.Add(-oldestHint)) || h.At.After(now.Add(farthestHint)):
		return "at must lie within the last %v or the next %v", []any{oldestHint, farthestHint}
	case h.Within < 0 || h.Within > int64(longestHint/time.Second):
		return "within_seconds must be from 0 to %d", []any{int64(longestHint / time.Second)}
	}
	return "", nil
}

// hints returns a hint for every product that is meant.
func (h *hintJSON) hints(products []stock.Product) (list []stock.Hint) {
	url := stock.NormalizeURL(h.URL)
	for _, p := range products {
		x := stock.Hint{Product: p.ID, Source: h.Source, At: h.At, Within: time.Duration(h.Within) * time.Second}
		switch {
		case h.Product == p.ID, h.JAN != "" && h.JAN == p.JAN, h.Text != "" && p.Mentioned(h.Text):
			list = append(list, x)
		case h.URL != "":
			for _, w := range p.Watches {
				if stock.NormalizeURL(w.URL) == url {
					x.Watch = w.ID
					list = append(list, x)
				}
			}
		}
	}
	return list
}

// guardHints lets programs in that know the token of hints, or have one of their own
// with that scope, and nothing else: the first opens no other path, and the password
// does not open this one.
func (s *Server) guardHints(gate *gate, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure(w)
		secret, given := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		t, known := s.access.Token(secret)
		var err error
		switch {
		case known:
			err = mayToken(r, t)
		case s.o.HintsToken == "":
			err = failure{status: http.StatusForbidden, says: "hints are not taken: make a token with the scope hints, or set web.hints_token_file"}
		case !given:
			err = bearer
		default:
			err = gate.try(r, secret, bearer)
		}
		if err != nil {
			s.fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}
