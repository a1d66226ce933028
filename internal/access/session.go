package access

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
)

// How long a browser stays signed in: so long after its last visit, and in all.
const (
	IdleLife    = 30 * 24 * time.Hour
	SessionLife = 180 * 24 * time.Hour
)

// Session is a browser that gave the password.
type Session struct {
	ID      string    `json:"id"`
	Browser string    `json:"browser,omitempty"` // as it calls itself, in short
	Address string    `json:"address,omitempty"` // from which it signed in
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen"` // about when it was last here
	// Proof ties the session to the password that it was opened with: a new password
	// ends all sessions. It cannot be computed without the session's secret.
	Proof string `json:"proof"`
}

func (s Session) ended(now time.Time) bool {
	return now.Sub(s.Created) >= SessionLife || now.Sub(s.Seen) >= IdleLife
}

// SignIn opens a session for a browser that gave the password, as the configuration
// has that. The secret is for its cookie.
func (a *Access) SignIn(ctx context.Context, password, browser, address string) (s Session, secret string, err error) {
	if err := a.makeRoom(ctx); err != nil {
		return s, "", err
	}
	secret = newSecret()
	hash, now := hashOf(secret), clock.Wall().UTC().Truncate(time.Second)
	s = Session{ID: idOf(hash), Browser: browser, Address: address, Created: now, Seen: now, Proof: proof(secret, password)}
	if err := put(ctx, a, a.sessions, sessionPrefix, hash, &entry[Session]{fact: s}); err != nil {
		return s, "", fmt.Errorf("keep a session: %w", err)
	}
	return s, secret, nil
}

// makeRoom ends the session that was unused for longest when there are too many.
func (a *Access) makeRoom(ctx context.Context) error {
	list := a.Sessions()
	if len(list) < mostSessions {
		return nil
	}
	return a.SignOut(ctx, list[len(list)-1].ID)
}

// Session returns the session of a cookie's secret, when it was opened with this
// password and has not ended.
func (a *Access) Session(secret, password string) (Session, bool) {
	s, ok := find(a, a.sessions, secret)
	if !ok || s.ended(clock.Wall()) || !hmac.Equal([]byte(s.Proof), []byte(proof(secret, password))) {
		return Session{}, false
	}
	return s, true
}

// Sessions lists the sessions that have not ended, the last used first.
func (a *Access) Sessions() []Session {
	list, now := []Session{}, clock.Wall()
	for e := range maps.Values(snapshot(a, a.sessions)) {
		if e.fact.ended(now) {
			continue
		}
		if e.used.After(e.fact.Seen) {
			e.fact.Seen = e.used.UTC().Truncate(time.Second)
		}
		list = append(list, e.fact)
	}
	slices.SortFunc(list, func(x, y Session) int { return cmp.Or(y.Seen.Compare(x.Seen), cmp.Compare(x.ID, y.ID)) })
	return list
}

// SignOut ends the session of an id.
func (a *Access) SignOut(ctx context.Context, id string) error {
	hash, ok := byID(a, a.sessions, id)
	if !ok {
		return ErrNone
	}
	if err := remove(ctx, a, a.sessions, sessionPrefix, hash); err != nil {
		return fmt.Errorf("end session %s: %w", id, err)
	}
	return nil
}

// SignOutAll ends all sessions and returns how many there were.
func (a *Access) SignOutAll(ctx context.Context) (int, error) {
	n := 0
	var errs []error
	for hash := range snapshot(a, a.sessions) {
		if err := remove(ctx, a, a.sessions, sessionPrefix, hash); err != nil {
			errs = append(errs, err)
			continue
		}
		n++
	}
	if err := errors.Join(errs...); err != nil {
		return n, fmt.Errorf("end all sessions: %w", err)
	}
	return n, nil
}

func proof(secret, password string) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(password))
	return hex.EncodeToString(h.Sum(nil)[:16])
}
