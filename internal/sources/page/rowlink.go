package page

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/publicsuffix"

	"github.com/sainyuka/sainyuka/internal/pattern"
)

// The bounds of what is read of one search page.
const (
	maxListings = 500
	maxLinks    = 5000
	maxFamilies = 12
)

// rowLink is a link that may lead to one product of a list.
type rowLink struct {
	node *html.Node
	url  *url.URL
	id   string // of the page that it leads to, without what only tracks
}

// notItems are the parts of a path that lead to something else than a product.
var notItems = pattern.MustCompile(`(?i)^(carts?|basket|checkout|log-?in|sign-?(in|up)|regist(er|ration)|entry|my-?page|my|account|members?|users?|wish-?list|fav(ou?rites?)?|help|guide|faq|contact|inquiry|about|company|reviews?|comments?|categor(y|ies)|product-category|brands?|makers?|tags?|authors?|artists?|pages?|blogs?|news|topics|features?|events?|campaigns?|ranking|privacy|terms|law|sellers?|profiles?|history|compare|policy|policies|info|shop-?info|rss|feed)(\.[a-z]{2,5})?$`)

// rowLinks returns the links of the page that may lead to a product of its list.
func (d *Document) rowLinks() []rowLink {
	var all []rowLink
	for n := range below(d.HTML.Nodes[0]) {
		if n.DataAtom != atom.A || len(all) == maxLinks {
			continue
		}
		if u, id := d.rowTarget(attr(n, "href")); u != nil && !concealed(n) && !d.elsewhere(n) {
			all = append(all, rowLink{n, u, id})
		}
	}
	return all
}

// rowTarget returns where a link leads if that can be a product of the shop.
func (d *Document) rowTarget(href string) (u *url.URL, id string) {
	href = strings.TrimSpace(href)
	if href == "" || href[0] == '#' {
		return nil, ""
	}
	u, err := d.URL.Parse(href)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !sameSite(u, d.URL) {
		return nil, ""
	}
	q := u.Query()
	if q.Has("add-to-cart") || kindOf(u) > itemAddress {
		return nil, ""
	}
	segments := pathSegments(u)
	if slices.ContainsFunc(segments, notItems.MatchString) {
		return nil, ""
	}
	id = strings.Trim(u.Path, "/")
	if params := itemParams(q); params != "" && !itemID.MatchString(path.Base(u.Path)) {
		id += "?" + params
	} else if len(segments) == 0 || samePath(u, d.URL) {
		return nil, ""
	}
	return u, id
}

// itemParams returns the parameters of an address that name a product.
func itemParams(q url.Values) string {
	kept := url.Values{}
	for name, values := range q {
		if itemParam.MatchString(name) && len(values) > 0 && values[0] != "" {
			kept.Set(name, values[0])
		}
	}
	return kept.Encode()
}

// sameSite reports whether two addresses are of one owner: many shops have their
// search on a host of its own.
func sameSite(a, b *url.URL) bool {
	if strings.EqualFold(a.Hostname(), b.Hostname()) {
		return true
	}
	x, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(a.Hostname()))
	if err != nil {
		return false
	}
	y, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(b.Hostname()))
	return err == nil && x == y
}

// family names the links that are written alike: those to the products of a list
// are, and those to its brands, its branches and its articles are another family.
func (l rowLink) family() string {
	_, params, _ := strings.Cut(l.id, "?")
	var names []string
	for p := range strings.SplitSeq(params, "&") {
		name, _, _ := strings.Cut(p, "=")
		names = append(names, name)
	}
	folder := path.Dir(l.url.Path)
	if params != "" {
		folder = l.url.Path
	}
	return l.url.Host + folder + "?" + strings.Join(names, "&")
}

// families groups links by family, those with the most products first.
func families(links []rowLink) [][]rowLink {
	groups := map[string][]rowLink{}
	targets := map[string]map[string]bool{}
	var order []string
	for _, l := range links {
		f := l.family()
		if groups[f] == nil {
			order, targets[f] = append(order, f), map[string]bool{}
		}
		groups[f] = append(groups[f], l)
		targets[f][l.id] = true
	}
	slices.SortStableFunc(order, func(a, b string) int { return len(targets[b]) - len(targets[a]) })
	var all [][]rowLink
	for _, f := range order[:min(len(order), maxFamilies)] {
		all = append(all, groups[f])
	}
	return all
}
