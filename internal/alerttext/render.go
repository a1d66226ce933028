// Package alerttext writes alerts as text, in Japanese and English: the words,
// the user's templates, digests, the owner's news, and the JSON event for
// programs (Render).
//
// It decides nothing: package notify decides who gets an alert, and each channel adds its
// own markup. What a shop wrote is cleaned here, and cannot become a link.
package alerttext

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/shop"
	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/wording"
)

// The bounds of a text, besides those of its facts.
const (
	lineFact      = 120 // grapheme clusters
	shownShops    = 5   // of a short text; a long one has all that an alert carries
	shownEvidence = 2   // pieces of evidence in a short text
)

// View is what a text needs to know beside its letter.
type View struct {
	Language string // "ja", anything else is English
	Location *time.Location
	Product  stock.Product // as configured now; the zero Product when it is not
	Now      time.Time
	Current  *stock.State // for a late message: what the watch says now, nil when that is not known
	Plain    bool
	Type     string       // of the channel, "ntfy"
	Template *wording.Set // the user's own; nil: none
	Failed   func(error)  // called when a template failed; may be nil

	// ShopPage returns where people find a page of a shop; nil: at its own address.
	ShopPage func(address string) string
}

// open returns where a link to a page of a shop leads, "" for none.
func (v View) open(address string) string {
	if v.ShopPage == nil || address == "" {
		return address
	}
	return v.ShopPage(address)
}

// long reports whether a text has room for everything, as a mail has.
func (v View) long() bool { return v.Type == "email" }

// Late reports whether an alert is so old that its text says so and tells the
// state of now.
func (v View) Late(a stock.Alert) bool {
	return a.Digest == nil && a.News == nil && v.Now.Sub(a.ObservedAt) > lateAfter
}

// watch returns a watch of the product as it is configured now.
func (v View) watch(tid string) stock.Watch {
	for _, w := range v.Product.Watches {
		if w.ID == tid {
			return w
		}
	}
	return stock.Watch{}
}

// Render writes a letter as a message. What a shop wrote is shortened and
// cleaned, and cannot become a link.
func Render(l stock.Letter, v View) (channel.Message, error) {
	if v.Location == nil {
		v.Location = time.UTC
	}
	late := v.Late(l.Alert)
	if late && !slices.Contains(l.Alert.Marks, MarkLate) {
		l.Alert.Marks = append(slices.Clone(l.Alert.Marks), MarkLate)
	}
	if v.Plain { // the refusal may have been about the size
		l.Alert.Evidence, l.Alert.Others, l.Alert.Offer.Image = nil, nil, ""
	}
	if w := v.watch(l.Alert.Watch.ID); w.URL != "" { // the store drops a URL that does not fit
		l.Alert.Watch.URL = w.URL
	}
	l.Alert.Offer.URL = TapLink(l.Alert.Watch.URL, l.Alert.Offer.URL)
	event, err := marshalEvent(l)
	if err != nil {
		return channel.Message{}, err
	}
	t := &text{words: wordsOf(v.Language), alert: l.Alert, view: v}
	if l.Alert.Digest != nil {
		title, body := t.digest(*l.Alert.Digest)
		return channel.Message{Letter: l, Event: event, Title: title, Body: body, Priority: priority(l.Alert, nil, late), Plain: v.Plain}, nil
	}
	if l.Alert.News != nil {
		title, lines := t.ownersNews(*l.Alert.News)
		return channel.Message{
			Letter: l, Event: event, Title: title, Body: strings.Join(lines, "\n"),
			URL: v.open(setupLink(l.Alert.News.Setup)), Open: t.words.open,
			Priority: priority(l.Alert, nil, false), Plain: v.Plain,
		}, nil
	}
	m := channel.Message{
		Letter: l, Event: event,
		Title: t.title(), Body: strings.Join(t.lines(), "\n"),
		URL: v.open(l.Alert.Offer.URL), Open: t.words.open, Image: ImageLink(l.Alert.Offer.Image),
		Priority: priority(l.Alert, v.Current, late), Late: late, Plain: v.Plain,
	}
	if err := t.apply(v.Template, &m); err != nil && v.Failed != nil {
		v.Failed(err)
	}
	return m, nil
}

// priority is how urgent an alert is, from 1 to 5: 5 for an offer that may be gone in a
// minute, 2 for a late alert of one that is gone again.
func priority(a stock.Alert, current *stock.State, late bool) int {
	if late && current != nil && current.Availability.Group() == stock.No {
		return 2
	}
	if a.Kind == stock.Weekly && noLooks(a) {
		return 4
	}
	return a.Kind.Info().Priority
}

// text writes one alert in one language.
type text struct {
	words *words
	alert stock.Alert
	view  View
}

// title is the alert in one line: what happened, to what, for how much, where.
func (t *text) title() string {
	a := t.alert
	kind := t.words.kinds(a.Kind)
	if kind == "" {
		kind = string(a.Kind)
	}
	if t.view.Late(a) {
		kind += t.words.lateKind
	}
	var amount string
	if a.Offer.Price.Known() && a.Kind.Info().Audience != stock.ForOwner {
		amount = t.words.money(a.Offer.Price)
	}
	return t.words.title(kind, channel.Clean(t.product(), MaxName), amount, channel.Clean(t.shop(a.Watch.Source, a.Watch.URL), MaxShop))
}

// product is what the user calls the thing.
func (t *text) product() string {
	switch a := t.alert; {
	case a.Product.Name != "":
		return a.Product.Name
	case a.Offer.Title != "":
		return channel.CleanShopText(a.Offer.Title, MaxName)
	default:
		return a.Product.ID
	}
}

// shop returns the name of a shop: that of its source, else the watch's host.
func (t *text) shop(source, watchURL string) string {
	u, err := url.Parse(watchURL)
	if err != nil {
		u = &url.URL{}
	}
	if name := shop.NameAt(source, u.Hostname(), t.words.language); name != "" {
		return name
	}
	if u.Host == "" {
		return source
	}
	return stock.ShopHost(watchURL)
}

// lines returns the lines of the body, the most important ones first.
func (t *text) lines() []string {
	var out []string
	add := func(lines ...string) {
		for _, s := range lines {
			if s != "" {
				out = append(out, s)
			}
		}
	}
	add(t.test(), t.late(), t.news(), t.status())
	if t.alert.Kind != stock.Unread { // what it said when it could last be read may not be so
		add(t.price(), t.reckoning())
		add(t.warnings()...)
		add(t.comparison(), t.change(), t.seller(), t.item(), t.before())
		add(t.within()...)
		add(t.others()...)
		add(t.proof()...)
	}
	add(t.time())
	return out
}

func (t *text) when(at time.Time) string {
	return t.words.when(at.In(t.view.Location), t.view.Now.In(t.view.Location))
}
