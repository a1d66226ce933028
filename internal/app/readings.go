package app

import (
	"bytes"
	"slices"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// reading is what was read of an answer, until the next one is read. One that stands in
// observer.readings is never changed, only replaced.
type reading struct {
	seen   *stock.Observation // nil: it is packed, or there is none
	packed []byte
	print  stock.Print // of the answer
	asked  string      // the address that gave it
	still  bool        // an answer repeated it
	signs  []string    // texts of the page from which its availability was read; nil: packed
}

// isNews guesses, without reading it, whether a changed page has another availability
// than this reading: yes when the page had not changed before, or when a text is gone
// from which the availability was read.
func (r reading) isNews(body []byte) bool {
	if r.still {
		return true
	}
	return slices.ContainsFunc(r.signs, func(text string) bool { return !bytes.Contains(body, []byte(text)) })
}

// mostSigns bounds the signs of a reading.
const mostSigns = 3

// signsOf returns the texts, as they stand in the page, from which its availability was
// read.
func signsOf(seen stock.Observation, body []byte) (signs []string) {
	for _, e := range seen.Evidence {
		if len(signs) < mostSigns && e.Text != "" && e.About(stock.FactAvailability) && bytes.Contains(body, []byte(e.Text)) {
			signs = append(signs, e.Text)
		}
	}
	return signs
}

// maxWhole is up to how many watched pages the readings are kept unpacked. Of more than
// that, each is looked at so seldom that packing costs less than the memory.
const maxWhole = 2000

// maxReadings bounds the readings that are kept, as many as there are validators: of
// more pages than that, some are read anew.
const maxReadings = 32 << 10

// reading returns the last reading of a watch's URL, and how often what pages are read
// by has changed so far.
func (o *observer) reading(rawURL string) (last reading, changes int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if r := o.readings[rawURL]; r != nil {
		last = *r
	}
	return last, o.changes
}

// repeat answers a 304 with the reading that its validator belongs to.
func (o *observer) repeat(rawURL, asked string, page stock.Page) stock.Observation {
	o.mu.Lock()
	if last := o.readings[rawURL]; last != nil && !last.still {
		next := *last
		next.still = true
		o.readings[rawURL] = &next
	}
	o.mu.Unlock()
	seen := o.again(rawURL, asked, page)
	if seen.Outcome == stock.OK {
		seen.Outcome = stock.NotModified
	}
	return seen
}

// same answers a page that is the same as the last one with the reading of that, as
// reading it anew would. What it was asked with, its validator perhaps, may be new.
func (o *observer) same(rawURL, asked string, page stock.Page) stock.Observation {
	o.mu.Lock()
	if last := o.readings[rawURL]; last != nil {
		next := *last
		next.print, next.still = page.Print, true
		o.readings[rawURL] = &next
	}
	o.mu.Unlock()
	return o.again(rawURL, asked, page)
}

// again returns the last reading as one of now.
func (o *observer) again(rawURL, asked string, page stock.Page) stock.Observation {
	last, _ := o.reading(rawURL)
	seen, ok := o.readingPacker.whole(last)
	if !ok {
		o.fetch.Forget(asked) // so that the next look gets the page
		o.mu.Lock()
		delete(o.readings, rawURL)
		o.mu.Unlock()
		return stock.Observation{
			URL: rawURL, Source: o.Source(rawURL), Outcome: stock.Failed,
			Reason: stock.Because(stock.ReasonNoReading), At: page.FetchedAt,
		}
	}
	seen.At, seen.RetryAfter = page.FetchedAt, 0
	return seen
}

// remember keeps a reading that a later answer may repeat. What was not understood
// is asked for again in full: it may be read better, or be a passing block page. So is
// what was read by what has changed meanwhile.
func (o *observer) remember(rawURL, asked string, page stock.Page, seen stock.Observation, changes int) {
	known := seen.Outcome == stock.OK && (seen.IsSearch || seen.Offer.Availability != stock.Unknown) && !seen.Dated
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case known && changes == o.changes:
		o.makeRoom(rawURL)
		r := o.readingPacker.keep(seen, o.watched > o.whole)
		r.print, r.asked = page.Print, asked
		if r.packed == nil {
			r.signs = signsOf(seen, page.Body)
		}
		if asked == rawURL {
			r.asked = rawURL // one copy of both
		}
		o.readings[rawURL] = &r
	case page.Outcome == stock.OK:
		delete(o.readings, rawURL)
		o.fetch.Forget(asked)
	}
}

// makeRoom drops any one reading when there is no room for that of a URL. Its page
// is then asked for without validators, whose 304 would have nothing to repeat.
func (o *observer) makeRoom(rawURL string) {
	if _, known := o.readings[rawURL]; known || len(o.readings) < maxReadings {
		return
	}
	for u, r := range o.readings {
		delete(o.readings, u)
		o.fetch.Forget(r.asked)
		return
	}
}

// keep drops the readings of pages that are no longer watched, and their validators: a 304
// for one that is looked at all the same, as a wish list is, would have nothing to repeat.
func (o *observer) keep(watched map[string]bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.watched = len(watched)
	for u, r := range o.readings {
		if !watched[u] {
			delete(o.readings, u)
			o.fetch.Forget(r.asked)
		}
	}
}
