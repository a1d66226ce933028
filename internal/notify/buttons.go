package notify

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
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// buttonKeyFact holds the key of all tokens. With another one the buttons of
	// the alerts that are out would do nothing any more.
	buttonKeyFact = "key.buttons"
	// ButtonPath is where tokens are taken, below the address by which people
	// reach the dashboard.
	ButtonPath = "/do/"
	// maxButtonURL is the most that every channel takes.
	maxButtonURL = 500
	// muteTime is for how long the button mutes.
	muteTime = time.Hour
)

// buttons makes the buttons of messages.
type buttons struct {
	url   string // "": none
	facts *facts
	log   *slog.Logger

	mu  sync.Mutex
	key button.Key // nil until it was needed
}

// actions returns the buttons of a letter. Without them it is still an alert, so
// that no trouble with them keeps it from being sent.
func (s *buttons) actions(ctx context.Context, b *book, l stock.Letter) []channel.Action {
	if s.url == "" || !s.facts.kept() || l.Alert.Kind.Info().Audience == stock.ForOwner {
		return nil
	}
	if _, ok := b.products[l.Alert.Product.ID]; !ok {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	key, err := s.secret(ctx)
	if err != nil {
		s.log.Warn("an alert goes out without buttons", "channel", l.Channel, "product", l.Alert.Product.ID, "err", err)
		return nil
	}
	return s.of(key, b, l)
}

// of makes the buttons with a key, those first that a channel with little room
// should have.
func (s *buttons) of(key button.Key, b *book, l stock.Letter) []channel.Action {
	kinds := []button.Kind{button.Mute, button.Stop}
	if l.Escalates {
		kinds = append([]button.Kind{button.Acknowledge}, kinds...)
	}
	var all []channel.Action
	for _, kind := range kinds {
		token, err := key.Seal(button.Order{
			Kind: kind, Product: l.Alert.Product.ID, Event: l.Event, Recipient: l.Recipient, Expires: time.Now().Add(button.Life),
		})
		if url := s.url + ButtonPath + token; err == nil && len(url) <= maxButtonURL {
			all = append(all, channel.Action{Label: alerttext.ButtonLabel(b.Language, kind), URL: url, Kind: string(kind)})
		}
	}
	return all
}

// sample returns the buttons of a test: as long as real ones, and made with a key
// that nobody keeps, so that they do nothing.
func (s *buttons) sample(b *book, l stock.Letter) []channel.Action {
	if s.url == "" {
		return nil
	}
	l.Escalates = true
	return s.of(button.NewKey(), b, l)
}

// secret returns the key that all processes share, after making it when there is
// none. Of two processes that make it at once both get that of the first.
func (s *buttons) secret(ctx context.Context) (button.Key, error) {
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
		_, written := s.facts.PutFact(ctx, buttonKeyFact, value, 0)
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
func (s *buttons) kept(ctx context.Context) (button.Key, error) {
	f, err := s.facts.Fact(ctx, buttonKeyFact)
	if err != nil {
		return nil, fmt.Errorf("read the key of buttons: %w", err)
	}
	if f.Rev == 0 {
		return nil, nil
	}
	var key button.Key
	if json.Unmarshal(f.Value, &key) != nil || !key.Valid() {
		return nil, errors.New("the key of buttons that is kept (" + buttonKeyFact + ") is damaged: delete it to have a new one")
	}
	return key, nil
}
