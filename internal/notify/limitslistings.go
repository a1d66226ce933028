package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/rules"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	listedFacts = "listed." // listed.<watch>: which listings of a search loosened limits told
	// maxListings is how many listings of a search one message of loosened limits tells
	// of; more of them are told by the search's next look, as new ones.
	maxListings = 5
	// maxListed is how many listings are remembered as told.
	maxListed = 200
	// namedListings is how many new listings a record names at most.
	namedListings = 5
)

// listedFact is which listings of a search were told since limits were loosened, by
// the hashes that a record has of listings.
type listedFact struct {
	Seen []string `json:"seen"`
}

// shownBy returns what a search showed at its last look that can be bought.
func (lr *limitReview) shownBy(ctx context.Context, w stock.Watch) []stock.Listing {
	if lr.shown == nil {
		return nil
	}
	all, err := lr.shown(ctx, w)
	if err != nil {
		lr.log.Warn("a search is left out of what new limits let pass", "watch", w.ID, "err", err)
	}
	return all
}

// newlyListed lists what a search shows that was held by the limits before and is not
// by those of now, the best first. What a record told already, since its look was made
// by the new limits, is left out, and so is what was told so once.
func (lr *limitReview) newlyListed(ctx context.Context, b *book, before, p stock.Product, w stock.Watch) []newly {
	if !slices.Contains(b.Kinds, stock.NewListing) {
		return nil
	}
	c, seq, err := lr.store.Last(ctx, w.ID)
	if err != nil || seq == 0 || c.Availability != stock.Unknown {
		return nil // no search
	}
	var told listedFact
	if _, err := lr.facts.read(ctx, listedFacts+w.ID, &told); err != nil {
		lr.log.Warn("a search is left out of what new limits let pass", "watch", w.ID, "err", err)
		return nil
	}
	var all []newly
	for _, l := range lr.shownBy(ctx, w) {
		hash, o := stock.ShortHash(l.ID), offerOf(l)
		why := guard.Judge(before, guard.Facts{Offer: o}).Held
		recorded := slices.Contains(c.Seen, hash) && heldByPrice(why)
		if why == "" || recorded || slices.Contains(told.Seen, hash) || guard.Judge(p, guard.Facts{Offer: o}).Held != "" {
			continue
		}
		l.Title = alerttext.Bound(l.Title, alerttext.MaxName)
		if all = append(all, newly{Product: p.ID, Watch: w.ID, Why: why, Listing: &l, costs: costs(stock.Other{Price: l.Price})}); len(all) == maxListings {
			break
		}
	}
	return all
}

// heldByPrice reports whether a listing was held so that no look recorded it: looks go
// by the highest price alone.
func heldByPrice(why guard.Reason) bool {
	return why == guard.AboveMax || why == guard.NoPrice || why == guard.OtherCurrency
}

func offerOf(l stock.Listing) stock.Offer {
	return stock.Offer{Availability: l.Availability, Price: l.Price, Condition: l.Condition, Title: l.Title, SKU: l.ID, URL: l.URL}
}

// listed returns the routing of a listing of a search; false when it has no record.
func (lr *limitReview) listed(ctx context.Context, b *book, p stock.Product, w stock.Watch, l stock.Listing) (*routing, bool) {
	c, seq, err := lr.store.Last(ctx, w.ID)
	if err != nil || seq == 0 {
		return nil, false
	}
	c.Kind, c.Offer, c.Price, c.SaleMode, c.Evidence = stock.NewListing, offerOf(l), l.Price, "", nil
	r := lr.router.routing(ctx, b, p, w, stock.Entry{Seq: seq, Change: c})
	r.verdict = rules.Verdict{Kind: stock.NewListing}
	return r, slices.Contains(b.Kinds, stock.NewListing)
}

// stillShown returns a listing that was told of as its search shows it now, nil when it
// does not.
func (lr *limitReview) stillShown(ctx context.Context, b *book, o stock.Within) *stock.Listing {
	_, w, ok := b.watch(o.Product.ID, o.Watch.ID)
	if !ok {
		return nil
	}
	for _, l := range lr.shownBy(ctx, w) {
		if l.ID == o.Offer.SKU {
			return &l
		}
	}
	return nil
}

// countAsSeen remembers which listings a message tells, so that the next look at their
// search, which finds them new, does not tell them again.
func (lr *limitReview) countAsSeen(ctx context.Context, news limitsNews) error {
	told := map[string][]string{}
	for _, o := range news.Offers {
		if o.Listing != nil {
			told[o.Watch] = append(told[o.Watch], stock.ShortHash(o.Listing.ID))
		}
	}
	for tid, hashes := range told {
		var f listedFact
		if _, err := lr.facts.read(ctx, listedFacts+tid, &f); err != nil {
			return fmt.Errorf("read which listings were told: %w", err)
		}
		f.Seen = slices.DeleteFunc(f.Seen, func(h string) bool { return slices.Contains(hashes, h) })
		f.Seen = append(f.Seen, hashes...)
		f.Seen = f.Seen[max(0, len(f.Seen)-maxListed):]
		if err := lr.facts.overwrite(ctx, listedFacts+tid, f); err != nil {
			return fmt.Errorf("write which listings were told: %w", err)
		}
	}
	return nil
}

// forgetListed forgets what was told of searches that are no longer configured.
func (lr *limitReview) forgetListed(ctx context.Context, b *book) error {
	all, err := lr.facts.Facts(ctx, listedFacts)
	if err != nil {
		return err
	}
	for _, f := range all {
		tid := strings.TrimPrefix(f.Key, listedFacts)
		if !b.watches(tid) {
			if err := lr.facts.forget(ctx, f.Key, f.Rev); err != nil {
				return err
			}
		}
	}
	return nil
}

// watches reports whether a watch is configured.
func (b *book) watches(tid string) bool {
	return slices.ContainsFunc(b.Products, func(p stock.Product) bool {
		return slices.ContainsFunc(p.Watches, func(w stock.Watch) bool { return w.ID == tid })
	})
}

// toldAsLoosened reports whether all that a record of new listings names was told when
// limits were loosened. One that may have more than it names is told.
func (ro *router) toldAsLoosened(ctx context.Context, c stock.Change) bool {
	if c.Kind != stock.NewListing || !ro.facts.kept() {
		return false
	}
	var told listedFact
	if rev, err := ro.facts.read(ctx, listedFacts+c.Watch.ID, &told); err != nil || rev == 0 {
		return false
	}
	named := 0
	for _, e := range c.Evidence {
		if e.Fact != stock.FactListing {
			continue
		}
		if named++; !slices.Contains(told.Seen, stock.ShortHash(e.Value)) {
			return false
		}
	}
	return named > 0 && named < namedListings
}
