// Package migrate reads the lists of other tools and turns them into products, as
// the configuration writes them, with a word for all that could not be carried
// over. It knows lists of addresses, CSV, the jobs of urlwatch and webchanges, the
// backups of changedetection.io and the answers of PriceBuddy's API.
//
// It reads text and opens nothing: neither files nor pages. Whether a shop's page
// can be read is seen when it is watched.
package migrate

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"net/url"
	"regexp"
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Bounds of what is read.
const (
	MaxFile     = 32 << 20 // bytes, also of what a compressed file holds
	maxProducts = 10_000
	maxID       = 32
	maxName     = 200 // runes
)

// List is what a file holds.
type List struct {
	Format   string           // in words: "urlwatch or webchanges jobs"
	Products []map[string]any // with the keys of [[product]]; pages under "watch"
	Left     []Left           // what could not be carried over, in the order of the file
}

// Left is something that could not be carried over.
type Left struct {
	Entry string // which one: its name or address
	What  string
}

// ErrFormat says that a file is of no kind that is known.
var ErrFormat = errors.New("is neither a list of addresses, CSV, urlwatch or webchanges YAML, a changedetection.io backup nor a PriceBuddy export")

// Read reads a file of any known kind. Its name decides nothing.
func Read(file []byte) (List, error) {
	if len(file) > MaxFile {
		return List{}, fmt.Errorf("is larger than %d MiB", MaxFile>>20)
	}
	file = bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))
	b := &builder{ids: map[string]bool{}, pages: map[string]string{}}
	trimmed := bytes.TrimSpace(file)
	var err error
	switch {
	case len(trimmed) == 0:
		return List{}, errors.New("is empty")
	case bytes.HasPrefix(file, []byte("PK\x03\x04")):
		err = b.backup(file)
	case trimmed[0] == '{' || trimmed[0] == '[':
		err = b.json(trimmed)
	case looksLikeYAML(trimmed):
		err = b.jobs(trimmed)
	case looksLikeCSV(trimmed):
		err = b.csv(trimmed)
	default:
		err = b.addresses(trimmed)
	}
	if err != nil {
		return List{}, err
	}
	if len(b.list.Products) == 0 && len(b.list.Left) == 0 {
		return List{}, ErrFormat
	}
	return b.list, nil
}

// entry is one thing to watch as another tool has it.
type entry struct {
	name     string
	pages    []string
	interval string // as the configuration writes a duration; "" for the default
	maxPrice any    // int64 or float64; nil for no limit
	jan      string
	tags     []string
	paused   bool
}

// builder collects products.
type builder struct {
	list  List
	ids   map[string]bool
	pages map[string]string // address to the product that has it
}

func (b *builder) left(entry, format string, args ...any) {
	b.list.Left = append(b.list.Left, Left{clip(entry), fmt.Sprintf(format, args...)})
}

// add makes a product of an entry, unless all its pages are there already.
func (b *builder) add(e entry) error {
	who := e.name
	if who == "" && len(e.pages) > 0 {
		who = e.pages[0]
	}
	var watches []any
	for _, page := range e.pages {
		u, err := url.Parse(strings.TrimSpace(page))
		switch {
		case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
			b.left(who, "%q is no address of a page", clip(page))
			continue
		case u.User != nil:
			b.left(who, "the address holds a password: pages are read without one")
			continue
		case b.pages[u.String()] != "":
			b.left(who, "its page is that of product %s already", b.pages[u.String()])
			continue
		}
		w := map[string]any{"url": u.String()}
		if e.interval != "" {
			w["interval"] = e.interval
		}
		watches = append(watches, w)
	}
	if len(watches) == 0 {
		return nil
	}
	if len(b.list.Products) == maxProducts {
		return fmt.Errorf("holds more than %d products", maxProducts)
	}
	first := watches[0].(map[string]any)["url"].(string)
	p := map[string]any{"id": b.id(e.name, first), "watch": watches}
	if e.name != "" {
		p["name"] = clip(e.name)
	}
	if e.jan != "" {
		if err := stock.CheckCode(e.jan); err != nil {
			b.left(who, "the JAN %q: %v", clip(e.jan), err)
		} else {
			p["jan"] = e.jan
		}
	}
	if _, fraction := e.maxPrice.(float64); fraction {
		b.left(who, "a limit of %v is not in yen: write it as max_price, with its currency", e.maxPrice)
	} else if e.maxPrice != nil {
		p["max_price"] = e.maxPrice
	}
	if tags := b.tags(who, e.tags); len(tags) > 0 {
		p["tags"] = tags
	}
	if e.paused {
		p["paused"] = true
	}
	for _, w := range watches {
		b.pages[w.(map[string]any)["url"].(string)] = p["id"].(string)
	}
	b.list.Products = append(b.list.Products, p)
	return nil
}

var (
	notInID  = regexp.MustCompile(`[^a-z0-9]+`)
	tagShape = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)
)

// id makes a product's id of its name, or else of its page, that no other has.
func (b *builder) id(name, page string) string {
	slug := slugOf(name)
	if len(slug) < 3 {
		u, _ := url.Parse(page) // it was parsed before
		path := strings.Trim(u.Path, "/")
		slug = slugOf(strings.TrimPrefix(u.Hostname(), "www.") + "-" + path[strings.LastIndexByte(path, '/')+1:])
	}
	if b.ids[slug] {
		h := fnv.New32a()
		h.Write([]byte(page))
		slug = strings.Trim(slug[:min(len(slug), maxID-7)], "-") + fmt.Sprintf("-%06x", h.Sum32()&0xffffff)
	}
	for n := 2; b.ids[slug]; n++ {
		end := fmt.Sprintf("-%d", n)
		slug = slug[:min(len(slug), maxID-len(end))] + end
	}
	b.ids[slug] = true
	return slug
}

func slugOf(s string) string {
	s = strings.Trim(notInID.ReplaceAllString(strings.ToLower(s), "-"), "-")
	return strings.Trim(s[:min(len(s), maxID)], "-")
}

// tags writes tags as the configuration has them: lower case, without spaces.
func (b *builder) tags(who string, tags []string) []any {
	var out []any
	had := map[string]bool{}
	for _, t := range tags {
		tag := strings.ToLower(strings.Join(strings.Fields(t), "-"))
		if tag == "" || had[tag] {
			continue
		}
		if !tagShape.MatchString(tag) {
			b.left(who, "tag %q: a tag has letters, digits and - alone", clip(t))
			continue
		}
		had[tag] = true
		out = append(out, tag)
	}
	return out
}

// clip shortens a text of another's to what can be shown and kept.
func clip(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	if r := []rune(s); len(r) > maxName {
		return string(r[:maxName]) + "…"
	}
	return s
}
