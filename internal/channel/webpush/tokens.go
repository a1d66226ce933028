package webpush

import (
	"sync"
	"time"
)

// tokenLife is how long a signed token is used again. Apple asks for at most one
// new token an hour; each is valid for twelve.
const tokenLife = time.Hour

// tokens keeps one token per push service. There are as many as the services that
// are allowed, so nothing is removed.
type tokens struct {
	mu  sync.Mutex
	all map[string]token // by origin
}

type token struct {
	header string
	until  time.Time
}

func newTokens() *tokens { return &tokens{all: map[string]token{}} }

// use returns the token to show at an origin: one that was shown before, else a new one, which is kept.
func (t *tokens) use(origin string, now time.Time, sign func(origin string, now time.Time) (string, error)) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if known, ok := t.all[origin]; ok && now.Before(known.until) {
		return known.header, nil
	}
	fresh, err := sign(origin, now)
	if err != nil {
		return "", err
	}
	t.all[origin] = token{fresh, now.Add(tokenLife)}
	return fresh, nil
}

// forget drops a token that was not taken.
func (t *tokens) forget(origin string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.all, origin)
}
