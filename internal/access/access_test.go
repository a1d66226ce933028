package access_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/access"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// memory is a store of facts that several processes use.
type memory struct {
	mu    sync.Mutex
	facts map[string]stock.KV
	rev   uint64
	each  []func(stock.KV)
}

func (m *memory) Facts(context.Context, string) (all []stock.KV, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, f := range m.facts {
		all = append(all, f)
	}
	return all, nil
}

func (m *memory) PutFact(_ context.Context, key string, value []byte, rev uint64) (uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.facts[key].Rev != rev {
		return 0, stock.ErrConflict
	}
	m.rev++
	f := stock.KV{Key: key, Value: value, Rev: m.rev}
	m.facts[key] = f
	for _, each := range m.each {
		each(f)
	}
	return m.rev, nil
}

func (m *memory) DeleteFact(_ context.Context, key string, _ uint64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.facts, key)
	for _, each := range m.each {
		each(stock.KV{Key: key})
	}
	return nil
}

func (m *memory) FollowFacts(ctx context.Context, _ string, each func(stock.KV)) error {
	m.mu.Lock()
	m.each = append(m.each, each)
	m.mu.Unlock()
	<-ctx.Done()
	return ctx.Err()
}

// two processes of one cluster, that follow each other.
func two(t *testing.T) (m *memory, first, second *access.Access) {
	t.Helper()
	m = &memory{facts: map[string]stock.KV{}}
	ctx, stop := context.WithCancel(t.Context())
	var g sync.WaitGroup
	for _, a := range []**access.Access{&first, &second} {
		*a = access.New(m, slog.New(slog.DiscardHandler))
		g.Go(func() { _ = (*a).Follow(ctx) })
	}
	t.Cleanup(func() { stop(); g.Wait() })
	synctest.Wait()
	return m, first, second
}

const password = "correct horse"

func TestSessionsOfAllProcesses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, a, b := two(t)
		s, secret, err := a.SignIn(t.Context(), password, "Firefox Linux", "192.0.2.1")
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := b.Session(secret, password); !ok {
			t.Error("another process does not know the session, want it to")
		}
		if _, ok := b.Session(secret, "another password"); ok {
			t.Error("a session opened with a password is good for another, want a new password to end it")
		}
		if _, ok := b.Session(secret[:len(secret)-1]+"A", password); ok {
			t.Error("a made-up secret opens a session")
		}
		for key, f := range m.facts {
			if strings.Contains(key+string(f.Value), secret) {
				t.Errorf("the store holds the secret itself: %s", f.Value)
			}
		}
		if err := b.SignOut(t.Context(), s.ID); err != nil {
			t.Fatal(err)
		}
		if _, ok := a.Session(secret, password); ok {
			t.Error("a session that another process ended is good, want it gone")
		}
		if err := b.SignOut(t.Context(), s.ID); !errors.Is(err, access.ErrNone) {
			t.Errorf("SignOut again = %v, want %v", err, access.ErrNone)
		}
	})
}

func TestSessionsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, a, _ := two(t)
		_, idle, err := a.SignIn(t.Context(), password, "", "")
		if err != nil {
			t.Fatal(err)
		}
		_, busy, err := a.SignIn(t.Context(), password, "", "")
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		for time.Since(begin) < access.IdleLife {
			time.Sleep(12 * time.Hour)
			if _, ok := a.Session(busy, password); !ok {
				t.Fatalf("a session in use ended after %v", time.Since(begin))
			}
		}
		if _, ok := a.Session(idle, password); ok {
			t.Errorf("a session without use is good after %v, want it ended", access.IdleLife)
		}
		for time.Since(begin) < access.SessionLife {
			time.Sleep(12 * time.Hour)
			a.Session(busy, password)
		}
		if _, ok := a.Session(busy, password); ok {
			t.Errorf("a session is good after %v, want it ended", access.SessionLife)
		}
	})
}

func TestTokensOfAllProcesses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, a, b := two(t)
		made, secret, err := a.AddToken(t.Context(), " home ", []access.Scope{access.Write, access.Write})
		if err != nil {
			t.Fatal(err)
		}
		got, ok := b.Token(secret)
		if !ok || got.Name != "home" || !got.May(access.Read) || !got.May(access.Write) || got.May(access.Hints) || len(got.Scopes) != 1 {
			t.Errorf("another process knows the token as %+v (%v), want home with the scope write, which reads too", got, ok)
		}
		time.Sleep(2 * time.Hour)
		b.Token(secret)
		time.Sleep(time.Hour)
		synctest.Wait()
		if list := a.Tokens(); len(list) != 1 || list[0].Used.Sub(made.Created) != 2*time.Hour {
			t.Errorf("Tokens = %+v, want one, used two hours after it was made", list)
		}
		if err := b.Revoke(t.Context(), made.ID); err != nil {
			t.Fatal(err)
		}
		if _, ok := a.Token(secret); ok {
			t.Error("a revoked token is good in another process")
		}
	})
}

func TestTokensThatAreRefused(t *testing.T) {
	a := access.New(nil, slog.New(slog.DiscardHandler))
	for _, tt := range []struct {
		name   string
		scopes []access.Scope
	}{
		{"", []access.Scope{access.Read}},
		{strings.Repeat("x", 65), []access.Scope{access.Read}},
		{"a\nb", []access.Scope{access.Read}},
		{"none", nil},
		{"unknown", []access.Scope{"admin"}},
	} {
		if _, _, err := a.AddToken(t.Context(), tt.name, tt.scopes); !errors.Is(err, access.ErrBad) {
			t.Errorf("AddToken(%q, %v) = %v, want %v", tt.name, tt.scopes, err, access.ErrBad)
		}
	}
}

func TestPasswords(t *testing.T) {
	hash := access.HashPassword(password)
	if hash == access.HashPassword(password) || strings.Contains(hash, password) {
		t.Errorf("HashPassword = %s twice, want another salt each time and no password in it", hash)
	}
	for _, text := range []string{password, hash} {
		p, err := access.ReadPassword(text)
		if err != nil {
			t.Fatalf("ReadPassword(%s): %v", text, err)
		}
		for _, given := range []string{password, "correct hors", "", hash, password} {
			want := given == password || given == text && text == password
			if got, err := p.Matches(t.Context(), given); got != want || err != nil {
				t.Errorf("password %s: Matches(%q) = %v, %v, want %v", text, given, got, err, want)
			}
		}
	}
	for _, text := range []string{
		"$argon2id$", hash[:len(hash)-1] + "!", strings.Replace(hash, "v=19", "v=16", 1), strings.Replace(hash, "m=19456", "m=4194304", 1),
		strings.Replace(hash, "t=2", "t=0", 1), strings.Replace(hash, "p=1", "p=200", 1), hash + "$x",
	} {
		if _, err := access.ReadPassword(text); err == nil {
			t.Errorf("ReadPassword(%s) = nil, want an error", text)
		}
	}
}
