package access

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/crypto/argon2"
)

// LeastPassword is how many characters a password has at least.
const LeastPassword = 8

// hashPrefix begins the text form of an argon2id hash (PHC).
const hashPrefix = "$argon2id$"

// Cost of a hash that is made here: the least that OWASP's cheat sheet on storing
// passwords advises, so that a small box with little memory can check it.
const (
	argonMemory  = 19 * 1024 // KiB
	argonTime    = 2
	argonThreads = 1
	saltSize     = 16
	hashSize     = 32
)

// Bounds of a hash that is read: a mistake in it must not take all memory.
const (
	mostMemory  = 256 * 1024 // KiB
	mostTime    = 16
	mostThreads = 16
)

// Password is the password of the dashboard: a text, or its hash. Its methods may be
// called at the same time.
type Password struct {
	hash *argonHash // nil: the text itself is known
	key  [32]byte   // of seen, drawn anew by every process

	mu   sync.Mutex
	seen []byte // MAC of the right password; nil: nobody gave it yet

	slot chan struct{} // one hash is computed at a time: each takes memory
}

type argonHash struct {
	memory, time uint32
	threads      uint8
	salt, sum    []byte
}

// ReadPassword reads a password as it stands in the configuration.
func ReadPassword(text string) (*Password, error) {
	p := &Password{slot: make(chan struct{}, 1)}
	_, _ = rand.Read(p.key[:]) // never fails
	if !strings.HasPrefix(text, hashPrefix) {
		p.seen = p.mac(text)
		return p, nil
	}
	var err error
	p.hash, err = readHash(text)
	return p, err
}

// Hashed reports whether only the password's hash is known.
func (p *Password) Hashed() bool { return p.hash != nil }

var errHash = errors.New("is not the whole text that `sainyuka hash-password` prints")

func readHash(text string) (*argonHash, error) {
	parts := strings.Split(text, "$") // "", argon2id, v=19, m=..,t=..,p=.., salt, sum
	if len(parts) != 6 || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return nil, errHash
	}
	var h argonHash
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.threads); err != nil {
		return nil, errHash
	}
	var err1, err2 error
	h.salt, err1 = base64.RawStdEncoding.DecodeString(parts[4])
	h.sum, err2 = base64.RawStdEncoding.DecodeString(parts[5])
	switch {
	case err1 != nil, err2 != nil, len(h.salt) < 8, len(h.sum) < 16, len(h.sum) > 128:
		return nil, errHash
	case h.memory < 8 || h.memory > mostMemory, h.time < 1 || h.time > mostTime, h.threads < 1 || h.threads > mostThreads:
		return nil, fmt.Errorf("is a hash of m=%d,t=%d,p=%d, at most m=%d,t=%d,p=%d are computed here", h.memory, h.time, h.threads, mostMemory, mostTime, mostThreads)
	}
	return &h, nil
}

// HashPassword returns the argon2id hash of a password, in the form that the
// configuration takes in the place of the password.
func HashPassword(text string) string {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails
	sum := argon2.IDKey([]byte(text), salt, argonTime, argonMemory, argonThreads, hashSize)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("%sv=%d$m=%d,t=%d,p=%d$%s$%s", hashPrefix, argon2.Version, argonMemory, argonTime, argonThreads, b64(salt), b64(sum))
}

// Matches reports whether text is the password. A password that was right once is
// recognised by its MAC from then on, so that a program that sends it with every
// request does not cost a hash each time. The error is that of ctx.
func (p *Password) Matches(ctx context.Context, text string) (bool, error) {
	mac := p.mac(text)
	p.mu.Lock()
	seen := p.seen
	p.mu.Unlock()
	if seen != nil && hmac.Equal(mac, seen) {
		return true, nil
	}
	if p.hash == nil {
		return false, nil
	}
	select {
	case p.slot <- struct{}{}:
		defer func() { <-p.slot }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	h := p.hash
	sum := argon2.IDKey([]byte(text), h.salt, h.time, h.memory, h.threads, uint32(len(h.sum)))
	if subtle.ConstantTimeCompare(sum, h.sum) != 1 {
		return false, nil
	}
	p.mu.Lock()
	p.seen = mac
	p.mu.Unlock()
	return true, nil
}

func (p *Password) mac(text string) []byte {
	h := hmac.New(sha256.New, p.key[:])
	h.Write([]byte(text))
	return h.Sum(nil)
}
