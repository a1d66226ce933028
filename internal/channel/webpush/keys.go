package webpush

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Facts keeps what must outlive a restart, see the interface People of package notify.
type Facts interface {
	Fact(ctx context.Context, key string) (stock.KV, error)
	PutFact(ctx context.Context, key string, value []byte, rev uint64) (uint64, error)
	DeleteFact(ctx context.Context, key string, rev uint64) error
}

const keyFact = "key.vapid"

// Keys is the pair by which push services know that messages come from whom the
// browser subscribed to. A new pair would make every subscription worthless.
type Keys struct {
	Private string `json:"private"` // base64url without padding, as is the other
	Public  string `json:"public"`
}

// LoadKeys returns the keys that are kept, after making them when there are none.
// Of two processes that make them at once both get the pair of the first.
func LoadKeys(ctx context.Context, facts Facts) (Keys, error) {
	k, found, err := readKeys(ctx, facts)
	if err != nil || found {
		return k, err
	}
	if k, err = newKeys(); err != nil {
		return Keys{}, err
	}
	text, err := json.Marshal(k)
	if err != nil {
		return Keys{}, fmt.Errorf("write the Web Push key: %w", err)
	}
	_, written := facts.PutFact(ctx, keyFact, text, 0)
	if written == nil {
		return k, nil
	}
	if k, found, err = readKeys(ctx, facts); err == nil && !found {
		err = fmt.Errorf("keep the Web Push key: %w", written)
	}
	return k, err
}

func readKeys(ctx context.Context, facts Facts) (k Keys, found bool, err error) {
	f, err := facts.Fact(ctx, keyFact)
	if err != nil {
		return Keys{}, false, fmt.Errorf("read the Web Push key: %w", err)
	}
	if f.Rev == 0 {
		return Keys{}, false, nil
	}
	if err := json.Unmarshal(f.Value, &k); err != nil || k.check() != nil {
		return Keys{}, false, errors.New("the Web Push key that is kept (key.vapid) is damaged")
	}
	return k, true, nil
}

func newKeys() (Keys, error) {
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return Keys{}, fmt.Errorf("make the Web Push key: %w", err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	return Keys{Private: encode(private.Bytes()), Public: encode(private.PublicKey().Bytes())}, nil
}

// check tests that the two belong together.
func (k Keys) check() error {
	raw, err := base64.RawURLEncoding.DecodeString(k.Private)
	if err != nil {
		return err
	}
	private, err := ecdh.P256().NewPrivateKey(raw)
	if err != nil {
		return err
	}
	if base64.RawURLEncoding.EncodeToString(private.PublicKey().Bytes()) != k.Public {
		return errors.New("the keys are not a pair")
	}
	return nil
}

// Fingerprint is what a person can compare.
func (k Keys) Fingerprint() string {
	sum := sha256.Sum256([]byte(k.Public))
	return hex.EncodeToString(sum[:8])
}
