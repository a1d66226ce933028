package config

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	defaultCurrency    = "JPY"
	defaultLowStock    = 3
	defaultPriority    = 1.0
	defaultInterval    = time.Minute
	defaultMinInterval = 15 * time.Second
	leastInterval      = time.Second
	leastMinInterval   = 100 * time.Millisecond
	maxInterval        = 7 * 24 * time.Hour // a look thrice as late is still within the 30 days that a state is good for
	maxLowStock        = 1_000_000
	maxPriority        = 1000
	maxConfirm         = 10
	maxURL             = 2000 // a record of 8 KiB holds it twice
)

// defaultDrop is the fall of a price that rings when the user did not say.
var defaultDrop = stock.Drop{Percent: 5}

// products reads every [[product]].
func (s *section) products(c *Config) []stock.Product {
	var products []stock.Product
	if s.has("product") {
		products = slices.Grow(products, len(s.node.keys.get("product").items))
	}
	first := map[string]int{}
	for p := range s.each("product") {
		products = append(products, p.product(first, c))
	}
	s.oneReading(products)
	if !s.has("product") && !s.r.list.broken {
		s.r.list.warn(1, "product", `there is nothing to watch here: add a [[product]] with an id, and below it a [[product.watch]] with a url, or add products on the dashboard or by "sainyuka add URL"`)
	}
	return products
}

// oneReading demands one set of rules for each page: a page that several products
// watch is looked at once for all of them.
func (s *section) oneReading(products []stock.Product) {
	rules := map[string]stock.Rules{}
	for i := range products {
		for j, w := range products[i].Watches {
			had, again := rules[w.URL]
			if again && had != w.Rules {
				path := join(index("product", i), index("watch", j))
				s.r.list.add(s.line, path, "%s is watched twice with different rules: a page is read in one way, so give both the same", w.URL)
			}
			rules[w.URL] = w.Rules
		}
	}
}

var currencyShape = regexp.MustCompile(`^[A-Z]{3}$`)

// code reads the number under a bar code. A wrong digit would make every page
// another product's, so that nothing would ever ring.
func (s *section) code(key string) string {
	code := s.text(key, "")
	if code == "" {
		return ""
	}
	plain := strings.NewReplacer("-", "", " ", "").Replace(halfWidth(code))
	switch err := stock.CheckCode(code); {
	case err == nil:
		return code
	case plain != code && stock.CheckCode(plain) == nil:
		s.errorf(key, "must be the digits below the bar code alone: write %q", plain)
	default:
		s.errorf(key, "must be the 8, 12 or 13 digits below the bar code, in quotes: %v", err)
	}
	return ""
}

func (s *section) product(first map[string]int, c *Config) stock.Product {
	defer s.done()
	p := stock.Product{ID: s.id("product", first)}
	p.Name = s.upTo("name", p.ID, maxName)
	p.JAN = s.code("jan")
	p.Currency = s.currency("currency")
	p.ListPrice = s.money("list_price", p.Currency)
	p.MaxPrice = s.money("max_price", p.Currency)
	p.MaxEffective = s.money("max_effective_price", p.Currency)
	p.Limits = s.limits(c.Alerts.Limits)
	if p.Limits.MaxAboveList == nil && !p.MaxPrice.Known() { // which says better what is too dear
		p.Limits.MaxAboveList = new(defaultAboveList)
	}
	p.MinDrop = s.drop("min_drop", p.Currency, defaultDrop)
	p.LowStock = s.integer("low_stock", defaultLowStock, 0, maxLowStock)
	p.AlertOnFirst = s.flag("alert_on_first")
	p.Priority = s.number("priority", defaultPriority, maxPriority)
	keywords, _ := s.words("keywords")
	for _, k := range keywords {
		if strings.TrimSpace(k.text) == "" {
			s.r.list.add(k.line, k.path, "an empty keyword would stand in every text")
		}
		p.Keywords = append(p.Keywords, k.text)
	}
	p.Tags = s.tags("tags")
	p.Paused = s.flag("paused")
	plan := s.schedule()
	names, given := s.words("notify")
	p.Notify, p.NotifyAll = s.r.channelIDs(names, c.Channels), !given
	p.Watches = s.watches(p, plan, c)
	return p
}

// watches reads the [[product.watch]] of one product.
func (s *section) watches(p stock.Product, plan stock.Schedule, c *Config) []stock.Watch {
	var watches []stock.Watch
	first := map[string]*section{}
	for _, w := range s.tables("watch") {
		watch := w.watch(p.ID, plan, c)
		w.listings(&watch, p)
		switch again := first[watch.ID]; {
		case watch.URL == "":
		case again == nil:
			first[watch.ID] = w
		case w.line == 0: // of what has no lines
			w.errorf("url", "this product watches the URL already")
		default:
			w.errorf("url", "this product watches the URL already (line %d)", again.lineOf("url"))
		}
		watches = append(watches, watch)
	}
	if !s.has("watch") {
		s.r.list.missing(s.line, join(s.path, "watch"), "this product has no page to watch: add a [[product.watch]] with a url below it")
	}
	return watches
}

// watch reads one [[product.watch]] but for what its listings must be.
func (s *section) watch(product string, plan stock.Schedule, c *Config) stock.Watch {
	u, raw := s.page("url", c.API)
	s.warnAboutPage(u, c.Fetch)
	usual, onRestricted := defaultInterval, u != nil && restricted(u, c.Fetch.TermsAccepted)
	if onRestricted {
		usual = restrictedLeast
	}
	w := stock.Watch{
		ID:       stock.WatchID(product, raw),
		URL:      raw,
		Interval: s.duration("interval", usual, leastInterval, maxInterval),
		Confirm:  int(s.integer("confirm", 0, 1, maxConfirm)),
	}
	own := s.rules()
	h, _ := c.host(stock.HostOf(raw))
	w.Rules = own.Over(h.Rules)
	w.Paused = s.flag("paused") || h.Paused
	w.Hours = hours(c.Zone(stock.HostOf(raw)), s.schedule(), plan, h.Schedule)
	w.MinInterval = s.duration("min_interval", min(defaultMinInterval, w.Interval), leastMinInterval, maxInterval)
	if w.MinInterval > w.Interval {
		s.errorf("min_interval", "%s is above the interval of %s", short(w.MinInterval), short(w.Interval))
	}
	if onRestricted && w.Interval < restrictedLeast {
		s.errorf("interval", "%s is below the minimum of %s for %s, a host of fetch.terms_accepted", short(w.Interval), short(restrictedLeast), u.Hostname())
	}
	return w
}

// listings reads what the listings of a search must be.
func (s *section) listings(w *stock.Watch, p stock.Product) {
	defer s.done()
	w.MinPrice = s.money("min_price", p.Currency)
	if p.MaxPrice.Known() && w.MinPrice.Minor > p.MaxPrice.Minor {
		s.errorf("min_price", "%s is above the product's max_price of %s", w.MinPrice, p.MaxPrice)
	}
	switch w.Condition = s.text("condition", ""); w.Condition {
	case "", stock.ConditionNew, stock.ConditionUsed:
	default:
		s.errorf("condition", `must be "new" or "used", not %q; without it listings of any condition are told`, w.Condition)
	}
}

// page reads the URL of a watch; u is nil for the query of an API.
func (s *section) page(key string, keys API) (u *url.URL, raw string) {
	n := s.take(key, formText)
	if n == nil {
		if !s.has(key) {
			s.r.list.missing(s.line, join(s.path, key), `is missing: give the address of the page, for example url = "https://shop.example/item/1"`)
		}
		return nil, ""
	}
	if api, ok := stock.IsQuery(n.text); ok {
		if err := keys.query(api, n.text); err != nil {
			s.errorf(key, "%v", err)
			return nil, ""
		}
		return nil, n.text
	}
	u, err := parseURL(n.text, "https", "http")
	switch {
	case err != nil:
		s.errorf(key, "%v", err)
	case u.User != nil:
		s.errorf(key, "must not hold a user name or a password: it is shown in alerts and on the dashboard")
	case len(n.text) > maxURL:
		s.errorf(key, "is longer than %d bytes", maxURL)
	default:
		return u, n.text
	}
	return nil, ""
}
