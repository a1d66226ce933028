package press

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/button"
	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// KeyFact holds the key of all tokens. With another one the buttons of
	// the alerts that are out would do nothing any more.
	KeyFact = "key.buttons"
	// Path is where tokens are taken, below the address by which people
	// reach the dashboard.
	Path = "/do/"
	// MaxURL is the most that every channel takes.
	MaxURL = 500
	// MuteTime is for how long the button mutes.
	MuteTime = time.Hour
	// storeTimeout bounds one call of the store.
	storeTimeout = time.Second
)

// Buttons makes the buttons of messages and does what they say.
type Buttons struct {
	URL   string // below which buttons are pressed; "": there are none
	Facts Facts  // nil: there are none
	// Product returns the name of a product, and an error when it is not configured.
	Product  func(id string) (name string, err error)
	Language func() string
	// Channel returns the channel of a recipient, and whether several people read it, so
	// that its buttons hold for it alone; nil: no channel is so.
	Channel func(recipient string) (id string, shared bool)
	Orders  Orders
	Log     *slog.Logger

	mu  sync.Mutex
	key button.Key // nil until it was needed
}

// Facts keeps what outlives a restart; see notify.People.
type Facts interface {
	Fact(ctx context.Context, key string) (stock.KV, error)
	PutFact(ctx context.Context, key string, value []byte, rev uint64) (uint64, error)
	DeleteFact(ctx context.Context, key string, rev uint64) error
}

// Orders does what buttons say.
type Orders interface {
	// MuteIn and UnmuteIn are for one channel, "": for all.
	MuteIn(ctx context.Context, channel, product string, d time.Duration, by string) error
	UnmuteIn(ctx context.Context, channel, product string) error
	Acknowledge(ctx context.Context, product, event string) error
}

// Actions returns the buttons of a letter. Without them it is still an alert, so
// that no trouble with them keeps it from being sent.
func (s *Buttons) Actions(ctx context.Context, l stock.Letter) []channel.Action {
	if s.URL == "" || s.Facts == nil || l.Alert.Kind.Info().Audience == stock.ForOwner {
		return nil
	}
	if _, err := s.Product(l.Alert.Product.ID); err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	key, err := s.secret(ctx)
	if err != nil {
		s.Log.Warn("an alert goes out without buttons", "channel", l.Channel, "product", l.Alert.Product.ID, "err", err)
		return nil
	}
	return s.of(key, l)
}

// of makes the buttons with a key, those first that a channel with little room
// should have.
func (s *Buttons) of(key button.Key, l stock.Letter) []channel.Action {
	kinds := []button.Kind{button.Mute, button.Stop}
	if l.Escalates {
		kinds = append([]button.Kind{button.Acknowledge}, kinds...)
	}
	var all []channel.Action
	for _, kind := range kinds {
		token, err := key.Seal(button.Order{
			Kind: kind, Product: l.Alert.Product.ID, Event: l.Event, Recipient: l.Recipient, Expires: clock.Wall().Add(button.Life),
		})
		if url := s.URL + Path + token; err == nil && len(url) <= MaxURL {
			all = append(all, channel.Action{Label: alerttext.ButtonLabel(s.Language(), kind), URL: url, Kind: string(kind)})
		}
	}
	return all
}

// Sample returns the buttons of a test: as long as real ones, and made with a key
// that nobody keeps, so that they do nothing.
func (s *Buttons) Sample(l stock.Letter) []channel.Action {
	if s.URL == "" {
		return nil
	}
	l.Escalates = true
	return s.of(button.NewKey(), l)
}

// secret returns the key that all processes share, after making it when there is
// none. Of two processes that make it at once both get that of the first.
func (s *Buttons) secret(ctx context.Context) (button.Key, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.key != nil {
		return s.key, nil
	}
	key, err := s.kept(ctx)
	if err != nil {
		return nil, err
	}
	if key == nil {
		fresh := button.NewKey()
		value, err := json.Marshal(fresh)
		if err != nil {
			return nil, fmt.Errorf("encode the key of buttons: %w", err)
		}
		_, written := s.Facts.PutFact(ctx, KeyFact, value, 0)
		if key, err = s.kept(ctx); err != nil {
			return nil, err
		}
		if key == nil {
			return nil, fmt.Errorf("keep the key of buttons: %w", written)
		}
	}
	s.key = key
	return key, nil
}

// kept reads the key, nil when there is none.
func (s *Buttons) kept(ctx context.Context) (button.Key, error) {
	f, err := s.Facts.Fact(ctx, KeyFact)
	if err != nil {
		return nil, fmt.Errorf("read the key of buttons: %w", err)
	}
	if f.Rev == 0 {
		return nil, nil
	}
	var key button.Key
	if json.Unmarshal(f.Value, &key) != nil || !key.Valid() {
		return nil, errors.New("the key of buttons that is kept (" + KeyFact + ") is damaged: delete it to have a new one")
	}
	return key, nil
}
