package config

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/pricing"
	"github.com/sainyuka/sainyuka/internal/shop"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	maxRates   = 50 // bonuses, and coupons, of one shop
	defaultTax = stock.Share(10_00)
)

// shopNames returns the shops that [shop.NAME] may speak of; any other shop goes
// by its host.
func shopNames() []string {
	var names []string
	for _, known := range shop.All() {
		names = append(names, known.ID)
	}
	return names
}

// shopKey returns the name that rates are found by: a name that a shop had before
// is its name of today.
func shopKey(name string) string {
	if known, ok := shop.ByID(name); ok {
		return known.ID
	}
	return name
}

// shops reads the [shop.NAME] tables: what the user gets and pays at each.
func (s *section) shops(zone *time.Location) map[string]pricing.Shop {
	shops := map[string]pricing.Shop{}
	if s.node == nil {
		s.table("*").shop("", zone) // so that its keys are known to exist
		return shops
	}
	for _, name := range s.node.keys.names() {
		key, isHost := hostKey(name)
		key = shopKey(key)
		_, again := shops[key]
		read := s.table(name).shop(key, zone)
		switch {
		case !isHost:
			s.errorf(name, `must be a host such as [shop."shop.example"], without https:// and without a path, or %s`, quoted(shopNames()))
		case again:
			s.errorf(name, "this shop is there twice, once with capitals")
		case !strings.ContainsAny(key, ".:") && key != "localhost" && !slices.Contains(shopNames(), key):
			s.errorf(name, "unknown shop%s", guess(key, shopNames()))
		default:
			shops[key] = read
		}
	}
	return shops
}

// habits are the defaults that differ between shops: Rakuten (since April 2022)
// and Yahoo! Shopping (since December 2022) give points on the price without
// tax, Rakuten for each full 100 yen of it.
func habits(name string) (withoutTax bool, per int64) {
	switch {
	case strings.HasPrefix(name, "rakuten") || strings.HasSuffix(name, ".rakuten.co.jp"):
		return true, 100
	case name == "yahoo" || strings.HasSuffix(name, "shopping.yahoo.co.jp"):
		return true, 1
	}
	return false, 1
}

func (s *section) shop(name string, zone *time.Location) pricing.Shop {
	defer s.done()
	currency := s.currency("currency")
	withoutTax, per := habits(name)
	rates := pricing.Shop{
		Currency: currency, Tax: defaultTax,
		Points:       s.share("points"),
		IgnoreStated: !s.flagOr("points_from_page", true),
		WithoutTax:   s.flagOr("points_without_tax", withoutTax),
		PointsPer:    s.sum("points_per", currency, per),
		PointsCap:    s.integer("points_cap", 0, 0, math.MaxInt32),
		PointWorth:   s.worth("point_worth", currency),
	}
	if s.has("tax") {
		rates.Tax = s.share("tax")
	}
	if s.has("shipping") {
		rates.Shipping = new(s.sum("shipping", currency, 0))
	} else {
		s.takeAny("shipping")
	}
	rates.FreeShippingFrom = s.sum("free_shipping_from", currency, 0)
	for _, b := range s.few("bonus") {
		rates.Bonuses = append(rates.Bonuses, b.bonus(currency, zone))
	}
	for _, c := range s.few("coupon") {
		rates.Coupons = append(rates.Coupons, c.coupon(currency, zone))
	}
	return rates
}

// few reads a list of tables that is bounded.
func (s *section) few(key string) []*section {
	all := s.tables(key)
	if len(all) > maxRates {
		s.errorf(key, "there are %d, the most is %d", len(all), maxRates)
		return all[:maxRates]
	}
	return all
}

func (s *section) bonus(currency string, zone *time.Location) pricing.Bonus {
	defer s.done()
	b := pricing.Bonus{
		Name: s.upTo("name", "", maxShort), Points: s.share("points"),
		Min: s.sum("min", currency, 0), Cap: s.integer("cap", 0, 0, math.MaxInt32),
		When: s.calendar(zone),
	}
	if !s.has("points") {
		s.r.list.missing(s.line, join(s.path, "points"), `is missing: say what it adds, for example points = "1%%"`)
	}
	return b
}

func (s *section) coupon(currency string, zone *time.Location) pricing.Coupon {
	defer s.done()
	c := pricing.Coupon{
		Name: s.upTo("name", "", maxShort),
		Min:  s.sum("min", currency, 0), Max: s.sum("max", currency, 0), When: s.calendar(zone),
	}
	n := s.takeAny("off")
	switch {
	case n == nil:
		s.r.list.missing(s.line, join(s.path, "off"), `is missing: say what it takes off, for example off = 500 or off = "10%%"`)
	case n.form == formText && strings.HasSuffix(n.text, "%"):
		c.Share = s.share("off")
	default:
		c.Amount = s.sum("off", currency, 0)
	}
	return c
}

// maxShort is for names that stand in the middle of an alert.
const maxShort = 40

// calendar reads when a bonus or a coupon holds.
func (s *section) calendar(zone *time.Location) pricing.Calendar {
	c := pricing.Calendar{From: s.moment("from", zone, false), Until: s.moment("until", zone, true)}
	for i, n := range s.list("days") {
		day, err := strconv.Atoi(n.text)
		if n.form != formInteger || err != nil || day < 1 || day > 31 {
			s.r.list.add(n.line, index(join(s.path, "days"), i), "must be a day of the month, from 1 to 31")
			continue
		}
		c.Days = append(c.Days, day)
	}
	names, _ := s.words("weekdays")
	for _, w := range names {
		day := slices.Index(weekdays, w.text)
		if day < 0 {
			s.r.list.add(w.line, w.path, "must be %s, not %q", quoted(weekdays), w.text)
			continue
		}
		c.Weekdays = append(c.Weekdays, time.Weekday(day))
	}
	if !c.From.IsZero() && !c.Until.IsZero() && !c.From.Before(c.Until) {
		s.errorf("until", "is before from")
	}
	return c
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func (s *section) list(key string) []*node {
	if n := s.take(key, formList); n != nil {
		return n.items
	}
	return nil
}

// moment reads a day, or a minute of it. As an end it holds until the day or the
// minute is over, as people mean it.
func (s *section) moment(key string, zone *time.Location, end bool) time.Time {
	n := s.take(key, formText, formMoment)
	if n == nil {
		return time.Time{}
	}
	text := strings.Replace(n.text, "T", " ", 1)
	if at, err := time.ParseInLocation(time.DateOnly, text, zone); err == nil {
		if end {
			at = at.AddDate(0, 0, 1)
		}
		return at
	}
	for layout, length := range map[string]time.Duration{"2006-01-02 15:04": time.Minute, time.DateTime: time.Second} {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			if end {
				at = at.Add(length)
			}
			return at
		}
	}
	s.errorf(key, `must be a day such as "2026-12-04" or a minute such as "2026-12-04 20:00", not %q`, n.text)
	return time.Time{}
}

// currency reads a code of ISO 4217.
func (s *section) currency(key string) string {
	code := s.text(key, defaultCurrency)
	if !currencyShape.MatchString(code) {
		s.errorf(key, `must be three capital letters such as "JPY" or "USD", not %q`, code)
		return defaultCurrency
	}
	return code
}

// flagOr reads true or false where the default may be true.
func (s *section) flagOr(key string, def bool) bool {
	if n := s.take(key, formBool); n != nil {
		return n.text == "true"
	}
	return def
}

// share reads a share such as "1.5%", 0 when there is none.
func (s *section) share(key string) stock.Share {
	share, _ := s.shareUpTo(key, stock.Whole)
	return share
}

// shareUpTo reads a share up to a bound; ok is false when there is none.
func (s *section) shareUpTo(key string, most stock.Share) (share stock.Share, ok bool) {
	n := s.take(key, formText)
	if n == nil {
		return 0, false
	}
	number, found := strings.CutSuffix(n.text, "%")
	number = strings.TrimSpace(number)
	_, decimals, _ := strings.Cut(number, ".")
	p, err := stock.NewPrice(number, "") // which counts hundredths too
	if !found || err != nil || len(decimals) > 2 || p.Minor > int64(most) {
		s.errorf(key, `must be a share from "0%%" to "%d%%" such as "1%%" or "2.5%%", not %q`, most/100, n.text)
		return 0, false
	}
	return stock.Share(p.Minor), true
}

// sum reads an amount that may be nothing, in minor units.
func (s *section) sum(key, currency string, def int64) int64 {
	n := s.take(key, formInteger, formDecimal, formText)
	if n == nil {
		return def
	}
	p, wrong := amount(n, currency)
	if wrong != nil {
		s.errorf(key, "%v", wrong)
		return def
	}
	return p.Minor
}

// worth reads what a point is worth, in hundredths of the currency's minor unit.
func (s *section) worth(key, currency string) int64 {
	const one = 100
	n := s.take(key, formInteger, formDecimal, formText)
	if n == nil {
		return one
	}
	p, err := stock.NewPrice(n.text, "") // hundredths of the whole unit
	if err != nil || p.Minor > 100_00 {
		s.errorf(key, "must be an amount of %s from 0 to 100 with at most two decimals, such as 1 or 0.8, not %s", currency, n.text)
		return one
	}
	for range stock.MinorDigits(currency) {
		p.Minor *= 10
	}
	return p.Minor
}
