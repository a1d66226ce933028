package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/sainyuka/sainyuka/internal/access"
	"github.com/sainyuka/sainyuka/internal/clock"
)

const (
	tokensPath   = "/api/v1/tokens"
	sessionsPath = "/api/v1/sessions"
	settingsPath = "/settings"
)

// tokenShown is what the asker gets once: a token with its secret.
type tokenShown struct {
	access.Token
	Secret string `json:"token"`
}

func (s *Server) accessRoutes() []route {
	return []route{
		{"GET", tokensPath, s.apiTokens},
		{"POST", tokensPath, s.apiAddToken},
		{"DELETE", tokensPath + "/{id}", func(r *http.Request) (reply, error) {
			return reply{status: http.StatusNoContent}, accessError(s.access.Revoke(r.Context(), r.PathValue("id")), "token")
		}},
		{"GET", sessionsPath, s.apiSessions},
		{"DELETE", sessionsPath, s.apiSignOutAll},
		{"DELETE", sessionsPath + "/{id}", func(r *http.Request) (reply, error) {
			return reply{status: http.StatusNoContent}, accessError(s.access.SignOut(r.Context(), r.PathValue("id")), "session")
		}},
	}
}

// accessForms are the buttons of the part of the settings that accessData draws.
func (s *Server) accessForms() []route {
	back := func(what string, do func(r *http.Request) error) handler {
		return func(r *http.Request) (reply, error) {
			if err := accessError(do(r), what); err != nil {
				return reply{}, err
			}
			return seeOther(settingsPath), nil
		}
	}
	return append(s.signOutRoutes(), []route{
		{"POST", "/settings/tokens", s.addTokenForm},
		{"POST", "/settings/tokens/{id}/revoke", back("token", func(r *http.Request) error { return s.access.Revoke(r.Context(), r.PathValue("id")) })},
		{"POST", "/settings/sessions/{id}/end", back("session", func(r *http.Request) error { return s.access.SignOut(r.Context(), r.PathValue("id")) })},
		{"POST", "/settings/sessions/end", back("session", func(r *http.Request) error {
			_, err := s.access.SignOutAll(r.Context())
			return err
		})},
	}...)
}

func accessError(err error, what string) error {
	switch {
	case errors.Is(err, access.ErrNone):
		return notFound(what)
	case errors.Is(err, access.ErrBad):
		return failure{status: http.StatusUnprocessableEntity, says: err.Error()}
	}
	return err
}

func (s *Server) apiTokens(*http.Request) (reply, error) {
	return jsonReply(http.StatusOK, map[string]any{"tokens": s.access.Tokens()})
}

func (s *Server) apiAddToken(r *http.Request) (reply, error) {
	var asked struct {
		Name   string         `json:"name"`
		Scopes []access.Scope `json:"scopes"`
	}
	d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxHintBody))
	d.DisallowUnknownFields()
	if err := d.Decode(&asked); err != nil {
		return reply{}, failure{status: http.StatusBadRequest, says: "the body is not a token in JSON: %v", args: []any{err}}
	}
	t, secret, err := s.access.AddToken(r.Context(), asked.Name, asked.Scopes)
	if err != nil {
		return reply{}, accessError(err, "token")
	}
	s.o.Logger.Info("a token was made", "token", t.ID, "scopes", t.Scopes)
	return jsonReply(http.StatusCreated, tokenShown{t, secret})
}

// sessionJSON is a session as the API shows it.
type sessionJSON struct {
	access.Session
	Proof   string `json:"proof,omitempty"` // never shown: it hides the field of the session
	Current bool   `json:"current,omitempty"`
}

func (s *Server) apiSessions(r *http.Request) (reply, error) {
	list, own := []sessionJSON{}, visitorOf(r).session
	for _, x := range s.access.Sessions() {
		list = append(list, sessionJSON{Session: x, Current: own != nil && own.ID == x.ID})
	}
	return jsonReply(http.StatusOK, map[string]any{"sessions": list})
}

func (s *Server) apiSignOutAll(r *http.Request) (reply, error) {
	n, err := s.access.SignOutAll(r.Context())
	if err != nil {
		return reply{}, err
	}
	return jsonReply(http.StatusOK, map[string]any{"ended": n})
}

// accessData is the part of the settings about who may come in.
type accessData struct {
	Made      *tokenShown // just now: its secret is shown this once
	Tokens    []tokenView
	Scopes    []access.Scope
	Sessions  []sessionView // nil: nobody signs in here
	SignsIn   bool          // browsers sign in with the password
	SignedIn  bool          // this one did
	ProxyName string        // who the proxy says this is
}

type tokenView struct {
	access.Token
	ScopeNames string
	Made, Used *moment
}

type sessionView struct {
	access.Session
	Current   bool
	In, There *moment
}

func (s *Server) accessData(r *http.Request) accessData {
	now, v := clock.Wall(), visitorOf(r)
	data := accessData{
		Scopes: access.Scopes(), SignsIn: s.o.Password != "" && s.o.Auth != AuthProxy,
		SignedIn: v.how == bySession, ProxyName: v.name,
	}
	for _, t := range s.access.Tokens() {
		view := tokenView{Token: t, Made: s.clock.show(t.Created, now)}
		var names []string
		for _, scope := range t.Scopes {
			names = append(names, s.words.name("scope", string(scope)))
		}
		view.ScopeNames = strings.Join(names, ", ")
		if !t.Used.IsZero() {
			view.Used = s.clock.show(t.Used, now)
		}
		data.Tokens = append(data.Tokens, view)
	}
	for _, x := range s.access.Sessions() {
		current := v.session != nil && v.session.ID == x.ID
		data.Sessions = append(data.Sessions, sessionView{x, current, s.clock.show(x.Created, now), s.clock.show(x.Seen, now)})
	}
	return data
}

// addTokenForm makes a token and shows its secret on the page that answers: behind a
// redirect it would have to be kept somewhere.
func (s *Server) addTokenForm(r *http.Request) (reply, error) {
	if err := r.ParseForm(); err != nil {
		return reply{}, failure{status: http.StatusBadRequest, says: "the form cannot be read"}
	}
	var scopes []access.Scope
	for _, scope := range r.PostForm["scope"] {
		scopes = append(scopes, access.Scope(scope))
	}
	t, secret, err := s.access.AddToken(r.Context(), r.PostFormValue("name"), scopes)
	if err != nil {
		if errors.Is(err, access.ErrBad) {
			err = failure{status: http.StatusUnprocessableEntity, says: s.words.say("token_bad")}
		}
		return reply{}, err
	}
	s.o.Logger.Info("a token was made", "token", t.ID, "scopes", t.Scopes)
	return s.drawSettings(r, &tokenShown{t, secret})
}
