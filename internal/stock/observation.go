package stock

import (
	"net/http"
	"time"
)

// Outcome says how a look ended. Only OK and NotModified are good looks; all
// others leave what is known of a watch as it was.
type Outcome string

// The outcomes of the contracts.
const (
	OK           Outcome = "ok"
	NotModified  Outcome = "not_modified"  // the page is as it was; the observation repeats what it said then
	Blocked      Outcome = "blocked"       // the shop does not answer programs: 403, captcha, login wall, maintenance
	RateLimited  Outcome = "rate_limited"  // 429, or 503 with Retry-After
	Disallowed   Outcome = "disallowed"    // robots.txt forbids it
	NotFound     Outcome = "not_found"     // 404, 410, or a page that says that the item was removed
	WrongProduct Outcome = "wrong_product" // the answer speaks of something else than was asked
	Unreadable   Outcome = "unreadable"    // an answer without anything to read: a shell that needs a browser, broken data
	Failed       Outcome = "error"         // network, time-out, too large
)

// Outcomes returns every outcome.
func Outcomes() []Outcome {
	return []Outcome{OK, NotModified, Blocked, RateLimited, Disallowed, NotFound, WrongProduct, Unreadable, Failed}
}

// Good reports whether the look saw the page that it wanted to see.
func (o Outcome) Good() bool { return o == OK || o == NotModified }

// Request is what to ask a shop for. Sources make it, fetch carries it out.
type Request struct {
	URL    string      // absolute http or https URL, the page that is really asked
	Header http.Header // additional headers, nil for none
	// API is set for a request to an official API: the name that it goes by in
	// its Page, since its URL may hold the user's key. robots.txt, which speaks to
	// those who wander about, is not asked: the key is the permission.
	API string
	// Draw is set when a browser must draw the page, because the server's bytes do
	// not say what a buyer sees. Without a browser the page is fetched as any other.
	// A browser sends no Header.
	Draw *Drawing
	// Scripts are texts of which one stands in each script that the page's source reads,
	// beside those that are data by their type or by how they begin; "" stands in all.
	// The others may change without the page being another one to it.
	Scripts []string
	// Last is the Print of the answer whose reading the asker has and would repeat; the
	// zero value when there is none.
	Last Print
	// Still says that the last answer repeated the one before: the next most likely does
	// too.
	Still bool
}

// Print tells whether two answers are the same: by the bytes as they came, and by what
// a reader can see of them. Two are the same when either is the same; the zero value
// is no answer's.
type Print struct{ Bytes, Seen uint64 }

// Same reports whether an answer is the same as that of last.
func (p Print) Same(last Print) bool {
	return p.Bytes != 0 && p.Bytes == last.Bytes || p.Seen != 0 && p.Seen == last.Seen
}

// Drawing is how a browser draws a page.
type Drawing struct {
	// Ready is a CSS selector of what stands on the page once it is drawn, be it
	// the item or the words that there is none; "" when the load event says so.
	Ready string
	// Hosts are the other hosts that the page's scripts and data come from, such as
	// "api.shop.example", or "*.shop.example" for all below. Nobody else is asked.
	Hosts []string
}

// Page is what was fetched, or why it was not. fetch makes it, sources read it.
type Page struct {
	URL        string      // as asked; for an official API the request's name, see Request.API
	FinalURL   string      // as reached after redirects on the same host; "" when nothing was reached, and for an API
	Status     int         // HTTP status; 0 when there was no answer
	Header     http.Header // of the answer; nil for a saved file
	Body       []byte      // decoded to UTF-8, complete
	Charset    string      // the charset that the bytes were in, by its WHATWG name
	FetchedAt  time.Time   // when the last byte had come
	Outcome    Outcome     // what fetch can tell without reading the body: OK means "read it"
	Reason     Reason      // why, when Outcome is not OK
	RetryAfter time.Duration
	Print      Print // the zero value when the answer is none to compare
	// Same is set when the answer is the same as that of Request.Last. It then has no
	// Body: its reading is known.
	Same bool
	// Refused says what the scripts of a drawn page asked for and did not get, by
	// host. It is a reason only where the page did not say its state.
	Refused Reason
	// Distrusted are the methods that are no evidence of availability on the page's
	// host, as was learned of it.
	Distrusted []Method
}

// Observation is what one look at one page saw.
type Observation struct {
	URL     string  // the page that was asked
	Source  string  // name of the source that read it
	Outcome Outcome // how the look ended
	Reason  Reason  // why, when it did not end well or the availability is Unknown
	// Offer is the offer that the watch is about: the one chosen by URL, sku or
	// name, else the cheapest that can be bought, else the first. Its
	// Availability is Unknown when the page did not say.
	Offer    Offer
	Offers   []Offer // all offers of this product on the page, Offer among them
	Listings []Listing
	// Doubt is why the availability is Unknown although the page was read and is of
	// this product, and Leans which way what a buyer sees of it points.
	Doubt    Doubt
	Leans    Lean
	IsSearch bool // the page is a search: Listings is its content, also when empty
	// NewestFirst is set when the search asked for its newest listings first, so that
	// one below those that are known is older than they are.
	NewestFirst bool
	Next        string `json:",omitempty"` // address of the list's next part; "": it ends here, or does not say
	Evidence    []Evidence
	Verdicts    []MethodVerdict // of the availability, by each method alone; nil where one source knows it all
	// Strong is set when the availability rests on a strong method, so that one
	// look is enough to confirm a change.
	Strong bool
	// Dated is set when the availability rests on a day to come: the same page is to be
	// read anew, not repeated, since it says something else on that day.
	Dated      bool
	At         time.Time     // when the last byte had come
	RetryAfter time.Duration // how long the shop asked to be left alone
}

// MethodVerdict is what one method alone read of the availability.
type MethodVerdict struct {
	Method       Method
	Availability Availability
}
