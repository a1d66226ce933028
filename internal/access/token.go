package access

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/clock"
)

// Scope is what a token may do.
type Scope string

// The scopes.
const (
	Read  Scope = "read"  // see what the API shows
	Write Scope = "write" // change it too
	Hints Scope = "hints" // hand in reasons to look, and nothing else
)

// Scopes returns all scopes.
func Scopes() []Scope { return []Scope{Read, Write, Hints} }

// Token is what is known of a token. Its secret is shown once, when it is made.
type Token struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Scopes  []Scope   `json:"scopes"`
	Created time.Time `json:"created"`
	Used    time.Time `json:"used,omitzero"` // about when it was last used
}

// May reports whether the token has a scope. Write has Read in it.
func (t Token) May(s Scope) bool {
	return slices.Contains(t.Scopes, s) || s == Read && slices.Contains(t.Scopes, Write)
}

// secretPrefix lets people and secret scanners recognise a token.
const secretPrefix = "sainyuka_"

// maxName is how many bytes the name of a token has at most.
const maxName = 64

// ErrBad is wrapped by the errors of AddToken whose text the asker may see.
var ErrBad = errors.New("token not made")

// AddToken makes a token. The secret is returned here and nowhere else.
func (a *Access) AddToken(ctx context.Context, name string, scopes []Scope) (t Token, secret string, err error) {
	name = strings.TrimSpace(name)
	switch {
	case name == "" || len(name) > maxName || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return t, "", fmt.Errorf("%w: its name must be a text of 1 to %d bytes", ErrBad, maxName)
	case len(scopes) == 0:
		return t, "", fmt.Errorf("%w: it needs at least one scope of %v", ErrBad, Scopes())
	case len(a.Tokens()) >= mostTokens:
		return t, "", fmt.Errorf("%w: there are %d already: revoke one first", ErrBad, mostTokens)
	}
	for _, s := range scopes {
		if !slices.Contains(Scopes(), s) {
			return t, "", fmt.Errorf("%w: unknown scope %q: the scopes are %v", ErrBad, s, Scopes())
		}
	}
	secret = secretPrefix + newSecret()
	hash := hashOf(secret)
	scopes = slices.Compact(slices.Sorted(slices.Values(scopes)))
	t = Token{ID: idOf(hash), Name: name, Scopes: scopes, Created: clock.Wall().UTC().Truncate(time.Second)}
	if err := put(ctx, a, a.tokens, tokenPrefix, hash, &entry[Token]{fact: t}); err != nil {
		return t, "", fmt.Errorf("keep a token: %w", err)
	}
	return t, secret, nil
}

// Token returns the token of a secret.
func (a *Access) Token(secret string) (Token, bool) {
	if !strings.HasPrefix(secret, secretPrefix) {
		return Token{}, false
	}
	return find(a, a.tokens, secret)
}

// Tokens lists the tokens, the oldest first.
func (a *Access) Tokens() []Token {
	list := []Token{}
	for e := range maps.Values(snapshot(a, a.tokens)) {
		if e.used.After(e.fact.Used) {
			e.fact.Used = e.used.UTC().Truncate(time.Second)
		}
		list = append(list, e.fact)
	}
	slices.SortFunc(list, func(x, y Token) int { return cmp.Or(x.Created.Compare(y.Created), cmp.Compare(x.ID, y.ID)) })
	return list
}

// Revoke ends the token of an id.
func (a *Access) Revoke(ctx context.Context, id string) error {
	hash, ok := byID(a, a.tokens, id)
	if !ok {
		return ErrNone
	}
	if err := remove(ctx, a, a.tokens, tokenPrefix, hash); err != nil {
		return fmt.Errorf("revoke token %s: %w", id, err)
	}
	return nil
}
