package notify

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Keys of the facts that stand between an alert and its recipient.
const (
	prefixMute   = "mute"   // mute.<product>
	prefixMuteIn = "mutein" // mutein.<channel>.<product>: for that channel alone
	prefixOff    = "off"    // off.<channel>.<recipient>
)

// ErrUnknown says that there is no product or channel of the name.
var ErrUnknown = errors.New("it is not configured")

func offKey(channel, recipient string) string { return prefixOff + "." + channel + "." + recipient }

// mirror is a copy of those facts in memory, so that every delivery may ask.
type mirror struct {
	mu     sync.Mutex
	mutes  map[string]stock.Mute     // by product
	muteIn map[string]stock.Mute     // by targetKey(channel, product)
	off    map[string]stock.Disabled // by targetKey
	quotas map[string]quota          // by key, of months that are not over
	news   map[string]stock.KV       // by key: what the owner was told, and of what

	informed chan struct{} // closed when all was read once
}

func newMirror() *mirror {
	return &mirror{mutes: map[string]stock.Mute{}, muteIn: map[string]stock.Mute{}, off: map[string]stock.Disabled{}, quotas: map[string]quota{}, news: map[string]stock.KV{}, informed: make(chan struct{})}
}

// learn applies a change to the mirror. An undecodable value counts as absent: a
// spurious alert beats a missed one.
func (s *mirror) learn(f stock.KV) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kind, rest, _ := strings.Cut(f.Key, ".")
	switch kind {
	case prefixMute:
		copyFact(s.mutes, rest, f.Value, func(m *stock.Mute) { m.Product = rest })
	case prefixMuteIn:
		channel, product, _ := strings.Cut(rest, ".")
		copyFact(s.muteIn, targetKey(channel, product), f.Value, func(m *stock.Mute) { m.Channel, m.Product = channel, product })
	case prefixOff:
		channel, recipient, _ := strings.Cut(rest, ".")
		copyFact(s.off, targetKey(channel, recipient), f.Value, func(d *stock.Disabled) { d.Channel, d.Recipient = channel, recipient })
	case prefixQuota:
		var q quota
		delete(s.quotas, f.Key)
		if f.Value != nil && ofMonth(f.Key, clock.Wall()) && json.Unmarshal(f.Value, &q) == nil {
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

// copyFact replaces what a map has under a key with a decoded value, to which name adds
// what the fact's own key says; without a value the key goes.
func copyFact[V any](all map[string]V, key string, value []byte, name func(*V)) {
	delete(all, key)
	var v V
	if value != nil && json.Unmarshal(value, &v) == nil {
		name(&v)
		all[key] = v
	}
}

func (s *mirror) muted(product string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, ok := s.mutes[product]
	return ok && !m.Over(clock.Wall())
}

// mutedIn reports whether a channel, or everybody, hears nothing of a product.
func (s *mirror) mutedIn(channel, product string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := clock.Wall()
	everywhere, ok := s.mutes[product]
	here, also := s.muteIn[targetKey(channel, product)]
	return ok && !everywhere.Over(now) || also && !here.Over(now)
}

func (s *mirror) disabled(channel, recipient string) (stock.Disabled, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.off[targetKey(channel, recipient)]
	return d, ok
}

func (s *mirror) quota(key string) quota {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.quotas[key]
}

// newsOf returns what stands under a key, as far as it is known here.
func (s *mirror) newsOf(key string) (stock.KV, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.news[key]
	return f, ok
}

// allNews returns all of it, in the order of the keys.
func (s *mirror) allNews() []stock.KV {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []stock.KV
	for _, f := range s.news {
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b stock.KV) int { return slices.Compare([]string{a.Key}, []string{b.Key}) })
	return all
}
