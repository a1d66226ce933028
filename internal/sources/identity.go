package sources

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/sainyuka/sainyuka/internal/pattern"
	"github.com/sainyuka/sainyuka/internal/sources/page"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// identifier is a source whose shop writes its own id of the product into the
// page. That is surer than what the page calls its address: a shop may give all
// variants of a product the address of one.
type identifier interface {
	// OtherProduct says why d is not the page of the product that asked names, "" when
	// it is; known is false when the page does not say.
	OtherProduct(d *page.Document, asked *url.URL) (why stock.Reason, known bool)
}

// otherProduct says why the page is not the one that was asked for, none when nothing
// speaks against it. Shops write one product's address in many ways, so that only
// what cannot be the same product counts: two addresses on one host that both
// carry ids and share none, or that have nothing in common at all.
func otherProduct(src source, d *page.Document, asked *url.URL) stock.Reason {
	if final, err := url.Parse(d.Page.FinalURL); err == nil && d.Page.FinalURL != "" {
		if !strings.EqualFold(final.Hostname(), asked.Hostname()) {
			return stock.Because(stock.ReasonRedirectedToHost, final.Hostname())
		}
		if moved(asked, final) {
			return stock.Because(stock.ReasonOtherPage, clean(final))
		}
	}
	if s, ok := src.(identifier); ok {
		if why, known := s.OtherProduct(d, asked); known {
			return why
		}
	}
	own, err := url.Parse(d.Canonical())
	if err != nil || !strings.EqualFold(own.Hostname(), asked.Hostname()) || searches(src, asked) {
		return stock.Reason{} // what a search calls itself may lack the words
	}
	if other(asked, own) {
		return stock.Because(stock.ReasonCallsItselfOther, clean(own))
	}
	return stock.Reason{}
}

// clean returns an address without query and fragment, for a reason to read.
func clean(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// moved reports whether a redirect led from a to another page: its path is
// another and no id of a is in it.
func moved(a, b *url.URL) bool {
	if slices.Equal(steps(a), steps(b)) {
		return false
	}
	if x, y := ids(a), ids(b); share(x, y) || len(x) == 0 && slug(a) != "" && slug(a) == slug(b) {
		return false
	}
	return true
}

// other reports whether b, which a page calls its own address, is the address of
// another product than a.
func other(a, b *url.URL) bool {
	x, y := ids(a), ids(b)
	if len(x) > 0 && len(y) > 0 {
		return !share(x, y) && (slug(a) == "" || slug(a) != slug(b))
	}
	// Without ids: two names in one folder, as /products/red and /products/blue.
	s, t := steps(a), steps(b)
	return len(x) == 0 && len(y) == 0 && len(s) == len(t) && len(s) >= 2 && s[len(s)-1] != t[len(t)-1] &&
		slices.Equal(s[:len(s)-1], t[:len(t)-1]) && a.RawQuery == ""
}

// dressing are path segments that choose a language or a layout, not a product.
var dressing = pattern.MustCompile(`^([a-z]{2}([-_][a-z]{2})?|sp|pc|amp|mobile|touch|smartphone|index\.(html?|php))$`)

// steps returns the segments of a path that choose the product, in lower case.
func steps(u *url.URL) []string {
	all := strings.Split(strings.ToLower(u.Path), "/")
	return slices.DeleteFunc(all, func(s string) bool { return s == "" || dressing.MatchString(s) })
}

// slug returns the last segment of a path without digits and file type: the name
// of the product where the shop writes it into the address.
func slug(u *url.URL) string {
	s := path.Base(strings.ToLower(u.Path))
	s = strings.TrimSuffix(s, path.Ext(s))
	s = strings.Trim(digits.ReplaceAllString(s, ""), "-_. /")
	if len(s) < 6 {
		return ""
	}
	return s
}

var (
	digits   = pattern.MustCompile(`[0-9]+`)
	word     = pattern.MustCompile(`[A-Za-z0-9]+`)
	tracking = pattern.MustCompile(`^(utm_.*|gclid|fbclid|yclid|msclkid|srsltid|ref.*|aff.*|a_.*|cid|cmp.*|scid|sc_.*|s-id|rafcid|l-id|trflg|tag|pf_rd_.*|th|psc|ts|_)$`)
)

// ids returns the parts of an address that look like a product's id: five digits
// or more, or a mixture of letters and digits of at least six.
func ids(u *url.URL) []string {
	var all []string
	add := func(s string) {
		for _, w := range word.FindAllString(s, -1) {
			if n := len(strings.Join(digits.FindAllString(w, -1), "")); n >= 5 || n >= 2 && len(w) >= 6 {
				all = append(all, strings.ToLower(w))
			}
		}
	}
	add(u.Path)
	for name, values := range u.Query() {
		if !tracking.MatchString(strings.ToLower(name)) {
			add(strings.Join(values, " "))
		}
	}
	slices.Sort(all)
	return all
}

// share reports whether an id of a is, or is part of, one of b, or the reverse
// ("s99277508" and "99277508").
func share(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool {
		return slices.ContainsFunc(b, func(y string) bool {
			return strings.Contains(x, y) || strings.Contains(y, x)
		})
	})
}
