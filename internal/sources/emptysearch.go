package sources

import (
	"net/url"

	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// searcher is a source whose shop has searches at addresses that only it knows.
type searcher interface{ Searches(u *url.URL) bool }

// searches reports whether u is the address of a search.
func searches(src source, u *url.URL) bool {
	if u == nil {
		return false
	}
	if s, ok := src.(searcher); ok {
		return s.Searches(u)
	}
	return page.IsSearchAddress(u)
}

// emptySearch reads what a shop sent with status 404 for a search. Some send a
// search that found nothing so: a whole page, which says so, or which at least
// repeats what was looked for and is no notice that the address is unknown.
func emptySearch(src source, p stock.Page) (stock.Observation, bool) {
	if len(p.Body) == 0 {
		return stock.Observation{}, false
	}
	d := page.Parse(p)
	o := src.Read(d)
	if o.IsSearch && o.Outcome == stock.OK {
		return o, true
	}
	if _, gone := worded(d.Statements(shortText), append([]wording{pageGone}, wordings...)); gone || d.Short(shortText) || !d.RepeatsWords() {
		return stock.Observation{}, false
	}
	return page.NothingListed(d, "status 404 with a whole page that repeats the words"), true
}
