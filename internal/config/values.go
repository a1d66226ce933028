package config

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// The getters below return the default when a key is not there or is wrong; what
// is wrong is in the list by then, so that their callers need not care.

// Bounds of texts: a name ends up in records of 8 KiB and on small screens.
const (
	maxName = 200
	maxLine = 4096
)

// text reads a line of text, a path for example.
func (s *section) text(key, def string) string { return s.upTo(key, def, maxLine) }

// upTo reads a line of text of at most so many characters.
func (s *section) upTo(key, def string, most int) string {
	n := s.take(key, formText)
	if n == nil {
		return def
	}
	switch {
	case strings.ContainsFunc(n.text, unicode.IsControl):
		s.errorf(key, "must be one line without control characters")
	case utf8.RuneCountInString(n.text) > most:
		s.errorf(key, "is longer than %d characters", most)
	default:
		return n.text
	}
	return def
}

// choice reads one of a few words.
func (s *section) choice(key, def string, words ...string) string {
	n := s.take(key, formText)
	if n == nil {
		return def
	}
	if !slices.Contains(words, n.text) {
		s.errorf(key, "must be %s, not %q", quoted(words), n.text)
		return def
	}
	return n.text
}

// flag reads true or false.
func (s *section) flag(key string) bool {
	n := s.take(key, formBool)
	return n != nil && n.text == "true"
}

// integer reads a whole number within limits.
func (s *section) integer(key string, def, least, most int64) int64 {
	n := s.take(key, formInteger)
	if n == nil {
		return def
	}
	v, err := strconv.ParseInt(n.text, 0, 64)
	if err != nil || v < least || v > most {
		s.errorf(key, "must be a whole number from %d to %d, not %s", least, most, n.text)
		return def
	}
	return v
}

// number reads a number above 0.
func (s *section) number(key string, def, most float64) float64 {
	n := s.take(key, formDecimal, formInteger)
	if n == nil {
		return def
	}
	v, err := strconv.ParseFloat(strings.ReplaceAll(n.text, "_", ""), 64)
	if err != nil || math.IsNaN(v) || v <= 0 || v > most {
		s.errorf(key, "must be a number above 0 and at most %g, not %s", most, n.text)
		return def
	}
	return v
}

// duration reads a time such as "60s" within limits.
func (s *section) duration(key string, def, least, most time.Duration) time.Duration {
	n := s.takeAny(key)
	if n == nil {
		return def
	}
	if n.form == formInteger || n.form == formDecimal {
		s.errorf(key, `must be a time with its unit, in quotes: "%ss" for seconds, "%sm" for minutes`, n.text, n.text)
		return def
	}
	if n = s.take(key, formText); n == nil {
		return def
	}
	d, err := time.ParseDuration(n.text)
	switch {
	case err != nil:
		s.errorf(key, `must be a time with its unit, such as "500ms", "60s", "10m" or "1h30m", not %q`, n.text)
	case d < least:
		s.errorf(key, "%s is below the minimum of %s", short(d), short(least))
	case d > most:
		s.errorf(key, "%s is above the maximum of %s", short(d), short(most))
	default:
		return d
	}
	return def
}

// short writes a duration as a person would: 10m, not 10m0s.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// word is one text of a list, with its place.
type word struct {
	text string
	line int
	path string
}

// words reads a list of texts, each at most once. ok is false when the key is not
// there or is no list.
func (s *section) words(key string) (list []word, ok bool) {
	n := s.take(key, formList)
	if n == nil {
		return nil, false
	}
	for i, item := range n.items {
		w := word{item.text, item.line, index(join(s.path, key), i)}
		switch {
		case item.form != formText:
			s.r.list.add(w.line, w.path, "must be %s, not %s", formText, item.form)
		case slices.ContainsFunc(list, func(other word) bool { return other.text == w.text }):
			s.r.list.add(w.line, w.path, "%q is in the list twice", w.text)
		default:
			list = append(list, w)
		}
	}
	return list, true
}

var idShape = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)

// id reads the name of a product or a channel; first holds the lines of those
// read before.
func (s *section) id(what string, first map[string]int) string {
	n := s.take("id", formText)
	switch {
	case n == nil && !s.has("id"):
		s.r.list.missing(s.line, join(s.path, "id"), "is missing: give the %s a short name of its own, for example id = %q", term(what), what+"-1")
	case n == nil:
	case !idShape.MatchString(n.text):
		s.errorf("id", "must be 1 to 32 of a-z, 0-9 and -, not %q", n.text)
	case first[n.text] > 0:
		s.errorf("id", "another %s has the id %q (line %d)", term(what), n.text, first[n.text])
	default:
		first[n.text] = n.line
		return n.text
	}
	return ""
}

// money reads an amount: a number, or a decimal in quotes. The zero Price means
// that there is none, or no valid one.
func (s *section) money(key, currency string) stock.Price {
	n := s.take(key, formInteger, formDecimal, formText)
	if n == nil {
		return stock.Price{}
	}
	p, wrong := amount(n, currency)
	if wrong == nil && p.Minor == 0 {
		wrong = sayf("must be more than 0; leave the key out for none")
	}
	if wrong != nil {
		s.errorf(key, "%v", wrong)
		return stock.Price{}
	}
	return p
}

// amount returns the price that a node says, or what is wrong with it.
func amount(n *node, currency string) (p stock.Price, wrong error) {
	text := n.text
	if n.form != formText {
		text = strings.TrimPrefix(strings.ReplaceAll(text, "_", ""), "+")
	}
	_, decimals, _ := strings.Cut(text, ".")
	digits := stock.MinorDigits(currency)
	p, err := stock.NewPrice(text, currency)
	switch {
	case err != nil:
		return stock.Price{}, sayf("must be a plain amount of %s such as %s: %v%v", currency, example(digits), err, typedAmount(n.text))
	case len(decimals) > 0 && digits == 0:
		return stock.Price{}, sayf("%s has no decimals, so the amount %s cannot be", currency, text)
	case len(decimals) > digits:
		return stock.Price{}, sayf("%s has %d decimals, so the amount %s cannot be", currency, digits, text)
	}
	return p, nil
}

func example(digits int) string {
	if digits == 0 {
		return "1980"
	}
	return "19." + "80000"[:digits]
}

// drop reads the smallest fall of a price: a share of it such as "5%", or an
// amount. Zero means any fall.
func (s *section) drop(key, currency string, def stock.Drop) stock.Drop {
	n := s.take(key, formText, formInteger, formDecimal)
	if n == nil {
		return def
	}
	if share, ok := strings.CutSuffix(n.text, "%"); ok {
		v, err := strconv.ParseFloat(strings.TrimSpace(share), 64)
		if err != nil || math.IsNaN(v) || v < 0 || v > 100 {
			s.errorf(key, `must be from "0%%" to "100%%", not %q`, n.text)
			return def
		}
		return stock.Drop{Percent: v}
	}
	p, wrong := amount(n, currency)
	switch {
	case wrong != nil:
		s.errorf(key, `%v; or a share such as "5%%"`, wrong)
		return def
	case p.Minor == 0:
		return stock.Drop{}
	}
	return stock.Drop{Amount: p}
}
