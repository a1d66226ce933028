package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Buttons does what the buttons in alerts ask for, by the token in their URL.
// Its errors wrap one of those below, or ErrNoProduct, when the fault is the
// token's.
type Buttons interface {
	// Look says what would be done, and changes nothing.
	Look(ctx context.Context, token string) (Press, error)
	// Press does it, once.
	Press(ctx context.Context, token string) (Press, error)
}

// Press is what a button does, or did.
type Press struct {
	Kind    string // "mute", "stop", "ack" or "unmute"
	Product stock.ProductRef
	Until   time.Time // when it ends by itself; zero: never
	Undo    string    // a token that takes it back; "": none does
	Channel string    // the shared one that it holds for alone; "": all
}

// Why a token does nothing.
var (
	ErrForged  = errors.New("no token of ours")
	ErrExpired = errors.New("the token is too old")
	ErrUsed    = errors.New("the token was used before")
)

const doPath = "/do/"

// doRoutes are open to everybody. The token is the permission: a button must work
// on a phone that has no password, and from the pages and apps of the services
// that showed the alert. That they come from elsewhere does not matter, since
// nobody has a token by which a visitor could be made to press.
func (s *Server) doRoutes() []route {
	d := &buttonPages{Server: s, wrong: newTries()}
	return []route{
		{"GET", doPath + "{token}", d.look},
		{"POST", doPath + "{token}", d.press},
		{"GET", doPath + "static/{file}", static}, // what the page looks like is behind the password elsewhere
	}
}

// buttonPages shows what a button would do, and does it.
type buttonPages struct {
	*Server
	wrong *tries // with tokens that are not ours
}

// doData is a page about one button.
type doData struct {
	Product stock.ProductRef
	Says    string
	Until   *moment
	Channel string // the only one that it holds for; "": all
	Bad     bool   // nothing was done
	Action  string // where the form leads, relative to the page
	Press   string // what its button is called; "": there is no form
}

// look shows what the button would do. Services open links to draw a preview, and
// browsers do to be quick: only the form does anything.
func (d *buttonPages) look(r *http.Request) (reply, error) {
	token := r.PathValue("token")
	p, err := d.ask(r, token, func(b Buttons, ctx context.Context) (Press, error) { return b.Look(ctx, token) })
	if err != nil {
		return reply{}, err
	}
	return d.drawDo(r, http.StatusOK, doData{
		Product: p.Product, Says: d.words.name("do", p.Kind), Channel: p.Channel, Action: token, Press: d.words.name("press", p.Kind),
	})
}

func (d *buttonPages) press(r *http.Request) (reply, error) {
	token := r.PathValue("token")
	p, err := d.ask(r, token, func(b Buttons, ctx context.Context) (Press, error) { return b.Press(ctx, token) })
	if err != nil {
		return reply{}, err
	}
	if !wantsPage(r) {
		a, err := jsonReply(http.StatusOK, struct {
			Done    string           `json:"done"`
			Product stock.ProductRef `json:"product"`
			Until   time.Time        `json:"until,omitzero"`
			Channel string           `json:"channel,omitempty"`
		}{p.Kind, p.Product, p.Until, p.Channel})
		a.header = map[string]string{"Access-Control-Allow-Origin": "*"} // else a service's page believes that it failed
		return a, err
	}
	data := doData{Product: p.Product, Says: d.words.name("done", p.Kind), Channel: p.Channel, Until: d.clock.show(p.Until, clock.Wall())}
	if p.Undo != "" {
		data.Action, data.Press = p.Undo, d.words.name("press", "unmute")
	}
	return d.drawDo(r, http.StatusOK, data)
}

// ask hands a token on, and counts those that are not ours. One that is ours is
// never refused for those of others, who may come from the same proxy.
func (d *buttonPages) ask(r *http.Request, token string, do func(Buttons, context.Context) (Press, error)) (Press, error) {
	if d.o.Buttons == nil {
		return Press{}, notFound("page")
	}
	p, err := do(d.o.Buttons, r.Context())
	refuse := func(status int, says string) error { return failure{status: status, says: says} }
	switch {
	case err == nil:
		return p, nil
	case errors.Is(err, ErrForged):
		now, from := clock.Now(), d.caller(r)
		if wait := d.wrong.wait(from, now); wait > 0 {
			return p, failure{status: http.StatusTooManyRequests, says: d.words.say("do_many"), header: map[string]string{"Retry-After": strconv.Itoa(int(wait/time.Second) + 1)}}
		}
		d.wrong.failed(from, now)
		return p, refuse(http.StatusNotFound, d.words.say("do_forged"))
	case errors.Is(err, ErrUsed):
		return p, refuse(http.StatusConflict, d.words.say("do_used"))
	case errors.Is(err, ErrExpired):
		return p, refuse(http.StatusGone, d.words.say("do_expired"))
	case errors.Is(err, ErrNoProduct):
		return p, refuse(http.StatusGone, d.words.say("do_no_product"))
	case r.Context().Err() == nil:
		d.o.Logger.Warn("a button did not work", "err", err)
	}
	return p, refuse(http.StatusServiceUnavailable, d.words.say("do_failed"))
}

// doFailure answers an error of these pages: a page to people, else JSON.
func (s *Server) doFailure(r *http.Request, f failure) (reply, error) {
	if r.Method == http.MethodPost && !wantsPage(r) {
		return jsonReply(f.status, map[string]string{"error": f.in(s.words)})
	}
	return s.drawDo(r, f.status, doData{Says: f.in(s.words), Bad: true})
}

func (s *Server) drawDo(r *http.Request, status int, data doData) (reply, error) {
	a, err := s.draw(r, "do", page{Title: cmp.Or(data.Product.Name, data.Product.ID, "sainyuka"), Data: data})
	a.status = status
	return a, err
}

// wantsPage tells a browser from a service that presses for a person.
func wantsPage(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "text/html")
}
