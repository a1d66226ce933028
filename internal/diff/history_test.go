package diff_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/sainyuka/sainyuka/internal/diff"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// TestHistories replays the histories of testdata. Each file of an archive is
// the life of one watch, a look per line:
//
//	TIME WHAT [PRICE] [qty=N] [mode=MODE] [seller=S] [weak] [-> KIND [+ALSO]..[, was AVAILABILITY [PRICE]][ (was_unclear)]]
//
// TIME is "10:05" or "d31 10:05", WHAT an availability, an outcome, "304", "404",
// or a doubt: "silent" or "contradiction", with "leans=yes" or "leans=no"; a
// listing of a search page is "+ID:PRICE", or "-ID:PRICE" once it is sold. A line
// of "=" tells the state, "restart" starts anew from the last record, "restart
// seen" with what a host's memory keeps as well, "upgrade" from a record of an
// older version, and "confirm N", "low N" and "max N" are the watch's and the
// product's settings.
func TestHistories(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("histories in testdata/*.txtar: found %d, %v", len(files), err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar")+"/"+f.Name, func(t *testing.T) {
				h := history{product: stock.Product{ID: "p", Name: "Thing"}, watch: stock.Watch{ID: "tid", URL: "https://shop.example/p"}}
				for i, line := range strings.Split(string(f.Data), "\n") {
					got, err := h.play(line)
					if err != nil {
						t.Fatalf("%s, line %d of %s: %q: %v", file, i+1, f.Name, line, err)
					}
					if want := strings.Join(strings.Fields(line), " "); got != want {
						t.Errorf("%s, line %d of %s:\n got %s\nwant %s", file, i+1, f.Name, got, want)
					}
				}
			})
		}
	}
}

// TestDoubtsSurviveRestarts replays the histories of doubts with a restart after
// every look: the records and the host's memory say all that matters.
func TestDoubtsSurviveRestarts(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/doubt.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		h := history{product: stock.Product{ID: "p", Name: "Thing"}, watch: stock.Watch{ID: "tid", URL: "https://shop.example/p"}}
		upgraded := false
		for line := range strings.Lines(string(f.Data)) {
			got, err := h.play(line)
			if want := strings.Join(strings.Fields(line), " "); err != nil || got != want {
				t.Errorf("%s, with restarts: got %q, %v, want %q", f.Name, got, err, want)
			}
			if upgraded = upgraded || strings.HasPrefix(line, "upgrade"); upgraded {
				continue // the first start is the only one of its kind
			}
			page := h.page
			if err := h.restart(true); err != nil {
				t.Fatalf("%s: restart: %v", f.Name, err)
			}
			h.page = page // an observer keeps what a 304 repeats
		}
	}
}

// history is the life of one watch so far.
type history struct {
	product stock.Product
	watch   stock.Watch
	track   diff.Track
	record  *stock.Change     // the last one
	page    stock.Observation // the last one read, which a 304 repeats
}

// play does what a line says and returns the line as it should read.
func (h *history) play(line string) (string, error) {
	asked, _, _ := strings.Cut(line, "->")
	words := strings.Fields(asked)
	asked = strings.Join(words, " ")
	if len(words) == 0 || words[0] == "#" {
		return strings.Join(strings.Fields(line), " "), nil
	}
	var err error
	switch words[0] {
	case "=":
		return "= " + h.state(), nil
	case "confirm":
		h.watch.Confirm, err = strconv.Atoi(words[1])
	case "max":
		h.product.MaxPrice, err = stock.NewPrice(words[1], "JPY")
	case "low":
		h.product.LowStock, err = strconv.ParseInt(words[1], 10, 64)
	case "restart":
		err = h.restart(len(words) > 1)
	case "upgrade":
		err = h.restart(true)
		h.track = h.track.Upgraded()
	default:
		var o stock.Observation
		if o, err = look(words); err != nil {
			return "", err
		}
		o = repeat(o, &h.page)
		var c *stock.Change
		if h.track, c = h.track.Fold(h.product, h.watch, o); c != nil {
			h.record = c
			asked += " -> " + told(c)
		}
	}
	return asked, err
}

// restart starts anew from the last record, read back from JSON.
func (h *history) restart(remembered bool) error {
	seen, memory := h.track.LastGood(), h.track.Memory()
	h.track, h.page = diff.Track{}, stock.Observation{}
	if h.record != nil {
		b, err := json.Marshal(h.record)
		if err != nil {
			return err
		}
		var back stock.Change
		if err := json.Unmarshal(b, &back); err != nil {
			return err
		}
		h.track = diff.Start(&back)
	}
	if !remembered {
		return nil
	}
	b, err := json.Marshal(memory)
	if err != nil {
		return err
	}
	memory = nil
	if err := json.Unmarshal(b, &memory); err != nil {
		return err
	}
	h.track = h.track.SeenAt(seen).Recall(memory)
	return nil
}

func (h *history) state() string {
	s := h.track.State
	parts := []string{s.Availability.String()}
	if s.Price.Known() {
		parts = append(parts, money(s.Price))
	}
	for _, at := range []struct {
		name string
		time time.Time
	}{{"since", s.Since}, {"in", s.LastIn}, {"out", s.LastOut}} {
		if !at.time.IsZero() {
			parts = append(parts, at.name, clock(at.time))
		}
	}
	if s.LastPriceNow.Known() {
		parts = append(parts, "beat", money(s.LastPriceNow))
	}
	if s.LowTold {
		parts = append(parts, "low-told")
	}
	if s.StaleTold {
		parts = append(parts, "stale-told")
	}
	if c := s.Clarity; c != nil {
		parts = append(parts, fmt.Sprintf("doubt %d %s", c.Unclear, c.Reason))
		if c.Leans != "" {
			parts = append(parts, "leans", string(c.Leans))
		}
		parts = append(parts, "since", clock(c.Since))
	}
	if s.Problem != nil {
		parts = append(parts, "problem", strconv.Quote(s.Problem.In(stock.English)), "since", clock(s.Problem.Since))
	}
	return strings.Join(parts, " ")
}

func told(c *stock.Change) string {
	var s strings.Builder
	s.WriteString(string(c.Kind))
	for _, k := range c.Also {
		s.WriteString(" +" + string(k))
	}
	if c.Kind == stock.NewListing {
		s.WriteString(" " + c.Offer.SKU + " " + money(c.Price))
	}
	if c.Previous != nil {
		s.WriteString(", was " + c.Previous.Availability.String())
		if c.Previous.Price.Known() {
			s.WriteString(" " + money(c.Previous.Price))
		}
	}
	if c.WasUnclear() {
		s.WriteString(" (was_unclear)")
	}
	return s.String()
}

func money(p stock.Price) string {
	if p.Currency == "JPY" {
		return p.Amount()
	}
	return p.Amount() + p.Currency
}

var midnight = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func clock(t time.Time) string {
	since := t.Sub(midnight)
	day, minute := int(since.Hours())/24+1, int(since.Minutes())%(24*60)
	s := fmt.Sprintf("%02d:%02d", minute/60, minute%60)
	if day > 1 {
		s = fmt.Sprintf("d%d %s", day, s)
	}
	return s
}

// look reads a line's words before the arrow.
func look(words []string) (stock.Observation, error) {
	o := stock.Observation{URL: "https://shop.example/p", Source: "test", Outcome: stock.OK, Strong: true, At: midnight}
	if day, ok := strings.CutPrefix(words[0], "d"); ok {
		n, err := strconv.Atoi(day)
		if err != nil || len(words) < 2 {
			return o, fmt.Errorf("day %q is no number: %w", words[0], err)
		}
		o.At, words = o.At.AddDate(0, 0, n-1), words[1:]
	}
	minutes, err := time.Parse("15:04", words[0])
	if err != nil {
		return o, err
	}
	o.At = o.At.Add(time.Duration(minutes.Hour())*time.Hour + time.Duration(minutes.Minute())*time.Minute)
	for _, word := range words[1:] {
		if err := describe(&o, word); err != nil {
			return o, err
		}
	}
	return o, nil
}

// repeat gives a 304 the reading of the page that it repeats, as an observer
// does, and remembers a page that was read.
func repeat(o stock.Observation, page *stock.Observation) stock.Observation {
	switch o.Outcome {
	case stock.OK:
		*page = o
	case stock.NotModified:
		at := o.At
		o = *page
		o.Outcome, o.At = stock.NotModified, at
	}
	return o
}

// describe adds what one word says to o.
func describe(o *stock.Observation, word string) error {
	if listing, ok := strings.CutPrefix(word, "+"); ok {
		return list(o, listing, stock.InStock)
	}
	if listing, ok := strings.CutPrefix(word, "-"); ok {
		return list(o, listing, stock.SoldOut)
	}
	key, value, _ := strings.Cut(word, "=")
	if a, ok := stock.ParseAvailability(word); ok {
		o.Offer.Availability = a
		return nil
	}
	switch key {
	case "304":
		o.Outcome = stock.NotModified
	case "404":
		o.Outcome = stock.NotFound
	case "weak":
		o.Strong = false
	case "search":
		o.IsSearch = true
	case "silent", "contradiction":
		o.Offer.Availability, o.Doubt = stock.Unknown, stock.Doubt(key)
	case "leans":
		o.Leans = stock.Lean(value)
	case "seller":
		o.Offer.Seller = value
	case "condition":
		o.Offer.Condition = value
	case "rating":
		o.Offer.SellerRating = new(stock.Rating)
		_, err := fmt.Sscanf(value, "%d/%d", &o.Offer.SellerRating.GoodPercent, &o.Offer.SellerRating.Count)
		return err
	case "points":
		n, err := strconv.ParseInt(value, 10, 64)
		o.Offer.Points = &n
		return err
	case "shipping":
		price, err := stock.NewPrice(value, "JPY")
		o.Offer.Shipping = &price
		return err
	case "mode":
		o.Offer.SaleMode = stock.SaleMode(value)
	case "because":
		o.Reason = stock.Said(value)
	case "qty":
		n, err := strconv.ParseInt(value, 10, 64)
		o.Offer.Quantity = &n
		return err
	default:
		for _, outcome := range stock.Outcomes() {
			if string(outcome) == word {
				o.Outcome = outcome
				return nil
			}
		}
		amount := strings.TrimRight(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
		currency := word[len(amount):]
		if currency == "" {
			currency = "JPY"
		}
		price, err := stock.NewPrice(strings.TrimSuffix(amount, "?"), currency)
		if strings.HasSuffix(amount, "?") {
			price.Currency = ""
		}
		o.Offer.Price = price
		return err
	}
	return nil
}

func list(o *stock.Observation, word string, a stock.Availability) error {
	id, amount, _ := strings.Cut(word, ":")
	l := stock.Listing{ID: id, Title: "Thing " + id, URL: "https://shop.example/i/" + id, Availability: a}
	var err error
	if amount != "" {
		l.Price, err = stock.NewPrice(amount, "JPY")
	}
	o.Listings = append(o.Listings, l)
	return err
}
