package alerttext

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/wording"
)

// The bounds of what a user's template makes of an alert.
const (
	maxOwnTitle = 200
	maxOwnLine  = 500
	maxOwnLines = 60
)

// apply replaces title and body by what the user's templates make of the alert.
// A part that fails, or comes out empty, is told in the built-in words: no
// mistake of a template may cost an alert.
func (t *text) apply(set *wording.Set, m *channel.Message) error {
	if set == nil || t.view.Plain { // what the service refused may have been a template's doing
		return nil
	}
	a := t.wording(m)
	title, errTitle := set.Title(a)
	body, errBody := set.Body(a)
	if title = channel.Clean(title, maxOwnTitle); title != "" && errTitle == nil {
		m.Title = title
	}
	if body = cleanLines(body); body != "" && errBody == nil {
		m.Body = body
		if test := t.test(); test != "" { // which must not pass for the real thing
			m.Body = test + "\n" + body
		}
	}
	if err := errors.Join(errTitle, errBody); err != nil {
		return fmt.Errorf("alerts.template_file: %w", err)
	}
	return nil
}

// cleanLines makes lines of text harmless, as channel.Clean does one. A blank line stays
// one.
func cleanLines(s string) string {
	var out []string
	for line := range strings.Lines(s) {
		line = channel.Clean(line, maxOwnLine)
		if line == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		if out = append(out, line); len(out) == maxOwnLines {
			break
		}
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

// wording returns what a template may speak of: the parts of the built-in text,
// in the same words.
func (t *text) wording(m *channel.Message) wording.Alert {
	a, o := t.alert, t.alert.Offer
	w := wording.Alert{
		Kind: string(a.Kind), What: t.words.kinds(a.Kind), Language: t.words.language, Channel: m.Letter.Channel, Type: t.view.Type,
		Title: m.Title, Lines: strings.Split(m.Body, "\n"),
		Product: channel.Clean(t.product(), MaxName), ProductID: a.Product.ID, Shop: channel.Clean(t.shop(a.Watch.Source, a.Watch.URL), MaxShop), URL: m.URL,
		Status: t.status(), Availability: o.Availability.String(), Group: o.Availability.Group().String(),
		Price: t.amount(o.Price), Effective: t.amount(o.Effective), ListPrice: t.amount(t.view.Product.ListPrice), Reckoning: t.reckoning(),
		Comparison: t.comparison(), PriceChange: t.change(), Seller: t.seller(), Condition: channel.CleanShopText(o.Condition, MaxName),
		Item: t.item(), Before: t.before(), News: t.news(), LateNote: t.late(), Late: m.Late, Test: t.test() != "",
		Warnings: t.warnings(), Marks: slices.Clone(a.Marks), Evidence: t.reasons(), Seen: t.time(),
	}
	if o.Quantity != nil {
		w.Quantity = *o.Quantity
	}
	if o.Points != nil {
		w.Points = *o.Points
	}
	if o.Shipping != nil {
		w.Shipping = t.amount(*o.Shipping)
	}
	for _, s := range a.Others {
		w.Others = append(w.Others, wording.Shop{
			Name: channel.Clean(t.shop(s.Source, s.URL), MaxShop), Availability: s.Availability.In(t.language()),
			Price: t.amount(s.Price), Effective: t.amount(s.Effective),
		})
	}
	return w
}

// amount writes a price, "" for none.
func (t *text) amount(p stock.Price) string {
	if !p.Known() {
		return ""
	}
	return t.words.money(p)
}
