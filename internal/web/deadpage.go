package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// deadView is a dead letter as its page shows it.
type deadView struct {
	ID      string
	Product stock.ProductRef
	Kind    stock.Kind
	Channel string
	Tries   int
	Reason  string
	At      *moment
	Link    string
}

func (s *Server) deadPage(r *http.Request) (reply, error) {
	dead, err := s.o.Store.Dead(r.Context())
	if err != nil {
		return reply{}, fmt.Errorf("read dead letters: %w", err)
	}
	return s.draw(r, "dead", page{Title: s.words.say("dead"), Here: "alerts", Data: s.deadViews(dead)})
}

func (s *Server) deadViews(dead []stock.DeadLetter) []deadView {
	var views []deadView
	for _, d := range dead {
		l := d.Letter
		views = append(views, deadView{
			ID: l.ID(), Product: l.Alert.Product, Kind: l.Alert.Kind, Channel: l.Channel,
			Tries: d.Tries, Reason: d.Reason.In(s.words.language()), At: s.clock.show(d.At, clock.Wall()), Link: s.shopLink(l.Alert.Watch.URL),
		})
	}
	return views
}

// deadForm answers a button of the page of dead letters. One that somebody else
// has dealt with meanwhile is no error: the page will show that it is gone.
func (s *Server) deadForm(do func(context.Context, string) error) handler {
	return func(r *http.Request) (reply, error) {
		if err := do(r.Context(), r.PathValue("id")); err != nil {
			return reply{}, fmt.Errorf("dead letter %s: %w", r.PathValue("id"), err)
		}
		return seeOther("../../dead"), nil
	}
}

// Path is where the forms of the letter lead.
func (d deadView) Path() string { return "dead/" + url.PathEscape(d.ID) }
