package web

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// route is one method of one path.
type route struct {
	method, path string
	handle       handler
}

// handler answers one request. What it returns is written by one adapter, so
// that nothing is sent before it is known to be whole.
type handler func(r *http.Request) (reply, error)

// reply is a whole answer.
type reply struct {
	status      int
	contentType string
	header      map[string]string
	body        []byte
}

// failure is an error that the asker may see.
type failure struct {
	status int
	says   string // in English; with args a format, see refusals
	args   []any
	header map[string]string
	// product is the id of the product that stands in the way, for the API.
	product string
}

func (f failure) Error() string { return f.in(english) }

func notFound(what string) error {
	return failure{status: http.StatusNotFound, says: "no such " + what}
}

// mux builds a ServeMux that answers every error in the form of its path: JSON
// under /api/, else a page.
func (s *Server) mux(routes []route) http.Handler {
	mux := http.NewServeMux()
	methods := map[string][]string{}
	for _, rt := range routes {
		handle := rt.handle
		if rt.method == http.MethodGet && asksShops(rt.path) {
			handle = openedByUser(handle)
		}
		mux.Handle(rt.method+" "+rt.path, s.adaptFor(patience(rt.path), handle))
		methods[rt.path] = append(methods[rt.path], rt.method)
	}
	for path, allowed := range methods {
		slices.Sort(allowed)
		mux.Handle(path, s.adapt(func(*http.Request) (reply, error) {
			return reply{}, failure{status: http.StatusMethodNotAllowed, says: "method not allowed", header: map[string]string{"Allow": strings.Join(allowed, ", ")}}
		}))
	}
	mux.Handle("/", s.adapt(func(*http.Request) (reply, error) { return reply{}, notFound("page") }))
	return mux
}

// answerTimeout bounds how long an answer may wait for the store, see patience.
const answerTimeout = 10 * time.Second

func (s *Server) adapt(h handler) http.Handler { return s.adaptFor(answerTimeout, h) }

func (s *Server) adaptFor(patience time.Duration, h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		answer, err := h(r.WithContext(ctx))
		if err != nil {
			s.fail(w, r, err)
			return
		}
		s.forVisitor(r, answer).write(w, r)
	})
}

// fail answers an error: its words when they are meant to be seen, else
// "internal error" and a line in the log.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var f failure
	switch {
	case errors.As(err, &f):
	case errors.Is(err, stock.ErrNotFound):
		f = failure{status: http.StatusNotFound, says: stock.ErrNotFound.Error()}
	case r.Context().Err() != nil:
		return // nobody is left to be answered, and nothing is wrong here
	default:
		s.o.Logger.Error("answer "+cmp.Or(r.Pattern, r.Method), "err", err) // not the path: it may hold a token
		f = failure{status: http.StatusInternalServerError, says: "internal error"}
	}
	answer, err := s.failurePage(r, f)
	if err != nil {
		s.o.Logger.Error("draw the page of an error", "err", err)
		answer = reply{status: f.status, contentType: "text/plain; charset=utf-8", body: []byte(f.in(s.words) + "\n")}
	}
	answer.header = f.header
	s.forVisitor(r, answer).write(w, r)
}

func (s *Server) failurePage(r *http.Request, f failure) (reply, error) {
	if strings.HasPrefix(r.URL.Path, "/api/") {
		said := map[string]string{"error": f.in(s.words)}
		if f.product != "" {
			said["product"] = f.product
		}
		return jsonReply(f.status, said)
	}
	if strings.HasPrefix(r.URL.Path, doPath) {
		return s.doFailure(r, f)
	}
	if f.status == http.StatusUnauthorized && wantsPage(r) && s.o.Auth != AuthProxy {
		return s.signInInstead(r)
	}
	answer, err := s.draw(r, "error", page{Title: s.words.say("error"), Data: f.in(s.words)})
	answer.status = f.status
	return answer, err
}

func jsonReply(status int, v any) (reply, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // the answer is never read as HTML: nosniff
	if err := enc.Encode(v); err != nil {
		return reply{}, fmt.Errorf("encode %T: %w", v, err)
	}
	return reply{status: status, contentType: "application/json; charset=utf-8", body: b.Bytes()}, nil
}

// seeOther sends a browser on after a form, so that a reload does not repeat it.
func seeOther(path string) reply {
	return reply{status: http.StatusSeeOther, header: map[string]string{"Location": path}}
}
