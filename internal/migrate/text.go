package migrate

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// addresses reads a line for each page: its address, and tags behind it as
// changedetection.io writes them, with commas between. Other lines are left out.
func (b *builder) addresses(file []byte) error {
	b.list.Format = "a list of addresses"
	for line := range bytes.Lines(file) {
		text := strings.TrimSpace(string(line))
		if text == "" || text[0] == '#' {
			continue
		}
		page, tags, _ := strings.Cut(text, " ")
		if !strings.HasPrefix(page, "http://") && !strings.HasPrefix(page, "https://") {
			if len(b.list.Products) == 0 && len(b.list.Left) == 0 {
				return ErrFormat // some other text
			}
			b.left(text, "is no address of a page")
			continue
		}
		if err := b.add(entry{pages: []string{page}, tags: strings.Split(tags, ",")}); err != nil {
			return err
		}
	}
	return nil
}

// columns are the headings of CSV that mean something, in lower case.
var columns = map[string]string{
	"url": "url", "link": "url", "address": "url", "リンク": "url",
	"name": "name", "title": "name", "product": "name", "商品名": "name",
	"max_price": "price", "price": "price", "target price": "price", "target_price": "price", "上限": "price", "価格": "price",
	"jan": "jan", "ean": "jan", "gtin": "jan",
	"tags": "tags", "tag": "tags", "タグ": "tags",
	"interval": "interval",
}

func looksLikeCSV(file []byte) bool {
	first, _, _ := bytes.Cut(file, []byte("\n"))
	if !bytes.ContainsAny(first, ",;\t") {
		return false
	}
	for _, cell := range strings.FieldsFunc(string(first), func(r rune) bool { return strings.ContainsRune(",;\t\"\r", r) }) {
		if columns[strings.ToLower(strings.TrimSpace(cell))] == "url" {
			return true
		}
	}
	return false
}

// csv reads a table with headings. Several rows of one name are one product at
// several shops.
func (b *builder) csv(file []byte) error {
	b.list.Format = "CSV"
	first, _, _ := bytes.Cut(file, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(file))
	r.FieldsPerRecord, r.LazyQuotes, r.TrimLeadingSpace = -1, true, true
	for _, comma := range []rune{'\t', ';'} {
		if bytes.ContainsRune(first, comma) && !bytes.ContainsRune(first, ',') {
			r.Comma = comma
		}
	}
	head, err := r.Read()
	if err != nil {
		return fmt.Errorf("read the headings: %w", err)
	}
	for _, h := range head {
		if columns[heading(h)] == "" && heading(h) != "" {
			b.left("column "+h, "is not known, and was left out")
		}
	}
	var order []string
	byName := map[string]*entry{}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("read a row: %w", err)
		}
		e, line := b.row(head, row), len(order)
		key := e.name
		if key == "" {
			key = fmt.Sprint("\x00", line)
		}
		if had := byName[key]; had != nil {
			had.pages = append(had.pages, e.pages...)
			continue
		}
		byName[key] = &e
		order = append(order, key)
	}
	for _, key := range order {
		if err := b.add(*byName[key]); err != nil {
			return err
		}
	}
	return nil
}

func heading(h string) string { return strings.ToLower(strings.TrimSpace(h)) }

func (b *builder) row(head, row []string) entry {
	var e entry
	for i, cell := range row {
		if cell = strings.TrimSpace(cell); cell == "" || i >= len(head) {
			continue
		}
		switch columns[heading(head[i])] {
		case "url":
			e.pages = append(e.pages, cell)
		case "name":
			e.name = cell
		case "jan":
			e.jan = cell
		case "tags":
			e.tags = strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(",;|、", r) })
		case "price":
			price, ok := amount(cell)
			if !ok {
				b.left(strings.Join(row, ","), "%q is no price", cell)
				continue
			}
			e.maxPrice = price
		case "interval":
			e.interval = b.interval(strings.Join(row, ","), cell)
		}
	}
	return e
}

// amount reads a price that a person wrote.
func amount(text string) (any, bool) {
	text = strings.NewReplacer(",", "", "¥", "", "￥", "", "円", "", "$", "", "€", "", " ", "").Replace(text)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 0 {
		return n, true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f <= 0 || f > 1e12 {
		return nil, false
	}
	return round(f), true
}

// round keeps what a price can have: two digits.
func round(f float64) any {
	if f == float64(int64(f)) {
		return int64(f)
	}
	g, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'f', 2, 64), 64)
	return g
}

// interval reads a duration as Go writes it, or a number of seconds.
func (b *builder) interval(who, text string) string {
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return b.every(who, time.Duration(n*float64(time.Second)))
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		b.left(who, "%q is no duration such as 5m", clip(text))
		return ""
	}
	return b.every(who, d)
}

// Least and most that the configuration takes as an interval.
const (
	leastInterval = time.Second
	mostInterval  = 7 * 24 * time.Hour
)

// every writes an interval within what is possible; "" for the default.
func (b *builder) every(who string, d time.Duration) string {
	switch {
	case d <= 0:
		return ""
	case d < leastInterval || d > mostInterval:
		bounded := min(max(d, leastInterval), mostInterval)
		b.left(who, "an interval of %s is not possible: %s is taken", d, bounded)
		d = bounded
	}
	text := d.Round(time.Second).String()
	if rest, ok := strings.CutSuffix(text, "m0s"); ok {
		text = rest + "m"
	}
	if rest, ok := strings.CutSuffix(text, "h0m"); ok {
		text = rest + "h"
	}
	return text
}
