package bus

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// learnedKey hashes the host: a key may not hold all that a host's name may.
func learnedKey(host string) string { return "host." + stock.ShortHash(host) }

// HostStore is what was learned about hosts, in the bucket learned.
type HostStore struct{ bucket }

// Learned returns what was learned about a host, nil when nothing was.
func (s *HostStore) Learned(ctx context.Context, host string) ([]byte, error) {
	learned, err := s.get(ctx, learnedKey(host))
	if err != nil {
		return nil, fmt.Errorf("read what is known of host %s: %w", host, err)
	}
	return learned.Value, nil
}

// Learn replaces what is known about a host.
func (s *HostStore) Learn(ctx context.Context, host string, value []byte) error {
	if err := s.put(ctx, learnedKey(host), value); err != nil {
		return fmt.Errorf("write what is known of host %s: %w", host, err)
	}
	return nil
}

// resetKey is where it stands that a user wants a host's evidence trusted anew. It
// is not the value of the host, which its watcher writes as a whole.
func resetKey(host string) string { return "forget." + stock.ShortHash(host) }

// trustReset says since when a host's evidence is to be trusted anew.
type trustReset struct {
	Host string    `json:"host"`
	At   time.Time `json:"at"`
}

// ResetTrust asks the process that watches a host to forget in which of its evidence there is
// no trust.
func (s *HostStore) ResetTrust(ctx context.Context, host string, at time.Time) error {
	body, err := json.Marshal(trustReset{host, at.UTC()})
	if err != nil {
		return fmt.Errorf("reset the trust in host %s: %w", host, err)
	}
	if err := s.put(ctx, resetKey(host), body); err != nil {
		return fmt.Errorf("reset the trust in host %s: %w", host, err)
	}
	return nil
}

// TrustReset returns when the trust in a host was reset last, zero when it never was.
func (s *HostStore) TrustReset(ctx context.Context, host string) (time.Time, error) {
	var r trustReset
	e, err := s.get(ctx, resetKey(host))
	if err == nil && e.Rev != 0 {
		err = json.Unmarshal(e.Value, &r)
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("read when the trust in host %s was reset: %w", host, err)
	}
	return r.At, nil
}

// FollowTrustResets hands over every reset that there was, the last one of each host,
// and those to come, until ctx ends. It may hand one over again.
func (s *HostStore) FollowTrustResets(ctx context.Context, each func(host string, at time.Time)) error {
	return s.again(ctx, 250*time.Millisecond, "follow resets of trust", func(ctx context.Context) error {
		return s.watch(ctx, "forget.>", func(e jetstream.KeyValueEntry) {
			var r trustReset
			if e != nil && json.Unmarshal(e.Value(), &r) == nil && r.Host != "" {
				each(r.Host, r.At)
			}
		}, jetstream.IgnoreDeletes())
	})
}
