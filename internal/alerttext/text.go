package alerttext

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/stock"
)

func (t *text) test() string {
	if slices.Contains(t.alert.Marks, MarkTest) {
		return t.words.test
	}
	return ""
}

// late names the delay of a late alert and what the watch says now.
func (t *text) late() string {
	if !t.view.Late(t.alert) {
		return ""
	}
	age := t.words.duration(t.view.Now.Sub(t.alert.ObservedAt))
	if t.view.Current == nil || t.view.Current.Availability == stock.Unknown {
		return t.words.late(age, "", "")
	}
	c := t.view.Current
	return t.words.late(age, t.availability(c.Availability, c.SaleMode, nil), t.when(c.ObservedAt))
}

// news says in a sentence what the kind alone does not tell.
func (t *text) news() string {
	a := t.alert
	switch a.Kind {
	case stock.Unread:
		if a.Problem == nil {
			return t.words.unreadable("", "")
		}
		since := ""
		if !a.Problem.Since.IsZero() {
			since = t.when(a.Problem.Since)
		}
		return t.words.unreadable(since, channel.CleanShopText(a.Problem.In(t.language()), lineFact))
	case stock.Gone, stock.StaleOut, stock.Readable, stock.Flapping, stock.MaybeRestocked:
		return t.words.news[a.Kind]
	}
	return ""
}

// status says whether and how it can be bought.
func (t *text) status() string {
	o := t.alert.Offer
	if o.Availability == stock.Unknown && !o.SaleMode.Drawn() || t.alert.Kind == stock.Gone || t.alert.Kind == stock.MaybeRestocked {
		return ""
	}
	s := t.availability(o.Availability, o.SaleMode, o.Quantity)
	switch {
	case t.alert.Kind == stock.Unread:
		return t.words.lastRead + s
	case t.view.Late(t.alert):
		return t.words.whenSeen + s
	}
	return s
}

// language is the reader's.
func (t *text) language() stock.Language { return stock.Language(t.words.language) }

func (t *text) availability(a stock.Availability, m stock.SaleMode, quantity *int64) string {
	if m.Drawn() && a.Group() != stock.No {
		return m.Invites(t.language())
	}
	parts := []string{a.In(t.language())}
	if quantity != nil && *quantity > 0 && a.Purchasable() {
		parts = append(parts, t.words.left(*quantity))
	}
	if m == stock.MembersOnly {
		parts = append(parts, m.Invites(t.language()))
	}
	return strings.Join(parts, t.words.separator)
}

// comparison sets the price against the list price.
func (t *text) comparison() string {
	list, now := t.view.Product.ListPrice, t.alert.Offer.Price
	if !list.Comparable(now) || list.Minor <= 0 {
		return ""
	}
	return t.words.comparison(list, now)
}

// change sets the price against the one before.
func (t *text) change() string {
	a := t.alert
	if a.Previous == nil || !a.Previous.Price.Comparable(a.Offer.Price) || a.Previous.Price == a.Offer.Price || a.Previous.Price.Minor <= 0 {
		return ""
	}
	return t.words.change(a.Previous.Price, a.Offer.Price)
}

func (t *text) seller() string {
	o := t.alert.Offer
	var parts []string
	if o.Seller != "" && !isHash(o.Seller) {
		parts = append(parts, t.words.seller+channel.CleanShopText(o.Seller, MaxName))
	}
	switch word := stock.ConditionIn(t.language(), o.Condition); {
	case word != "":
		parts = append(parts, word)
	case o.Condition != "":
		parts = append(parts, channel.CleanShopText(o.Condition, MaxName))
	}
	if o.Variant != "" {
		parts = append(parts, channel.CleanShopText(o.Variant, MaxName))
	}
	if r := o.SellerRating; r != nil {
		parts = append(parts, t.words.rating(*r))
	}
	return strings.Join(parts, t.words.separator)
}

// isHash reports whether a seller is a private person, whose name is kept only
// as a stock.ShortHash: nothing that helps a reader.
func isHash(s string) bool {
	return len(s) == 16 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz234567") == "" && strings.ContainsAny(s, "234567")
}

// item is what the shop calls the thing, when that differs.
func (t *text) item() string {
	title := channel.CleanShopText(t.alert.Offer.Title, lineFact)
	if title == "" || title == channel.Clean(t.alert.Product.Name, lineFact) {
		return ""
	}
	return t.words.item + title
}

// before says what it was and for how long.
func (t *text) before() string {
	p := t.alert.Previous
	if p == nil || p.Availability == stock.Unknown || p.Availability.Group() == t.alert.Offer.Availability.Group() {
		return ""
	}
	lasted := ""
	if d := t.alert.ObservedAt.Sub(p.Since); !p.Since.IsZero() && d > 0 {
		lasted = t.words.duration(d)
	}
	return t.words.before(p.Availability.In(t.language()), lasted)
}

func (t *text) warnings() []string {
	var out []string
	within := false // the mark before says that this one no longer holds
	for _, m := range t.alert.Marks {
		if within {
			out, within = append(out, t.words.nowWithin(guard.Reason(m).In(t.language()))), false
			continue
		}
		within = m == guard.MarkNowWithin
		if s := t.words.marks[m]; s != "" {
			out = append(out, s)
		}
	}
	return out
}

// others lists the user's other shops, those that can sell it first.
func (t *text) others() []string {
	all := t.alert.Others
	if len(all) == 0 {
		return nil
	}
	out := []string{t.words.others}
	shown := t.most(shownShops, MaxOthers)
	for _, o := range all[:min(len(all), shown)] {
		line := t.words.bullet + channel.Clean(t.shop(o.Source, o.URL), MaxShop) + " " + o.Availability.In(t.language())
		if o.Price.Known() && o.Availability.Purchasable() {
			line += " " + t.words.money(o.Price)
			if o.Effective.Known() && o.Effective != o.Price {
				line += t.words.brackets(t.words.effective(o.Effective))
			}
		}
		out = append(out, line)
	}
	if n := len(all) - shown; n > 0 {
		out = append(out, t.words.more(n))
	}
	return out
}

// most returns how much of something this text has room for.
func (t *text) most(short, long int) int {
	if t.view.long() {
		return long
	}
	return short
}

// within lists what new limits let pass beside the alert's own offer.
func (t *text) within() []string {
	var out []string
	for _, o := range t.alert.Within[min(1, len(t.alert.Within)):] {
		line := t.words.bullet + channel.Clean(cmp.Or(o.Product.Name, o.Product.ID), MaxName)
		if o.Offer.Price.Known() {
			line += " " + t.words.money(o.Offer.Price)
		}
		out = append(out, line+t.words.brackets(channel.Clean(t.shop(o.Watch.Source, o.Watch.URL), MaxShop)))
	}
	if len(out) > 0 {
		out = append([]string{t.words.within}, out...)
	}
	return out
}

// proof is the evidence in short; a long text has a line for each reason.
func (t *text) proof() []string {
	reasons := t.reasons()
	switch {
	case len(reasons) == 0:
		return nil
	case t.view.long():
		return append([]string{strings.TrimSpace(t.words.evidence)}, prefixed(t.words.bullet, reasons)...)
	}
	return []string{t.words.evidence + strings.Join(reasons, " / ")}
}

// reasons are one reason for each of the first facts; a long text has all of
// them, and where they stood. A maybe shows both sides, which are of one fact.
func (t *text) reasons() []string {
	var out []string
	told := map[stock.Fact]bool{}
	for _, e := range t.alert.Evidence {
		if len(out) == t.most(shownEvidence, MaxEvidence) || e.Fact != "" && told[e.Fact] && !t.view.long() && t.alert.Kind != stock.MaybeRestocked {
			continue
		}
		told[e.Fact] = true
		s := cmp.Or(e.Method.In(t.language()), string(e.Method)) + ": " + channel.CleanShopText(vocabulary.Replace(e.In(t.language())), t.most(lineFact/2, lineFact))
		if t.view.long() && e.Where != "" {
			s += t.words.brackets(channel.CleanShopText(e.Where, lineFact))
		}
		out = append(out, s)
	}
	return out
}

func prefixed(bullet string, lines []string) []string {
	out := make([]string, len(lines))
	for i, s := range lines {
		out[i] = bullet + s
	}
	return out
}

// vocabulary removes the prefix that names of schema.org have in structured data.
var vocabulary = strings.NewReplacer("https://schema.org/", "", "http://schema.org/", "")

func (t *text) time() string {
	if t.alert.ObservedAt.IsZero() {
		return ""
	}
	return t.words.seen + t.when(t.alert.ObservedAt)
}

// units splits a duration into its two largest units and leaves out the smaller ones.
func units(d time.Duration) (days, hours, minutes, seconds int) {
	d = d.Round(time.Second)
	days, hours = int(d/(24*time.Hour)), int(d%(24*time.Hour)/time.Hour)
	minutes, seconds = int(d%time.Hour/time.Minute), int(d%time.Minute/time.Second)
	switch {
	case days > 0:
		minutes, seconds = 0, 0
	case hours > 0 || minutes >= 5:
		seconds = 0
	}
	return days, hours, minutes, seconds
}
