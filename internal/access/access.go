package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Store keeps facts about people.
type Store interface {
	Facts(ctx context.Context, prefix string) ([]stock.KV, error)
	PutFact(ctx context.Context, key string, value []byte, rev uint64) (uint64, error)
	DeleteFact(ctx context.Context, key string, rev uint64) error
	FollowFacts(ctx context.Context, prefix string, each func(stock.KV)) error
}

// Keys of the facts: the words, and behind them the hash of the secret.
const (
	prefix        = "access"
	sessionPrefix = prefix + ".session."
	tokenPrefix   = prefix + ".token."
)

// Bounds. Nobody has that many, but who knows the password could make them.
const (
	mostSessions = 200
	mostTokens   = 200
)

// ErrNone says that there is no session or token of an id.
var ErrNone = errors.New("no such session or token")

// Access knows the sessions and tokens. Its methods may be called at the same time.
type Access struct {
	store Store // nil: in memory only
	log   *slog.Logger

	mu       sync.Mutex
	sessions map[string]*entry[Session] // by the hash of their secret
	tokens   map[string]*entry[Token]
}

// entry is a fact with what its next write needs.
type entry[T any] struct {
	fact T
	rev  uint64
	used time.Time // the last time in this process; zero: not
}

// New returns an Access that knows nothing yet. Without a store it keeps everything in
// memory.
func New(store Store, log *slog.Logger) *Access {
	return &Access{store: store, log: log, sessions: map[string]*entry[Session]{}, tokens: map[string]*entry[Token]{}}
}

// Load reads what the store has.
func (a *Access) Load(ctx context.Context) error {
	if a.store == nil {
		return nil
	}
	facts, err := a.store.Facts(ctx, prefix)
	if err != nil {
		return fmt.Errorf("read sessions and tokens: %w", err)
	}
	for _, f := range facts {
		a.learn(f)
	}
	return nil
}

// noteEvery is how often the last use of sessions and tokens is written down.
const noteEvery = 10 * time.Minute

// Follow learns of what other processes do, and writes down now and then what was
// used, until ctx ends.
func (a *Access) Follow(ctx context.Context) error {
	if a.store == nil {
		<-ctx.Done()
		return ctx.Err()
	}
	go func() {
		tick := time.NewTicker(noteEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				a.note(ctx)
			case <-ctx.Done():
				return
			}
		}
	}()
	return a.store.FollowFacts(ctx, prefix, a.learn)
}

// learn takes in a fact of the store.
func (a *Access) learn(f stock.KV) {
	a.mu.Lock()
	defer a.mu.Unlock()
	learn(a.sessions, f, sessionPrefix)
	learn(a.tokens, f, tokenPrefix)
}

func learn[T any](all map[string]*entry[T], f stock.KV, prefix string) {
	if len(f.Key) <= len(prefix) || f.Key[:len(prefix)] != prefix {
		return
	}
	hash := f.Key[len(prefix):]
	if f.Value == nil {
		delete(all, hash)
		return
	}
	e := &entry[T]{rev: f.Rev}
	if json.Unmarshal(f.Value, &e.fact) != nil {
		delete(all, hash) // what cannot be read lets nobody in
		return
	}
	if old := all[hash]; old != nil {
		if old.rev > f.Rev {
			return
		}
		e.used = old.used
	}
	all[hash] = e
}

// put stores a new or changed fact and remembers it.
func put[T any](ctx context.Context, a *Access, all map[string]*entry[T], prefix, hash string, e *entry[T]) error {
	if a.store != nil {
		value, err := json.Marshal(e.fact)
		if err != nil {
			return fmt.Errorf("encode: %w", err)
		}
		if e.rev, err = a.store.PutFact(ctx, prefix+hash, value, e.rev); err != nil {
			return err
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	all[hash] = e
	return nil
}

// remove deletes a fact, here first: a sign-out works at once.
func remove[T any](ctx context.Context, a *Access, all map[string]*entry[T], prefix, hash string) error {
	a.mu.Lock()
	delete(all, hash)
	a.mu.Unlock()
	if a.store == nil {
		return nil
	}
	return a.store.DeleteFact(ctx, prefix+hash, 0)
}

// note writes down what was used, and removes the sessions that have ended.
func (a *Access) note(ctx context.Context) {
	now := clock.Wall()
	for hash, e := range snapshot(a, a.sessions) {
		if e.fact.ended(now) {
			if err := remove(ctx, a, a.sessions, sessionPrefix, hash); err != nil {
				a.log.Debug("a session that has ended is not removed yet", "err", err)
			}
		} else if e.used.Sub(e.fact.Seen) >= noteLeast {
			e.fact.Seen = e.used
			a.noted(put(ctx, a, a.sessions, sessionPrefix, hash, &e))
		}
	}
	for hash, e := range snapshot(a, a.tokens) {
		if e.used.Sub(e.fact.Used) >= noteLeast {
			e.fact.Used = e.used
			a.noted(put(ctx, a, a.tokens, tokenPrefix, hash, &e))
		}
	}
}

// noteLeast is by how much a time that is written down may be behind.
const noteLeast = time.Hour

func (a *Access) noted(err error) {
	if err != nil && !errors.Is(err, stock.ErrConflict) { // another process noted it, or it was revoked
		a.log.Debug("the last use of a session or token is not written down yet", "err", err)
	}
}

func snapshot[T any](a *Access, all map[string]*entry[T]) map[string]entry[T] {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := make(map[string]entry[T], len(all))
	for hash, e := range all {
		list[hash] = *e
	}
	return list
}

// find returns what has the secret, and marks it as used now.
func find[T any](a *Access, all map[string]*entry[T], secret string) (T, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	e := all[hashOf(secret)]
	if e == nil {
		var none T
		return none, false
	}
	e.used = clock.Wall()
	return e.fact, true
}

// newSecret returns 256 bits that nobody can guess, in base64url.
func newSecret() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// hashOf is what is kept of a secret. It has 256 random bits, so a fast hash is enough.
func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// idOf names what has a hash, in lists and commands.
func idOf(hash string) string { return hash[:idLength] }

const idLength = 12

// byID returns the hash of what has an id.
func byID[T any](a *Access, all map[string]*entry[T], id string) (string, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for hash := range all {
		if len(id) == idLength && idOf(hash) == id {
			return hash, true
		}
	}
	return "", false
}
