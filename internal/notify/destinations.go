package notify

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/rules"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// destination is a channel that hears of a record, and how.
type destination struct {
	channel        string
	urgent, silent bool
}

// escalation is who else hears of a record that nobody acknowledges.
type escalation struct {
	to    []string
	after time.Duration
}

// destinations asks the routes, in their order, for the channels of the buyers.
// The first that matches decides, with those after it only while it says
// continue; what the first says of a channel stands. Behind the last one stand the
// product's own channels.
func (r *routing) destinations() (all []destination, esc escalation) {
	for _, route := range append(slices.Clone(r.book.Routes), stock.Route{NotifyProduct: true}) {
		if !r.matches(route) {
			continue
		}
		to := route.Notify
		if route.NotifyProduct {
			to = r.book.buyers(r.product)
		}
		for _, id := range to {
			if !slices.ContainsFunc(all, func(d destination) bool { return d.channel == id }) {
				all = append(all, destination{id, route.Urgent, route.Silent})
			}
		}
		if len(esc.to) == 0 {
			esc = escalation{route.EscalateTo, route.EscalateAfter}
		}
		if !route.Continue {
			break
		}
	}
	return all, esc
}

// destination returns how a channel hears of the record, plainly when it would
// not by the rules of now.
func (r *routing) destination(channel string) []destination {
	all, _ := r.destinations()
	i := slices.IndexFunc(all, func(d destination) bool { return d.channel == channel })
	if i < 0 {
		return plainly([]string{channel})
	}
	return all[i : i+1]
}

// plainly makes destinations of channels, neither urgent nor silent.
func plainly(channels []string) []destination {
	all := make([]destination, len(channels))
	for i, id := range channels {
		all[i].channel = id
	}
	return all
}

// buyers returns the channels that the product's people hear on.
func (b *book) buyers(p stock.Product) []string {
	if p.NotifyAll {
		return b.channels()
	}
	return p.Notify
}

// matches reports whether all conditions of a route hold for the record.
func (r *routing) matches(route stock.Route) bool {
	c := r.entry.Change
	return among(route.Products, r.product.ID) &&
		(len(route.Tags) == 0 || slices.ContainsFunc(route.Tags, func(t string) bool { return slices.Contains(r.product.Tags, t) })) &&
		(len(route.Shops) == 0 || slices.ContainsFunc(route.Shops, func(s string) bool { return atShop(s, c.Watch.Source, r.watch.URL) })) &&
		among(route.Kinds, r.verdict.Kind) &&
		among(route.Groups, c.Availability.Group()) &&
		among(route.Modes, rules.SaleMode(c)) &&
		route.Price.Holds(rules.Price(c)) && route.Effective.Holds(guard.InTheEnd(guard.FactsOf(c).Offer)) &&
		among(route.Sellers, strings.ToLower(c.Offer.Seller)) &&
		among(route.Conditions, c.Offer.Condition)
}

// among reports whether a list of what is wanted, when there is one, has v.
func among[T comparable](wanted []T, v T) bool { return len(wanted) == 0 || slices.Contains(wanted, v) }

// atShop reports whether a route's shop is that of a watch: its source, or its
// host with or without the port.
func atShop(shop, source, watchURL string) bool {
	if shop == source {
		return true
	}
	u, err := url.Parse(watchURL)
	return err == nil && u.Host != "" && (shop == stock.HostKey(u) || shop == strings.ToLower(u.Hostname()))
}
