package feed

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// fresh is the age up to which an item is worth a look; of a feed that is new
	// to us only what is newer than justNow, since all the rest may be old news.
	fresh   = time.Hour
	justNow = 10 * time.Minute
	// maxItems of an answer are read; feeds have some tens, newest first.
	maxItems = 500
	maxText  = 4 << 10 // bytes of an item
)

// item is what an entry of a feed says.
type item struct {
	id        string
	text      string
	published time.Time // zero: not said
}

// read makes hints of what is new in an answer.
func (f *follower) read(page stock.Page, now time.Time) error {
	switch page.Outcome {
	case stock.NotModified:
		return nil
	case stock.OK:
	default:
		return fmt.Errorf("%s: %s", page.Outcome, page.Reason.Text)
	}
	items, err := parse(page.Body)
	if err != nil {
		return err
	}
	first := f.seen == nil
	seen := make(map[string]bool, len(items))
	hinted := make(map[string]bool) // products: one hint each says it all
	for _, x := range items {
		known := f.seen[x.id] || seen[x.id]
		seen[x.id] = true
		if known || !x.tells(first, now) {
			continue
		}
		for i := range f.products {
			p := &f.products[i]
			if !hinted[p.ID] && p.Mentioned(x.text) {
				hinted[p.ID] = true
				f.o.Hint(stock.Hint{Product: p.ID, Source: f.ID, At: x.at(now), Within: f.Within})
				f.o.Logger.Info("the feed speaks of a product", "source", f.ID, "product", p.ID)
			}
		}
	}
	f.seen = seen
	return nil
}

// tells reports whether an item that was not there before is news.
func (x item) tells(first bool, now time.Time) bool {
	if x.published.IsZero() {
		return !first
	}
	limit := fresh
	if first {
		limit = justNow
	}
	return now.Sub(x.published) < limit
}

// at is when the item's hint begins. Clocks differ, and nobody knows the future.
func (x item) at(now time.Time) time.Time {
	if x.published.IsZero() || x.published.After(now) {
		return now
	}
	return x.published
}

// declaration names a charset that the bytes, decoded by now, are not in any more.
var declaration = regexp.MustCompile(`^\s*<\?xml[^>]*\?>`)

// parse reads RSS, Atom or JSON Feed. What the library does not survive is an
// error too: the bytes are a stranger's.
func parse(body []byte) (items []item, err error) {
	defer func() {
		if r := recover(); r != nil {
			items, err = nil, fmt.Errorf("read the feed: the parser panicked: %v", r)
		}
	}()
	parsed, err := gofeed.NewParser().Parse(bytes.NewReader(declaration.ReplaceAll(body, nil)))
	if err != nil {
		return nil, fmt.Errorf("read the feed: %w", err)
	}
	for _, e := range parsed.Items[:min(len(parsed.Items), maxItems)] {
		if e == nil {
			continue
		}
		x := item{text: stock.Clip(strings.Join([]string{e.Title, e.Description, e.Content}, "\n"), maxText)}
		if e.PublishedParsed != nil {
			x.published = *e.PublishedParsed
		} else if e.UpdatedParsed != nil {
			x.published = *e.UpdatedParsed
		}
		for _, id := range []string{e.GUID, e.Link, e.Title} {
			if x.id = id; id != "" {
				break
			}
		}
		items = append(items, x)
	}
	return items, nil
}
