package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// ErrNoProduct is what Switches and Buttons answer for a product that is not configured.
var ErrNoProduct = errors.New("no such product")

// Switches are what people may change while everything runs.
type Switches interface {
	// Mute tells nobody of a product for d, 0: until Unmute.
	Mute(ctx context.Context, product string, d time.Duration) error
	Unmute(ctx context.Context, product string) error
	// Enable sends to the disabled recipients of a channel again: how many there were.
	Enable(ctx context.Context, channel string) (int, error)
	Mutes() []stock.Mute
	Disabled() []stock.Disabled
	Quotas() []stock.Quota
	// Troubles says what is wrong with channels, as the owner hears it.
	Troubles() []stock.News
}

// muteJSON is a mute as the API shows it.
type muteJSON struct {
	Product string    `json:"product"`
	Channel string    `json:"channel,omitempty"` // the only one that it holds for
	Until   time.Time `json:"until,omitzero"`
}

func mutesJSON(mutes []stock.Mute) (list []muteJSON) {
	for _, m := range mutes {
		list = append(list, muteJSON{m.Product, m.Channel, m.Until})
	}
	return list
}

const (
	maxMute  = 366 * 24 * time.Hour
	muteHour = time.Hour // what the dashboard's button does
)

func (s *Server) switchRoutes() []route {
	if s.o.Switches == nil {
		return nil
	}
	return []route{
		{"POST", "/api/v1/products/{id}/mute", s.apiMute},
		{"DELETE", "/api/v1/products/{id}/mute", s.apiUnmute},
		{"POST", "/api/v1/channels/{id}/enable", s.apiEnable},
	}
}

func (s *Server) switchForms() []route {
	if s.o.Switches == nil {
		return nil
	}
	form := func(do func(r *http.Request, id string) error) handler {
		return func(r *http.Request) (reply, error) {
			if err := do(r, r.PathValue("id")); err != nil {
				return reply{}, switchError(err)
			}
			if r.PostFormValue("back") == "product" {
				return seeOther("../" + url.PathEscape(r.PathValue("id"))), nil
			}
			return seeOther("../../"), nil
		}
	}
	return []route{
		{"POST", "/products/{id}/mute", form(func(r *http.Request, id string) error {
			return s.o.Switches.Mute(r.Context(), id, muteFor(r.PostFormValue("for")))
		})},
		{"POST", "/products/{id}/unmute", form(func(r *http.Request, id string) error { return s.o.Switches.Unmute(r.Context(), id) })},
		{"POST", "/channels/{id}/enable", form(func(r *http.Request, id string) error {
			_, err := s.o.Switches.Enable(r.Context(), id)
			return err
		})},
	}
}

// muteFor reads for how long a form mutes; 0: until somebody ends it.
func muteFor(said string) time.Duration {
	if said == "0" {
		return 0
	}
	if d, err := time.ParseDuration(said); err == nil && d > 0 && d <= maxMute {
		return d
	}
	return muteHour
}

func (s *Server) apiMute(r *http.Request) (reply, error) {
	var d time.Duration
	if raw := r.URL.Query().Get("for_seconds"); raw != "" {
		n, err := strconv.ParseInt(raw, 10, 64)
		if err != nil || n < 1 || n > int64(maxMute/time.Second) {
			return reply{}, failure{status: http.StatusBadRequest, says: "for_seconds %q is not a number from 1 to %d", args: []any{raw, int64(maxMute / time.Second)}}
		}
		d = time.Duration(n) * time.Second
	}
	if err := s.o.Switches.Mute(r.Context(), r.PathValue("id"), d); err != nil {
		return reply{}, switchError(err)
	}
	return reply{status: http.StatusNoContent}, nil
}

func (s *Server) apiUnmute(r *http.Request) (reply, error) {
	if err := s.o.Switches.Unmute(r.Context(), r.PathValue("id")); err != nil {
		return reply{}, switchError(err)
	}
	return reply{status: http.StatusNoContent}, nil
}

func (s *Server) apiEnable(r *http.Request) (reply, error) {
	n, err := s.o.Switches.Enable(r.Context(), r.PathValue("id"))
	if err != nil {
		return reply{}, switchError(err)
	}
	return jsonReply(http.StatusOK, map[string]any{"enabled": n})
}

func switchError(err error) error {
	switch {
	case errors.Is(err, ErrNoProduct):
		return notFound("product")
	case errors.Is(err, ErrNoChannel):
		return notFound("channel")
	}
	return err
}

// muteView and disabledView are lines of the front page.
type muteView struct {
	ID, Name string
	Until    *moment // nil: until somebody unmutes it
}

type disabledView struct {
	What            string
	Channel, Reason string
	Since           *moment
}

// switched is what people, or services that refuse, have switched off.
func (s *Server) switched(now time.Time) (mutes []muteView, disabled []disabledView) {
	if s.o.Switches == nil {
		return nil, nil
	}
	names := map[string]string{}
	for _, p := range s.o.Products() {
		names[p.ID] = p.Name
	}
	for _, m := range s.o.Switches.Mutes() {
		v := muteView{ID: m.Product, Name: names[m.Product]}
		if v.Name == "" {
			v.Name = m.Product
		}
		if m.Channel != "" {
			v.Name += " (" + m.Channel + ")"
		}
		if !m.Until.IsZero() {
			v.Until = s.clock.show(m.Until, now)
		}
		mutes = append(mutes, v)
	}
	for _, d := range s.o.Switches.Disabled() {
		what := s.words.say("refused")
		if d.Gone {
			what = s.words.say("disabled")
		}
		disabled = append(disabled, disabledView{what, d.Channel, d.Reason.In(s.words.language()), s.clock.show(d.Since, now)})
	}
	for _, n := range s.o.Switches.Troubles() {
		what := map[string]string{stock.CauseQuota: s.words.say("quota"), stock.CauseFailing: s.words.say("failing")}[n.Cause]
		if what != "" { // the refused are listed by recipient
			disabled = append(disabled, disabledView{what, n.Channel, n.Reason.In(s.words.language()), s.clock.show(n.Since, now)})
		}
	}
	return mutes, disabled
}
