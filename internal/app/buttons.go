package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/sainyuka/sainyuka/internal/button"
	"github.com/sainyuka/sainyuka/internal/notify"
	"github.com/sainyuka/sainyuka/internal/press"
	"github.com/sainyuka/sainyuka/internal/web"
)

// pressing is the dashboard's view of the buttons in alerts.
type pressing struct{ notifier *notify.Notifier }

// Look says what a button would do.
func (b pressing) Look(ctx context.Context, token string) (web.Press, error) {
	p, err := b.notifier.Button(ctx, token)
	return pressOf(p), pressError(err)
}

// Press does what a button does, once.
func (b pressing) Press(ctx context.Context, token string) (web.Press, error) {
	p, err := b.notifier.PressButton(ctx, token)
	return pressOf(p), pressError(err)
}

func pressOf(p press.Done) web.Press {
	return web.Press{Kind: string(p.Kind), Product: p.Product, Until: p.Until, Undo: p.Undo, Channel: p.Channel}
}

func pressError(err error) error {
	for ours, theirs := range map[error]error{
		button.ErrForged: web.ErrForged, button.ErrExpired: web.ErrExpired, press.ErrUsed: web.ErrUsed, notify.ErrUnknown: web.ErrNoProduct,
	} {
		if errors.Is(err, ours) {
			return fmt.Errorf("%w: %w", theirs, err)
		}
	}
	return err
}
