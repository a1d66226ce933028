// Package press makes the buttons of alerts and does what they say when they are pressed:
// mute, stop, take that back, acknowledge.
//
// A token is used once, by whichever process hears of it first. The package does not know
// how a message is sent nor what a mute is: its Orders do.
package press

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/sainyuka/sainyuka/internal/button"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	UsedFacts = "used." // used.<token id>
	// UsedMemory is how long after its expiry a token is still known to have been
	// used: another process may have another idea of the time.
	UsedMemory = time.Hour
)

// The errors of a press beside those of the package button.
var (
	ErrUsed    = errors.New("the button was pressed before")
	ErrButtons = errors.New("there are no buttons: web.public_url is not set")
)

// Done is what a button does, or did.
type Done struct {
	Kind    button.Kind
	Product stock.ProductRef
	Until   time.Time // of a mute that ends by itself
	Undo    string    // a token that takes back what was done, "" when nothing does
	Channel string    // the shared one that it holds for alone; "": all
}

// usedFact says that a token was used.
type usedFact struct {
	Expires time.Time `json:"expires"` // of the token
	By      string    `json:"by"`      // a word of the press that used it, to know it again
}

// Look says what the button with a token would do, and changes nothing. The error wraps
// button.ErrForged, button.ErrExpired, ErrUsed or that of an unknown product.
func (p *Buttons) Look(ctx context.Context, token string) (Done, error) {
	o, done, err := p.order(ctx, token)
	if err != nil {
		return done, err
	}
	f, err := p.Facts.Fact(ctx, UsedFacts+o.ID)
	if err == nil && f.Rev != 0 {
		err = ErrUsed
	}
	if err != nil {
		return done, fmt.Errorf("look at the button %s of %s: %w", o.Kind, o.Product, err)
	}
	return done, nil
}

// Press does what the button with a token does, once. Its errors are those of Look;
// after any other it may be pressed again.
func (p *Buttons) Press(ctx context.Context, token string) (Done, error) {
	o, done, err := p.order(ctx, token)
	if err != nil {
		return done, err
	}
	rev, err := p.claim(ctx, o)
	if err != nil {
		return done, fmt.Errorf("press the button %s of %s: %w", o.Kind, o.Product, err)
	}
	if err := p.obey(ctx, o, done.Channel); err != nil {
		// Whoever presses again must not be told that it was done.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
		defer cancel()
		return done, errors.Join(fmt.Errorf("press the button %s of %s: %w", o.Kind, o.Product, err), p.Facts.DeleteFact(ctx, UsedFacts+o.ID, rev))
	}
	level, id := slog.LevelInfo, ""
	if p.Channel != nil {
		id, _ = p.Channel(o.Recipient)
	}
	if done.Channel != "" { // one of several people decided for all of them
		level = slog.LevelWarn
	}
	p.Log.Log(ctx, level, "a button was pressed", "button", o.Kind, "product", o.Product, "event", o.Event, "recipient", o.Recipient, "channel", id)
	if o.Kind == button.Mute || o.Kind == button.Stop {
		done.Undo = p.undo(ctx, o)
	}
	return done, nil
}

// order reads a token. What it says of a token that is too old is true as well.
func (p *Buttons) order(ctx context.Context, token string) (button.Order, Done, error) {
	if p.URL == "" || p.Facts == nil {
		return button.Order{}, Done{}, ErrButtons
	}
	key, err := p.secret(ctx)
	if err != nil {
		return button.Order{}, Done{}, err
	}
	now := clock.Wall()
	o, err := key.Open(token, now)
	done := Done{Kind: o.Kind, Product: stock.ProductRef{ID: o.Product}}
	if err != nil {
		return o, done, err
	}
	if done.Product.Name, err = p.Product(o.Product); err != nil {
		return o, done, fmt.Errorf("button of product %s: %w", o.Product, err)
	}
	if p.Channel != nil && o.Kind != button.Acknowledge {
		if id, shared := p.Channel(o.Recipient); shared {
			done.Channel = id
		}
	}
	if o.Kind == button.Mute {
		done.Until = now.Add(MuteTime)
	}
	return o, done, nil
}

// claim notes that a token is used by this press, and returns the revision of
// the note.
func (p *Buttons) claim(ctx context.Context, o button.Order) (uint64, error) {
	used := usedFact{Expires: o.Expires, By: rand.Text()}
	value, err := json.Marshal(used)
	if err != nil {
		return 0, fmt.Errorf("encode: %w", err)
	}
	rev, err := p.Facts.PutFact(ctx, UsedFacts+o.ID, value, 0)
	if err == nil {
		return rev, nil
	}
	f, unread := p.Facts.Fact(ctx, UsedFacts+o.ID) // a write that failed may have been done all the same
	switch {
	case unread != nil || f.Rev == 0:
		return 0, err
	case bytes.Equal(f.Value, value):
		return f.Rev, nil
	}
	return 0, ErrUsed
}

// obey does what an order says, in one channel or ("") in all. Done twice it does no
// harm.
func (p *Buttons) obey(ctx context.Context, o button.Order, channel string) error {
	const by = "button"
	switch o.Kind {
	case button.Mute:
		return p.Orders.MuteIn(ctx, channel, o.Product, MuteTime, by)
	case button.Stop:
		return p.Orders.MuteIn(ctx, channel, o.Product, 0, by)
	case button.Unmute:
		return p.Orders.UnmuteIn(ctx, channel, o.Product)
	case button.Acknowledge:
		return p.Orders.Acknowledge(ctx, o.Product, o.Event)
	}
	return fmt.Errorf("unknown kind of button %q", o.Kind)
}

// undo returns a token for taking a mute back.
func (p *Buttons) undo(ctx context.Context, o button.Order) string {
	key, err := p.secret(ctx)
	if err != nil {
		return ""
	}
	o.Kind, o.Expires = button.Unmute, clock.Wall().Add(button.Life)
	token, err := key.Seal(o)
	if err != nil {
		p.Log.Warn("no button that takes a mute back", "product", o.Product, "err", err)
		return ""
	}
	return token
}

// UsedUntil returns until when a fact below UsedFacts is of use; at once when it cannot
// be read.
func UsedUntil(value []byte) time.Time {
	var used usedFact
	_ = json.Unmarshal(value, &used)
	return used.Expires.Add(UsedMemory)
}
