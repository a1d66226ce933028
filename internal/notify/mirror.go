package notify

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Keys of the facts that stand between an alert and its recipient.
const (
	prefixMute = "mute" // mute.<product>
	prefixOff  = "off"  // off.<channel>.<recipient>
)

// ErrUnknown says that there is no product or channel of the name.
var ErrUnknown = errors.New("it is not configured")

func offKey(channel, recipient string) string { return prefixOff + "." + channel + "." + recipient }

// mirror is a copy of those facts in memory, so that every delivery may ask.
type mirror struct {
	mu     sync.Mutex
	mutes  map[string]stock.Mute     // by product
	off    map[string]stock.Disabled // by targetKey
	quotas map[string]quota          // by key, of months that are not over
	news   map[string]stock.KV       // by key: what the owner was told, and of what

	informed chan struct{} // closed when all was read once
}

func newMirror() *mirror {
	return &mirror{mutes: map[string]stock.Mute{}, off: map[string]stock.Disabled{}, quotas: map[string]quota{}, news: map[string]stock.KV{}, informed: make(chan struct{})}
}

// learn applies a change to the mirror. An undecodable value counts as absent: a
// spurious alert beats a missed one.
func (s *mirror) learn(f stock.KV) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kind, rest, _ := strings.Cut(f.Key, ".")
	switch kind {
	case prefixMute:
		var m stock.Mute
		if delete(s.mutes, rest); f.Value != nil && json.Unmarshal(f.Value, &m) == nil {
			m.Product = rest
			s.mutes[rest] = m
		}
	case prefixOff:
		channel, recipient, _ := strings.Cut(rest, ".")
		var d stock.Disabled
		key := targetKey(channel, recipient)
		if delete(s.off, key); f.Value != nil && json.Unmarshal(f.Value, &d) == nil {
			d.Channel, d.Recipient = channel, recipient
			s.off[key] = d
		}
	case prefixQuota:
		var q quota
		delete(s.quotas, f.Key)
		if f.Value != nil && ofMonth(f.Key, time.Now()) && json.Unmarshal(f.Value, &q) == nil {
			s.quotas[f.Key] = q
		}
	case prefixNews:
		switch {
		case f.Value == nil:
			delete(s.news, f.Key)
		case f.Rev > s.news[f.Key].Rev: // what was written here is known before it is heard of
			s.news[f.Key] = f
		}
	}
}

func (s *mirror) muted(product string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, ok := s.mutes[product]
	return ok && !m.Over(time.Now())
}

func (s *mirror) disabled(channel, recipient string) (stock.Disabled, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.off[targetKey(channel, recipient)]
	return d, ok
}

// Follow keeps in mind who is muted and who is disabled, until ctx ends. It is
// called once.
func (n *Notifier) Follow(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	prefixes := []string{prefixMute, prefixOff, prefixQuota, prefixNews}
	var unread atomic.Int32
	unread.Store(int32(len(prefixes)))
	for _, prefix := range prefixes {
		read := sync.OnceFunc(func() {
			if unread.Add(-1) == 0 {
				close(n.mirror.informed)
			}
		})
		g.Go(func() error {
			return n.facts.FollowFacts(ctx, prefix, func(f stock.KV) {
				if f.Key == "" {
					read()
					return
				}
				n.mirror.learn(f)
			})
		})
	}
	return g.Wait()
}

// Informed is closed once Follow knows all that stood there when it began. A
// letter that is delivered before may ring for a muted product.
func (n *Notifier) Informed() <-chan struct{} { return n.mirror.informed }

// Mutes lists the muted products.
func (n *Notifier) Mutes() []stock.Mute {
	n.mirror.mu.Lock()
	defer n.mirror.mu.Unlock()
	now := time.Now()
	list := slices.SortedFunc(maps.Values(n.mirror.mutes), func(a, b stock.Mute) int { return cmp.Compare(a.Product, b.Product) })
	return slices.DeleteFunc(list, func(m stock.Mute) bool { return m.Over(now) })
}

// Disabled lists the configured recipients to whom nothing is sent.
func (n *Notifier) Disabled() []stock.Disabled {
	b := n.book.Load()
	n.mirror.mu.Lock()
	defer n.mirror.mu.Unlock()
	list := slices.SortedFunc(maps.Values(n.mirror.off), func(a, b stock.Disabled) int {
		return cmp.Or(cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Recipient, b.Recipient))
	})
	return slices.DeleteFunc(list, func(d stock.Disabled) bool {
		_, configured := b.targets[targetKey(d.Channel, d.Recipient)]
		return !configured
	})
}

// Mute tells nobody of a product for d, 0: until Unmute. What waits in the outbox
// is not told either. by says who wants it.
func (n *Notifier) Mute(ctx context.Context, product string, d time.Duration, by string) error {
	if _, ok := n.book.Load().products[product]; !ok {
		return fmt.Errorf("mute product %q: %w", product, ErrUnknown)
	}
	m := stock.Mute{By: by, At: time.Now().UTC().Truncate(time.Second)}
	if d > 0 {
		m.Until = m.At.Add(d)
	}
	if err := n.facts.overwrite(ctx, prefixMute+"."+product, m); err != nil {
		return fmt.Errorf("mute product %s: %w", product, err)
	}
	return nil
}

// Unmute takes a mute back. A product that is not muted is no error.
func (n *Notifier) Unmute(ctx context.Context, product string) error {
	if _, ok := n.book.Load().products[product]; !ok {
		return fmt.Errorf("unmute product %q: %w", product, ErrUnknown)
	}
	if err := n.facts.DeleteFact(ctx, prefixMute+"."+product, 0); err != nil {
		return fmt.Errorf("unmute product %s: %w", product, err)
	}
	n.mirror.learn(stock.KV{Key: prefixMute + "." + product})
	return nil
}

// Enable sends to the recipients of a channel as if nothing was known of them, and
// returns how many were refused. Whoever was not reached for long counts as reached
// and an exhausted quota as raised, until it turns out otherwise.
func (n *Notifier) Enable(ctx context.Context, channel string) (int, error) {
	if !slices.Contains(n.channels(), channel) {
		return 0, fmt.Errorf("enable channel %q: %w", channel, ErrUnknown)
	}
	facts, err := n.facts.Facts(ctx, prefixOff+"."+channel)
	if err != nil {
		return 0, fmt.Errorf("enable channel %s: %w", channel, err)
	}
	for _, f := range facts {
		if err := n.facts.DeleteFact(ctx, f.Key, 0); err != nil {
			return 0, fmt.Errorf("enable channel %s: %w", channel, err)
		}
		n.mirror.learn(stock.KV{Key: f.Key})
	}
	failing, err := n.facts.Facts(ctx, failingNews+channel)
	if err != nil {
		return 0, fmt.Errorf("enable channel %s: %w", channel, err)
	}
	for _, f := range failing {
		if err := n.facts.forget(ctx, f.Key, f.Rev); err != nil && !errors.Is(err, stock.ErrConflict) {
			return 0, fmt.Errorf("enable channel %s: %w", channel, err)
		}
	}
	b := n.book.Load()
	if err := n.quotas.lift(ctx, channel, b); err != nil {
		return 0, fmt.Errorf("enable channel %s: %w", channel, err)
	}
	for key, t := range b.targets {
		if t.ID == channel {
			n.lanes.of(key).reset()
		}
	}
	return len(facts), nil
}

// disable keeps in mind that a recipient is refused, and whether it is gone. Of two
// refusals the first stands.
func (n *Notifier) disable(ctx context.Context, t Target, reason string, gone bool) error {
	d := stock.Disabled{Reason: channel.Clean(reason, alerttext.MaxTitle), Since: time.Now().UTC().Truncate(time.Second), Gone: gone}
	key := offKey(t.ID, t.Recipient)
	if was, ok := n.mirror.disabled(t.ID, t.Recipient); ok && was.Gone {
		d.Since = was.Since
	}
	if gone && n.facts.kept() {
		return n.facts.overwrite(ctx, key, d)
	}
	value, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("disable %s: %w", key, err)
	}
	if n.facts.kept() {
		if _, err := n.facts.PutFact(ctx, key, value, 0); err != nil && !errors.Is(err, stock.ErrConflict) { // a conflict: somebody else met the same refusal
			return fmt.Errorf("disable %s: %w", key, err)
		}
	}
	n.mirror.learn(stock.KV{Key: key, Value: value})
	return nil
}
