package config

import (
	"slices"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Limits of routes. An escalation later than that would come after the alert's
// own life.
const (
	maxRoutes         = 200
	defaultEscalation = 3 * time.Minute
	leastEscalation   = 10 * time.Second
	mostEscalation    = 50 * time.Minute
	defaultDigestAt   = 8 * time.Hour
	day               = 24 * time.Hour
	maxTags           = 50
)

// routes reads every [[route]], after the channels and products that they name.
func (s *section) routes(c *Config) []stock.Route {
	var routes []stock.Route
	for _, r := range s.tables("route") {
		routes = append(routes, r.route(c))
	}
	if len(routes) > maxRoutes {
		s.errorf("route", "there are more than %d", maxRoutes)
	}
	return routes
}

func (s *section) route(c *Config) stock.Route {
	defer s.done()
	currency := s.currency("currency")
	r := stock.Route{
		Products:   s.oneOf("product", "product", productIDs(c.Products)),
		Tags:       s.oneOf("tag", "tag", productTags(c.Products)),
		Shops:      s.shopNames("shop"),
		Kinds:      typed[stock.Kind](s.oneOf("kind", "kind", kindNames())),
		Groups:     s.groups("group"),
		Modes:      typed[stock.SaleMode](s.oneOf("sale_mode", "sale mode", []string{string(stock.Open), string(stock.Lottery), string(stock.Invitation), string(stock.MembersOnly)})),
		Price:      s.priceRange("price", currency),
		Effective:  s.priceRange("effective", currency),
		Sellers:    s.lower("seller"),
		Conditions: s.oneOf("condition", "condition", []string{stock.ConditionNew, stock.ConditionUsed, stock.ConditionRefurbished}),
		Urgent:     s.flag("urgent"),
		Silent:     s.flag("silent"),
		Continue:   s.flag("continue"),
	}
	names, given := s.words("notify")
	r.Notify, r.NotifyProduct = s.r.channelIDs(names, c.Channels), !given
	second, _ := s.words("escalate_to")
	r.EscalateTo = s.r.channelIDs(second, c.Channels)
	if after := s.duration("escalate_after", defaultEscalation, leastEscalation, mostEscalation); len(second) > 0 {
		r.EscalateAfter = after
	} else if s.has("escalate_after") {
		s.errorf("escalate_after", "has no use without escalate_to")
	}
	if r.Urgent && r.Silent {
		s.errorf("silent", "cannot be together with urgent")
	}
	return r
}

// oneOf reads a list of words that must be known.
func (s *section) oneOf(key, what string, known []string) []string {
	list, _ := s.words(key)
	var all []string
	for _, w := range list {
		switch {
		case slices.Contains(known, w.text):
			all = append(all, w.text)
		case len(known) == 0:
			s.r.list.missing(w.line, w.path, "unknown %s %q: there is none", term(what), w.text)
		default:
			s.r.list.missing(w.line, w.path, "unknown %s %q%s", term(what), w.text, guess(w.text, known))
		}
	}
	return all
}

// typed gives words their type.
func typed[T ~string](words []string) []T {
	var all []T
	for _, w := range words {
		all = append(all, T(w))
	}
	return all
}

// kindNames returns the kinds that the user may let ring.
func kindNames() []string {
	var names []string
	for _, k := range stock.AllKinds() {
		if k.Record && k.Audience != stock.ForNobody {
			names = append(names, string(k.Kind))
		}
	}
	return names
}

// ringsByDefault returns the kinds that ring when the user does not say.
func ringsByDefault() []stock.Kind {
	var ring []stock.Kind
	for _, k := range stock.AllKinds() {
		if k.Rings {
			ring = append(ring, k.Kind)
		}
	}
	return ring
}

func productIDs(products []stock.Product) []string {
	var ids []string
	for _, p := range products {
		ids = append(ids, p.ID)
	}
	return ids
}

func productTags(products []stock.Product) []string {
	var tags []string
	for _, p := range products {
		for _, t := range p.Tags {
			if !slices.Contains(tags, t) {
				tags = append(tags, t)
			}
		}
	}
	return tags
}

// shopNames reads shops: hosts, which have a dot, and sources, which have none.
func (s *section) shopNames(key string) []string {
	list, _ := s.words(key)
	var all []string
	for _, w := range list {
		name := w.text
		if strings.ContainsAny(name, ".:") {
			host, ok := hostKey(name)
			if !ok {
				s.r.list.add(w.line, w.path, `must be a host such as "item.rakuten.co.jp" or a source such as "rakuten", not %q`, w.text)
				continue
			}
			name = host
		} else if !idShape.MatchString(name) {
			s.r.list.add(w.line, w.path, `must be a host such as "item.rakuten.co.jp" or a source such as "rakuten", not %q`, w.text)
			continue
		}
		all = append(all, shopKey(name))
	}
	return all
}

func (s *section) groups(key string) []stock.Group {
	var all []stock.Group
	for _, name := range s.oneOf(key, "group", []string{"now", "later", "no"}) {
		all = append(all, map[string]stock.Group{"now": stock.Now, "later": stock.Later, "no": stock.No}[name])
	}
	return all
}

// priceRange reads KEY_from and KEY_to.
func (s *section) priceRange(key, currency string) stock.PriceRange {
	r := stock.PriceRange{From: s.money(key+"_from", currency), To: s.money(key+"_to", currency)}
	if r.From.Known() && r.To.Known() && r.From.Minor > r.To.Minor {
		s.errorf(key+"_to", "is below %s_from", key)
	}
	return r
}

// lower reads a list of names whose case does not matter.
func (s *section) lower(key string) []string {
	list, _ := s.words(key)
	var all []string
	for _, w := range list {
		all = append(all, strings.ToLower(w.text))
	}
	return all
}

// tags reads the user's own words for a product.
func (s *section) tags(key string) []string {
	list, _ := s.words(key)
	var all []string
	for _, w := range list {
		if !idShape.MatchString(w.text) {
			s.r.list.add(w.line, w.path, "must be 1 to 32 of a-z, 0-9 and -, not %q", w.text)
			continue
		}
		all = append(all, w.text)
	}
	if len(all) > maxTags {
		s.errorf(key, "there are more than %d", maxTags)
	}
	return all
}
