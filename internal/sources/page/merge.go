package page

import (
	"slices"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Read reads the page of any shop, an item's or a search's.
func Read(d *Document) stock.Observation {
	if d.isList() {
		return Search(d)
	}
	findings := []Finding{d.JSONLD(), d.Microdata(), d.OpenGraph(), d.BuyBox()}
	if silent(findings) {
		findings = append(findings, d.PageData())
	}
	if silent(findings) && slices.ContainsFunc(findings, func(f Finding) bool { return f.Offer().Price.Known() }) {
		findings = append(findings, d.ad())
	}
	return Merge(d, findings...)
}

// silent reports whether no finding says anything of the availability.
func silent(findings []Finding) bool {
	return !slices.ContainsFunc(findings, func(f Finding) bool {
		return f.Offer().Availability != stock.Unknown || f.Conflict != stock.Unknown
	})
}

// Merge joins what several methods read of one product, the strongest first. A
// fact is taken from the first method that states it. Availability is different:
// when two methods put it in different groups nobody can say which one lies, and
// it becomes Unknown with both named.
func Merge(d *Document, findings ...Finding) stock.Observation {
	o := stock.Observation{URL: d.Page.URL, Outcome: stock.OK, At: d.Page.FetchedAt}
	if len(findings) == 0 {
		return o
	}
	o.Verdicts = verdicts(findings)
	findings = distrust(findings, d.Page.Distrusted)
	settled := settle(findings)
	if settled.silent && settled.reason.Code == stock.ReasonNothingSaid && d.Short(40) && len(d.scripts) > 0 {
		settled.reason = stock.Because(stock.ReasonShell)
	}
	o.Reason = settled.reason
	if settled.availability == stock.Unknown {
		o.Doubt, o.Leans = settled.doubt(), lean(findings)
	}
	o.Strong = settled.by.Strong() && !findings[settled.index].Guessed
	for _, f := range findings {
		o.Evidence = append(o.Evidence, f.Evidence...)
	}
	drawn := Finding{Method: stock.MethodBuyBox}
	o.Offer = d.fuse(findings, settled, &drawn)
	o.Evidence = append(o.Evidence, drawn.Evidence...)
	o.Offers = offers(findings, o.Offer)
	if settled.availability == stock.Unknown && settled.silent && !o.Offer.Price.Known() {
		o.Outcome, o.Doubt, o.Leans = stock.Unreadable, "", ""
	}
	if d.Reduced != "" {
		o.Evidence = append(o.Evidence, stock.Evidence{Method: stock.MethodPageData, Fact: stock.FactPage, Note: d.Reduced})
	}
	return o
}

// settlement is what the methods together say of the availability.
type settlement struct {
	availability stock.Availability
	by           stock.Method
	index        int // of the finding that it rests on; -1 for none
	reason       stock.Reason
	silent       bool // nobody said anything, as against two that contradict each other
}

// settle decides on the availability.
func settle(findings []Finding) settlement {
	best := settlement{index: -1}
	for _, doubtful := range []bool{false, true} {
		for i, f := range findings {
			a := f.Offer().Availability
			if a == stock.Unknown || f.Doubtful != doubtful {
				continue
			}
			if best.index < 0 {
				best = settlement{availability: a, by: f.Method, index: i}
				continue
			}
			if first := findings[best.index]; !doubtful && !agree(first, f) {
				return settlement{index: -1, reason: stock.Because(stock.ReasonMethodsContradict, first.Method, f.Method, statement(first), statement(f))}
			}
		}
		if best.index >= 0 {
			break
		}
	}
	if best.index >= 0 {
		for _, f := range findings {
			if f.Conflict != stock.Unknown && f.Conflict.Group() != best.availability.Group() {
				return settlement{index: -1, reason: stock.Because(stock.ReasonAgainst, f.Reason, best.by, statement(findings[best.index]))}
			}
			if !f.Idle.None() && best.availability.Purchasable() && f.Offer().Availability == stock.Unknown {
				return settlement{index: -1, reason: stock.Because(stock.ReasonAgainst, f.Idle, best.by, statement(findings[best.index]))}
			}
		}
		return best
	}
	best.reason = silence(findings)
	best.silent = silent(findings)
	return best
}

// agree reports whether two findings put the availability in one group.
func agree(a, b Finding) bool {
	x, y := a.Offer().Availability, b.Offer().Availability
	if x.Group() == y.Group() {
		return true
	}
	return a.Orderable && y.Purchasable() || b.Orderable && x.Purchasable()
}

// statement quotes what a finding says of the availability.
func statement(f Finding) string {
	for _, e := range f.Evidence {
		if e.Fact == stock.FactAvailability && e.Value != "" && e.Text != "" {
			return e.Value + ": " + quote(e.Text)
		}
	}
	return f.Offer().Availability.String()
}

// silence says why no method gave an availability.
func silence(findings []Finding) stock.Reason {
	for _, f := range findings {
		if !f.Reason.None() {
			return f.Reason
		}
	}
	if slices.ContainsFunc(findings, func(f Finding) bool { return f.Offer().Price.Known() }) {
		return stock.Because(stock.ReasonPriceOnly)
	}
	return stock.Because(stock.ReasonNothingSaid)
}

// fuse makes the one offer that the page is about, and notes in told what it takes
// from beside the findings.
func (d *Document) fuse(findings []Finding, by settlement, told *Finding) stock.Offer {
	var out stock.Offer
	order := findings
	if by.index > 0 { // what the availability rests on speaks first of the other facts too, if it is as strong
		if f := findings[by.index]; f.Method.Strong() {
			order = append([]Finding{f}, slices.Delete(slices.Clone(findings), by.index, by.index+1)...)
		}
	}
	for _, f := range order {
		fill(&out, f.Offer())
	}
	out.Availability = by.availability
	out.Price = current(out.Price, findings)
	if by.availability.Purchasable() && out.SaleMode == "" {
		out.SaleMode = stock.Open
	}
	if out.Title == "" && d.Heading() != "" {
		out.Title = clip(d.Heading(), 300)
		told.Note(stock.FactTitle, out.Title, out.Title, "h1")
	}
	out.URL = d.offerURL(out.URL)
	return out
}

// current returns the price to pay, where p is the one that the strongest method
// names. Structured data is often older than the page around it, so that what the
// page shows beside its order button decides: between methods that name different
// prices, for the lower of a price and the one that it replaced, on whether the
// lowest price of several offers is the price of this one, and against a price
// that it does not show at all. A price of less than half or more than double is
// another thing's, or a rate.
func current(p stock.Price, findings []Finding) stock.Price {
	shown, lowered := displayed(findings)
	if slices.Contains(lowered, p) {
		for _, f := range findings {
			if now := f.Offer().Price; now.Comparable(p) && now.Minor > 0 && now.Minor < p.Minor {
				return now
			}
		}
	}
	if p.Known() && p.Currency == "" {
		p = withCurrency(p, shown)
	}
	if p.Known() && slices.Contains(shown, p) {
		return p
	}
	for _, f := range findings {
		for _, other := range []stock.Price{f.Offer().Price, f.From, f.Grouped} {
			if f.Method != stock.MethodBuyBox && other.Known() && slices.Contains(shown, other) {
				return other
			}
		}
	}
	for _, f := range findings {
		switch now := f.Offer().Price; {
		case f.Asked && now.Comparable(p) && now.Minor <= 2*p.Minor && p.Minor <= 2*now.Minor:
			return now
		case f.Asked && p.Currency != "" && now.Currency != "" && now.Currency != p.Currency:
			return now // what is asked here, whatever it is worth elsewhere
		}
	}
	return p
}

// withCurrency gives a price that was read without one the currency of the same
// amount on the page.
func withCurrency(p stock.Price, shown []stock.Price) stock.Price {
	for _, s := range shown {
		if same, err := stock.NewPrice(p.Amount(), s.Currency); err == nil && s.Currency != "" && same == s {
			return s
		}
	}
	return p
}

// displayed joins what the findings saw of the page's display.
func displayed(findings []Finding) (shown, lowered []stock.Price) {
	for _, f := range findings {
		shown, lowered = append(shown, f.Shown...), append(lowered, f.Lowered...)
	}
	return shown, lowered
}

// offerURL returns the address to buy at: the offer's own when it is on the
// page's host, else the page's.
func (d *Document) offerURL(own string) string {
	if u := parseURL(own); u != nil && u.Hostname() == d.URL.Hostname() {
		return own
	}
	return d.Page.URL
}

// fill takes from f the facts that o does not have yet.
func fill(o *stock.Offer, f stock.Offer) {
	if o.SaleMode == "" {
		o.SaleMode = f.SaleMode
	}
	if !o.Price.Known() && f.Price.Minor > 0 {
		o.Price = f.Price
	}
	if o.Shipping == nil {
		o.Shipping = f.Shipping
	}
	if o.Points == nil {
		o.Points = f.Points
	}
	if o.Quantity == nil {
		o.Quantity = f.Quantity
	}
	if o.SellerRating == nil {
		o.SellerRating = f.SellerRating
	}
	for _, p := range []struct {
		to   *string
		from string
	}{
		{&o.Seller, f.Seller},
		{&o.Condition, f.Condition},
		{&o.Title, f.Title},
		{&o.SKU, f.SKU},
		{&o.Variant, f.Variant},
		{&o.JAN, f.JAN},
		{&o.URL, f.URL},
		{&o.Image, f.Image},
	} {
		if *p.to == "" {
			*p.to = p.from
		}
	}
}

// offers returns the offers of the first finding that has several, with the
// fused one in the place of its own, or the fused one alone.
func offers(findings []Finding, fused stock.Offer) []stock.Offer {
	for _, f := range findings {
		if len(f.Offers) > 1 {
			all := slices.Clone(f.Offers)
			all[f.Chosen] = fused
			return all
		}
	}
	if fused.Availability == stock.Unknown && !fused.Price.Known() {
		return nil
	}
	return []stock.Offer{fused}
}
