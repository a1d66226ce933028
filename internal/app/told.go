package app

import (
	"context"
	"strconv"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// told says what an alert told, from the record that it was of. One of no record (a
// summary, the owner's news) has no text any more.
func (l *live) told(ctx context.Context, event, language string) (web.Told, error) {
	seq, err := strconv.ParseUint(event, 10, 64)
	if err != nil {
		return web.Told{}, stock.ErrNotFound
	}
	e, err := l.bus.Record(ctx, seq)
	if err != nil {
		return web.Told{}, err
	}
	c := e.Change
	return l.toldOf(stock.Letter{Event: event, Alert: stock.Alert{
		Kind: c.Kind, Also: c.Also, Product: c.Product, Watch: c.Watch, Offer: c.Offer, Previous: c.Previous, Problem: c.Problem,
		ObservedAt: c.ObservedAt, Evidence: c.Evidence,
	}}, language)
}

// toldOf writes a letter as it was told or will be.
func (l *live) toldOf(letter stock.Letter, language string) (web.Told, error) {
	cfg := l.app.config.Load()
	view := alerttext.View{Language: language, Location: cfg.Timezone, Now: letter.Alert.ObservedAt, ShopPage: l.app.o.ShopPage}
	for _, p := range cfg.Products {
		if p.ID == letter.Alert.Product.ID {
			view.Product = p
		}
	}
	if view.Now.IsZero() {
		view.Now = clock.Wall()
	}
	m, err := alerttext.Render(letter, view)
	if err != nil {
		return web.Told{}, err
	}
	return web.Told{Title: m.Title, Body: m.Body, Link: m.URL, Watch: letter.Alert.Watch, Price: letter.Alert.Offer.Price, Seller: letter.Alert.Offer.Seller}, nil
}
