package shops

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// box tells where the item pages of a shop say what an order depends on. All
// places are CSS selectors; "" where none is known.
type box struct {
	stock  string // elements that state the stock, each in a text of its own
	button string // the button that orders
	price  string
	title  string
	// says are wordings of this shop, looked for before those of any shop.
	says []wording
	// whole are sentences that state the stock wherever they stand alone in their
	// element. They may only say no.
	whole []wording
}

// wording is a text with the availability that it states: Unknown for one that
// states none, so that no word in it counts.
type wording struct {
	text string
	says stock.Availability
}

// maxStatement bounds a text that states the stock; longer ones are prose.
const maxStatement = 60

// own reads what the shop's own places say.
func (s Shop) own(d *page.Document) page.Finding {
	f := page.Finding{Method: stock.MethodBuyBox}
	var o stock.Offer
	if s.draws(d) {
		o.SaleMode = stock.Lottery
		f.Note(stock.FactSaleMode, string(stock.Lottery), d.URL.Hostname(), "the page's address", stock.NoteByHost)
		o.Availability = draw(d, &f)
	} else {
		o = s.states(d, &f)
	}
	if s.janID && page.ValidJAN(s.id(d.URL)) {
		o.JAN = s.id(d.URL)
		f.Note(stock.FactJAN, o.JAN, o.JAN, "the page's address")
	}
	for _, p := range d.Parts(s.box.title) {
		if o.Title = p.Text(); o.Title != "" {
			f.Note(stock.FactTitle, o.Title, o.Title, p.Where())
			break
		}
	}
	for _, p := range d.Parts(s.box.price) {
		if o.Price = price(p); o.Price.Known() {
			f.Note(stock.FactPrice, o.Price.String(), shown(p), p.Where())
			o.Condition = condition(shown(p))
			break
		}
	}
	if o != (stock.Offer{}) {
		f.Tell(o, cmp.Or(s.box.price, "h1"))
		f.Offers = []stock.Offer{o}
	}
	return f
}

// price reads the price that an element shows.
func price(p page.Part) stock.Price {
	found, ok := page.ParsePrice(shown(p), "JPY")
	if !ok || found.Minor <= 0 || found.Currency != "JPY" {
		return stock.Price{}
	}
	return found
}

// shown returns an element's text, or the value that it holds for a program.
func shown(p page.Part) string {
	for _, name := range []string{"content", "value"} {
		if v := p.Attr(name); v != "" {
			return page.Fold(v)
		}
	}
	return p.Text()
}

// statement is a text that states the stock.
type statement struct {
	says stock.Availability
	text string
	at   string
}

// states reads the shop's statements of stock and its button, which must agree.
func (s Shop) states(d *page.Document, f *page.Finding) stock.Offer {
	var o stock.Offer
	var first [4]*statement // of each group
	for _, st := range s.statements(d) {
		if mode := page.SaleModePhrase(st.text); mode != "" && o.SaleMode == "" {
			o.SaleMode = mode
			f.Note(stock.FactSaleMode, string(mode), st.text, st.at)
		}
		if g := st.says.Group(); g != stock.GroupUnknown && first[g] == nil {
			first[g] = &st
		}
	}
	button, pressable := s.button(d)
	said := slices.DeleteFunc([]*statement{first[stock.Now], first[stock.Later], first[stock.No]}, func(st *statement) bool { return st == nil })
	switch {
	case len(said) > 1:
		f.Reason = stock.Because(stock.ReasonLinesContradict, said[0].text, said[1].text)
		f.Conflict = said[1].says
	case len(said) == 1 && said[0].says.Group() == stock.No && button != nil && pressable:
		f.Reason = stock.Because(stock.ReasonButtonAgainstText, button.text, said[0].text)
		f.Conflict = said[0].says
	case len(said) == 1 && said[0].says.Group() != stock.No && button != nil && !pressable:
		f.Reason = stock.Because(stock.ReasonButtonDisabledAgainstText, said[0].text)
		f.Conflict = stock.OutOfStock
	case len(said) == 1:
		o.Availability = said[0].says
		f.Note(stock.FactAvailability, o.Availability.String(), said[0].text, said[0].at)
	case button != nil && pressable:
		o.Availability, f.Orderable = button.says, button.says == stock.InStock
		f.Note(stock.FactAvailability, o.Availability.String(), button.text, button.at, stock.NoteByButton)
	case button != nil:
		f.Idle = stock.Because(stock.ReasonButtonIdle, button.text)
	}
	return o
}

// statements returns the texts of the places that state the stock. One inside a
// link to another item speaks of that.
func (s Shop) statements(d *page.Document) []statement {
	var all []statement
	for _, p := range d.Parts(s.box.stock) {
		text := p.Text()
		if text == "" || utf8.RuneCountInString(text) > maxStatement || s.ofAnother(d, p) {
			continue
		}
		all = append(all, statement{s.meaning(d, text), text, p.Where()})
	}
	if len(s.box.whole) == 0 {
		return all
	}
	for _, line := range d.Lines() {
		for _, w := range s.box.whole {
			if strings.TrimRight(line, "。") == w.text {
				all = append(all, statement{w.says, line, "a line of its own"})
			}
		}
	}
	return all
}

// meaning reads a text by the shop's own wordings, then by those of any shop.
func (s Shop) meaning(d *page.Document, text string) stock.Availability {
	for _, w := range s.box.says {
		if strings.Contains(text, w.text) {
			return w.says
		}
	}
	a, _ := d.StockPhrase(text)
	return a
}

// ofAnother reports whether an element stands in a link to another item.
func (s Shop) ofAnother(d *page.Document, p page.Part) bool {
	link := p.Link()
	if link == "" {
		return false
	}
	u, err := d.URL.Parse(link)
	return err == nil && s.Owns(u) && s.id(u) != "" && s.id(u) != s.id(d.URL)
}

// button returns the shop's order button and whether it can be pressed; nil when
// the page has none. A button in its place that offers something else, such as a
// notice, is none, and one that says that there is no stock is left to statements.
func (s Shop) button(d *page.Document) (*statement, bool) {
	for _, p := range d.Parts(s.box.button) {
		label := p.Label()
		a, says := page.StockPhrase(label)
		switch {
		case says && a.Group() == stock.Later:
		case page.Buys(label):
			a = stock.InStock
		default:
			continue
		}
		return &statement{a, label, p.Where()}, !p.Disabled()
	}
	return nil, false
}

// anyBox returns what the buy box says by the rules for any shop. Those may take a
// line about another item, or a label, for a statement: where they find a button
// and a line that contradict each other, and on the page of a draw, the shop's own
// statement ranks above them.
func (s Shop) anyBox(d *page.Document, own page.Finding) page.Finding {
	f := d.BuyBox()
	stated := own.Offer().Availability != stock.Unknown && !own.Orderable
	if !s.draws(d) && (!stated || f.Conflict == stock.Unknown) {
		return f
	}
	f.Conflict, f.Reason, f.Orderable = stock.Unknown, stock.Reason{}, false
	for i := range f.Offers {
		f.Offers[i].Availability = stock.Unknown
	}
	f.Evidence = slices.DeleteFunc(f.Evidence, func(e stock.Evidence) bool { return e.Fact == stock.FactAvailability })
	return f
}

// passOver takes the price away from structured data where the page's own differs.
func passOver(f *page.Finding, own stock.Price) {
	if !own.Known() || len(f.Offers) == 0 || f.Offer().Price == own {
		return
	}
	for i := range f.Offers {
		f.Offers[i].Price = stock.Price{}
	}
	for i, e := range f.Evidence {
		if e.About(stock.FactPrice, stock.FactPriceFrom) {
			f.Evidence[i].Note = stock.NotePassedOverUntaxed
		}
	}
}

// passOverStock takes the availability away from structured data that always says
// that everything is in stock.
func passOverStock(f *page.Finding) {
	for i := range f.Offers {
		f.Offers[i].Availability = stock.Unknown
	}
	f.Reason, f.Conflict = stock.Reason{}, stock.Unknown
	f.Evidence = slices.DeleteFunc(f.Evidence, func(e stock.Evidence) bool { return e.Fact == stock.FactAvailability })
}

// distinct drops what two methods noted of one place.
func distinct(all []stock.Evidence) []stock.Evidence {
	var kept []stock.Evidence
	for _, e := range all {
		if !slices.ContainsFunc(kept, func(k stock.Evidence) bool {
			return k.Method == e.Method && k.Fact == e.Fact && k.Value == e.Value && k.Text == e.Text && k.Note == e.Note
		}) {
			kept = append(kept, e)
		}
	}
	return kept
}
