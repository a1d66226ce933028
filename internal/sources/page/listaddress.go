package page

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/sainyuka/sainyuka/internal/pattern"
)

// addressKind says what an address shows that its page is.
type addressKind int

const (
	anyAddress      addressKind = iota
	itemAddress                 // it names one product
	categoryAddress             // it is called after a list; the page must look like one too
	searchAddress               // it holds the words that were looked for, or is the search of a known shop system
)

var (
	// searchSegment are the names of a search in a path. "s" is one only beside words.
	searchSegment = pattern.MustCompile(`(?i)^(n?search(es)?|search[-_]?results?|results?|kensaku|find|catalogsearch|suche|recherche|cerca|buscar|busca|szukaj|hledat|closedsearch)(\.[a-z]{2,5})?$`)
	shortSearch   = pattern.MustCompile(`(?i)^s$`)
	// listSegment are the names of a list in a path.
	listSegment = pattern.MustCompile(`(?i)^(list|lists|product[-_]?list|products?[-_]?list|item[-_]?list|goods[-_]?list|shopbrand|category|categories|product[-_]category|collections?|genre|genres|tags?|ranking|archives?|newitems?|new[-_]arrivals?|browse)(\.[a-z]{2,5})?$`)
	// itemSegment are the names that stand before the id or name of one product.
	itemSegment = pattern.MustCompile(`(?i)^(items?|products?|product[-_]detail|detail|details|goods|dp|shopdetail|auction|listing|itm|artikel|produkte?|produits?|productos?|prodotto|prodotti|produto)$`)
	itemFile    = pattern.MustCompile(`(?i)^(product[-_]?)?(detail|details|item|goods)\.[a-z]{2,5}$`)
	itemParam   = pattern.MustCompile(`(?i)^(pid|(product|item|goods|prd|article|auction|listing)[-_]?(id|code|no|cd)|sku|goods|product|item|asin|jan|isbn|id|code|brandcode|cno|gid)$`)
	itemID      = pattern.MustCompile(`[0-9]{4,}|[A-Z0-9]{8,}`)
	// rootFile is what a shop's front page may be called.
	rootFile = pattern.MustCompile(`(?i)^(index|default|home|shop)\.(html?|php|aspx?|cgi)$`)
)

// wordParams hold the words of a search, weakWords only on a page that is called a
// search or a list: elsewhere they mean other things.
var (
	wordParams = map[string]bool{
		"q": true, "query": true, "keyword": true, "keywords": true, "kw": true, "kwd": true, "word": true, "words": true, "freeword": true, "free_word": true,
		"search": true, "search_word": true, "searchword": true, "search_words": true, "search_keyword": true, "searchkeyword": true, "search_text": true, "searchtext": true,
		"search_query": true, "searchterm": true, "search_term": true, "term": true, "s": true, "smt": true, "qk": true, "_nkw": true, "field-keywords": true, "sitem": true,
	}
	weakWords = map[string]bool{"k": true, "p": true, "name": true, "text": true, "va": true, "key": true, "wd": true, "st": true, "title": true, "jan": true}
	// listModes are the values of "mode" on systems that have one address for all.
	listModes = map[string]addressKind{"srh": searchAddress, "search": searchAddress, "cate": categoryAddress, "grp": categoryAddress, "category": categoryAddress}
)

// kindOf says what an address shows.
func kindOf(u *url.URL) addressKind {
	q := u.Query()
	words, weak := asks(q)
	segments := pathSegments(u)
	kind, hasList := anyAddress, false
	for i, s := range segments {
		switch {
		case searchSegment.MatchString(s), shortSearch.MatchString(s) && (words || weak):
			if len(q) > 0 || i+1 < len(segments) {
				kind = searchAddress
			} else {
				kind = max(kind, categoryAddress)
			}
		case listSegment.MatchString(s):
			hasList = true
			kind = max(kind, categoryAddress)
		}
	}
	if m, ok := listModes[strings.ToLower(q.Get("mode"))]; ok {
		kind = max(kind, m)
	}
	switch {
	case kind != searchAddress && namesItem(segments, q):
		return itemAddress
	case hasList && (words || weak):
		return searchAddress
	case words && (len(segments) == 0 || kind == categoryAddress || strongWord(q)):
		return searchAddress
	}
	return kind
}

// asks reports whether a query holds words that are looked for.
func asks(q url.Values) (words, weak bool) {
	for name, values := range q {
		if len(values) == 0 || strings.TrimSpace(values[0]) == "" {
			continue
		}
		name = strings.ToLower(name)
		words, weak = words || wordParams[name], weak || weakWords[name]
	}
	return words, weak
}

// strongWord reports whether a parameter is called after the search, whatever the
// page is called.
func strongWord(q url.Values) bool {
	for name, values := range q {
		switch strings.ToLower(name) {
		case "keyword", "keywords", "freeword", "free_word", "search_word", "searchword", "search_keyword", "search_text", "search_query", "searchterm", "search_term", "smt", "qk", "word":
			if len(values) > 0 && values[0] != "" {
				return true
			}
		}
	}
	return false
}

// namesItem reports whether a path or query names one product.
func namesItem(segments []string, q url.Values) bool {
	for i, s := range segments {
		if itemSegment.MatchString(s) && i+1 < len(segments) && !listSegment.MatchString(segments[i+1]) && !searchSegment.MatchString(segments[i+1]) {
			return true
		}
		if itemFile.MatchString(s) && len(q) > 0 {
			return true
		}
	}
	if len(segments) > 0 && itemID.MatchString(segments[len(segments)-1]) {
		return !slices.ContainsFunc(segments, listSegment.MatchString)
	}
	for _, name := range []string{"pid", "product_id", "item_id", "goods_id", "itemcode", "brandcode"} {
		if q.Get(name) != "" {
			return true
		}
	}
	return false
}

// pathSegments returns the parts of a path; none for a shop's front page.
func pathSegments(u *url.URL) []string {
	p := strings.Trim(u.Path, "/")
	if p == "" || rootFile.MatchString(path.Base(p)) && !strings.Contains(p, "/") {
		return nil
	}
	return strings.Split(p, "/")
}

// IsSearch reports whether the page's address is that of a search: it holds the
// words that were looked for.
func (d *Document) IsSearch() bool { return IsSearchAddress(d.URL) }

// IsSearchAddress reports whether u is the address of a search, of whatever shop.
func IsSearchAddress(u *url.URL) bool { return kindOf(u) == searchAddress }
