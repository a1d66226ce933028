package config

import (
	"slices"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	defaultAboveList  = stock.Share(20_00)
	defaultSuspicious = stock.Share(50_00)
	defaultRating     = stock.Share(90_00)
	defaultRatings    = 10
	mostAboveList     = 100 * stock.Whole
	maxSellers        = 200
)

// limits reads what makes an offer smell. The same keys stand in [alerts], for
// all products, and at a product, for itself; def is what holds without them.
func (s *section) limits(def stock.Limits) stock.Limits {
	l := def
	if share, ok := s.shareUpTo("max_above_list", mostAboveList); ok {
		l.MaxAboveList = &share
	}
	if share, ok := s.shareUpTo("suspicious_below", stock.Whole); ok {
		l.SuspiciousBelow = share
	}
	if share, ok := s.shareUpTo("min_rating", stock.Whole); ok {
		l.MinRating = share
	}
	l.MinRatings = s.integer("min_ratings", def.MinRatings, 0, 1_000_000)
	l.SellersAllow = s.sellers("sellers_allow", def.SellersAllow)
	l.SellersDeny = s.sellers("sellers_deny", def.SellersDeny)
	l.Conditions = s.conditions("conditions", def.Conditions)
	l.RingUnpriced = s.rings("price_unknown", def.RingUnpriced)
	l.RingSuspicious = s.rings("suspicious", def.RingSuspicious)
	return l
}

// rings reads whether something rings or is held.
func (s *section) rings(key string, def bool) bool {
	const hold, ring = "hold", "ring"
	usual := hold
	if def {
		usual = ring
	}
	return s.choice(key, usual, hold, ring) == ring
}

func (s *section) sellers(key string, def []string) []string {
	list, given := s.words(key)
	if !given {
		return def
	}
	if len(list) > maxSellers {
		s.errorf(key, "there are %d, the most is %d", len(list), maxSellers)
	}
	names := []string{}
	for _, w := range list {
		if w.text == "" {
			s.r.list.add(w.line, w.path, "must be the name of a seller as alerts show it")
		}
		names = append(names, w.text)
	}
	return names
}

func (s *section) conditions(key string, def []string) []string {
	list, given := s.words(key)
	if !given {
		return def
	}
	known := []string{stock.ConditionNew, stock.ConditionUsed, stock.ConditionRefurbished}
	var names []string
	for _, w := range list {
		if !slices.Contains(known, w.text) {
			s.r.list.add(w.line, w.path, "must be %s, not %q", quoted(known), w.text)
			continue
		}
		names = append(names, w.text)
	}
	return names
}
