package notify

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/sainyuka/sainyuka/internal/button"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	usedFacts = "used." // used.<token id>
	// usedMemory is how long after its expiry a token is still known to have been
	// used: another process may have another idea of the time.
	usedMemory = time.Hour
)

// The errors of a press beside those of the package button.
var (
	ErrUsed    = errors.New("the button was pressed before")
	ErrButtons = errors.New("there are no buttons: web.public_url is not set")
)

// Press is what a button does, or did.
type Press struct {
	Kind    button.Kind
	Product stock.ProductRef
	Until   time.Time // of a mute that ends by itself
	Undo    string    // a token that takes back what was done, "" when nothing does
}

// usedFact says that a token was used.
type usedFact struct {
	Expires time.Time `json:"expires"` // of the token
	By      string    `json:"by"`      // a word of the press that used it, to know it again
}

// presses does what the buttons in alerts say.
type presses struct {
	facts       *facts
	buttons     *buttons
	mutes       *mutes
	escalations *escalations
	book        *atomic.Pointer[book]
	log         *slog.Logger
}

// look is Notifier.Button.
func (p *presses) look(ctx context.Context, token string) (Press, error) {
	o, done, err := p.order(ctx, token)
	if err != nil {
		return done, err
	}
	f, err := p.facts.Fact(ctx, usedFacts+o.ID)
	if err == nil && f.Rev != 0 {
		err = ErrUsed
	}
	if err != nil {
		return done, fmt.Errorf("look at the button %s of %s: %w", o.Kind, o.Product, err)
	}
	return done, nil
}

// press is Notifier.PressButton.
func (p *presses) press(ctx context.Context, token string) (Press, error) {
	o, done, err := p.order(ctx, token)
	if err != nil {
		return done, err
	}
	rev, err := p.claim(ctx, o)
	if err != nil {
		return done, fmt.Errorf("press the button %s of %s: %w", o.Kind, o.Product, err)
	}
	if err := p.obey(ctx, o); err != nil {
		// Whoever presses again must not be told that it was done.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
		defer cancel()
		return done, errors.Join(fmt.Errorf("press the button %s of %s: %w", o.Kind, o.Product, err), p.facts.DeleteFact(ctx, usedFacts+o.ID, rev))
	}
	p.log.Info("a button was pressed", "button", o.Kind, "product", o.Product, "event", o.Event, "recipient", o.Recipient)
	if o.Kind == button.Mute || o.Kind == button.Stop {
		done.Undo = p.undo(ctx, o)
	}
	return done, nil
}

// order reads a token. What it says of a token that is too old is true as well.
func (p *presses) order(ctx context.Context, token string) (button.Order, Press, error) {
	if p.buttons.url == "" || !p.facts.kept() {
		return button.Order{}, Press{}, ErrButtons
	}
	key, err := p.buttons.secret(ctx)
	if err != nil {
		return button.Order{}, Press{}, err
	}
	now := time.Now()
	o, err := key.Open(token, now)
	done := Press{Kind: o.Kind, Product: stock.ProductRef{ID: o.Product}}
	if err != nil {
		return o, done, err
	}
	product, ok := p.book.Load().products[o.Product]
	if !ok {
		return o, done, fmt.Errorf("button of product %s: %w", o.Product, ErrUnknown)
	}
	done.Product.Name = product.Name
	if o.Kind == button.Mute {
		done.Until = now.Add(muteTime)
	}
	return o, done, nil
}

// claim notes that a token is used by this press, and returns the revision of
// the note.
func (p *presses) claim(ctx context.Context, o button.Order) (uint64, error) {
	used := usedFact{Expires: o.Expires, By: rand.Text()}
	value, err := json.Marshal(used)
	if err != nil {
		return 0, fmt.Errorf("encode: %w", err)
	}
	rev, err := p.facts.PutFact(ctx, usedFacts+o.ID, value, 0)
	if err == nil {
		return rev, nil
	}
	f, unread := p.facts.Fact(ctx, usedFacts+o.ID) // a write that failed may have been done all the same
	switch {
	case unread != nil || f.Rev == 0:
		return 0, err
	case bytes.Equal(f.Value, value):
		return f.Rev, nil
	}
	return 0, ErrUsed
}

// obey does what an order says. Done twice it does no harm.
func (p *presses) obey(ctx context.Context, o button.Order) error {
	const by = "button"
	switch o.Kind {
	case button.Mute:
		return p.mutes.mute(ctx, o.Product, muteTime, by)
	case button.Stop:
		return p.mutes.mute(ctx, o.Product, 0, by)
	case button.Unmute:
		return p.mutes.unmute(ctx, o.Product)
	case button.Acknowledge:
		return p.escalations.acknowledge(ctx, o.Product, o.Event)
	}
	return fmt.Errorf("unknown kind of button %q", o.Kind)
}

// undo returns a token for taking a mute back.
func (p *presses) undo(ctx context.Context, o button.Order) string {
	key, err := p.buttons.secret(ctx)
	if err != nil {
		return ""
	}
	o.Kind, o.Expires = button.Unmute, time.Now().Add(button.Life)
	token, err := key.Seal(o)
	if err != nil {
		p.log.Warn("no button that takes a mute back", "product", o.Product, "err", err)
		return ""
	}
	return token
}
