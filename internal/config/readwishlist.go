package config

import (
	"net/url"
	"regexp"
	"time"

	"github.com/sainyuka/sainyuka/internal/shop"
)

const (
	defaultWishInterval = 6 * time.Hour
	leastWishInterval   = time.Hour
	maxWishInterval     = 7 * 24 * time.Hour
	maxWishLists        = 16
)

// wishLists reads every [[wishlist]].
func (s *section) wishLists(f Fetch) []WishList {
	var lists []WishList
	first := map[string]int{}
	for _, w := range s.tables("wishlist") {
		lists = append(lists, w.wishList(first, f))
	}
	if len(lists) > maxWishLists {
		s.errorf("wishlist", "there are %d wish lists, at most %d can be followed", len(lists), maxWishLists)
	}
	return lists
}

// wishPath is the address of a public wish list on any of Amazon's hosts.
var wishPath = regexp.MustCompile(`^/hz/wishlist/(ls|genericItemsPage)/[A-Z0-9]{8,20}(/|$)`)

func (s *section) wishList(first map[string]int, f Fetch) WishList {
	defer s.done()
	w := WishList{
		ID:       s.id("wishlist", first),
		URL:      s.link("url", "https", "http"),
		Interval: s.duration("interval", defaultWishInterval, leastWishInterval, maxWishInterval),
	}
	if !s.has("url") {
		s.r.list.missing(s.line, join(s.path, "url"), `is missing: give the address of the wish list, for example url = "https://www.amazon.co.jp/hz/wishlist/ls/1ABCDEFGHIJK"`)
		return w
	}
	u, err := url.Parse(w.URL)
	if w.URL == "" || err != nil {
		return w
	}
	if known, ok := shop.OfHost(u.Hostname()); !ok || known.ID != "amazon" || !wishPath.MatchString(u.Path) {
		s.errorf("url", `must be a public wish list of Amazon, as in https://www.amazon.co.jp/hz/wishlist/ls/1ABCDEFGHIJK`)
		return w
	}
	s.warnAboutPage(u, f)
	return w
}
