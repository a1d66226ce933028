package app

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
	"github.com/sainyuka/sainyuka/internal/wishlist"
)

// startWishLists makes what follows the wish lists, beside the router: in one process of
// all. The lists are looked at by the watcher that may ask their host.
func (l *live) startWishLists(cfg *config.Config) {
	l.wishes = wishlist.New(wishlist.Options{
		Look: func(ctx context.Context, rawURL string) (stock.Observation, error) {
			for l.watcher != nil && l.watcher.Ready() != nil { // until it has its hosts
				if !clock.Sleep(ctx, time.Second) {
					return stock.Observation{}, ctx.Err()
				}
			}
			a, err := l.ask(ctx, stock.LookRequest{URL: rawURL})
			return a.Observation, err
		},
		Propose: l.propose, Every: l.app.every, Facts: l.bus.People, Logger: l.app.log,
	})
	l.wishes.Set(wishLists(cfg))
}

func wishLists(cfg *config.Config) []wishlist.List {
	lists := make([]wishlist.List, len(cfg.Wishes))
	for i, w := range cfg.Wishes {
		lists[i] = wishlist.List(w)
	}
	return lists
}

// wishListStates says how the reading of the wish lists goes.
func (l *live) wishListStates(ctx context.Context) ([]web.WishList, error) {
	states, err := l.wishes.States(ctx)
	all := make([]web.WishList, len(states))
	for i, s := range states {
		all[i] = web.WishList{ID: s.ID, URL: s.URL, ReadAt: s.ReadAt}
		if t := s.Trouble; t != nil {
			all[i].Since, all[i].Outcome, all[i].Reason = t.Since, t.Outcome, t.Reason
		}
	}
	return all, err
}

// propose makes a paused product of an item of a wish list. Its id is made of the item's
// page, so that of two processes that propose it one is refused.
func (l *live) propose(ctx context.Context, list string, item stock.Listing) error {
	table := map[string]any{
		"id": wishID(item), "name": stock.Clip(item.Title, maxWishName), "url": item.URL, "tags": []string{list}, "paused": true,
	}
	if item.Price.Known() {
		table["currency"] = item.Price.Currency
	}
	_, err := l.editor.Create(ctx, mustJSON(table), web.OriginWishList)
	var watched web.WatchedError
	var wrong web.MistakesError
	switch {
	case errors.As(err, &watched):
		return nil
	case errors.As(err, &wrong):
		l.app.log.Warn("an item of a wish list cannot be a product", "source", list, "product", item.URL, "err", err)
		return nil
	}
	return err
}

// maxWishName is how long the name of a product may be, in bytes.
const maxWishName = 200

// maxWishHost bounds the host in an id, so that there is room for the item's own in the 32
// bytes of an id.
const maxWishHost = 20

// wishID is the id of an item's product: amazon-co-jp-b0abcdefgh.
func wishID(item stock.Listing) string {
	host := slug(strings.TrimPrefix(stock.HostOf(item.URL), "www."))
	return strings.Trim(host[:min(maxWishHost, len(host))]+"-"+slug(item.ID), "-")
}
