package readtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/sainyuka/sainyuka/internal/fingerprint"
	"github.com/sainyuka/sainyuka/internal/sources"
)

// noise finds what shops send anew with each answer: texts of comments, scripts,
// styles and nonces.
var noise = regexp.MustCompile(`(?is)(<!--)(.*?)(-->)|(<script[^>]*>)(.*?)(</script>)|(<style[^>]*>)(.*?)(</style>)|(nonce=")([^"]*)(")`)

// changed returns a page with other noise at every step-th place of it from first on.
func changed(body []byte, first, step int) []byte {
	i := -1
	return noise.ReplaceAllFunc(body, func(found []byte) []byte {
		if i++; i < first || (i-first)%step != 0 {
			return found
		}
		m := noise.FindSubmatch(found)
		for g := 1; g+2 < len(m); g += 3 {
			if len(m[g]) > 0 {
				return fmt.Appendf(nil, "%s%s%d%s", m[g], m[g+1], 70+i%9, m[g+2])
			}
		}
		return found
	})
}

// checkSame demands of two pages that are the same by their fingerprints that the same
// is read of them, and reports whether they are.
func checkSame(t *testing.T, url string, a, b []byte) bool {
	t.Helper()
	r, err := sources.New().Request(url)
	if err != nil {
		t.Fatal(err)
	}
	h := fingerprint.New()
	if h.Seen(1, a, r.Scripts) != h.Seen(1, b, r.Scripts) {
		return false
	}
	x, err := json.Marshal(read(url, a))
	if err != nil {
		t.Fatal(err)
	}
	y, err := json.Marshal(read(url, b))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(x, y) {
		t.Errorf("%s: two pages with the same fingerprint are read otherwise:\n%s\n%s", url, x, y)
	}
	return true
}

// sameURLs are pages of each kind of source: by data, by scripts, by the buy box.
var sameURLs = []string{
	"https://shop.example/item/1", "https://item.rakuten.co.jp/a/b/", "https://store.shopping.yahoo.co.jp/a/b.html", "https://www.amazon.co.jp/dp/B0EXAMPLE1",
	"https://auctions.yahoo.co.jp/jp/auction/n1111111111", "https://jp.mercari.com/item/m11111111111", "https://www.yodobashi.com/product/100000001001234567/",
}

// ownSame is how many changed pages of our own are the same to a reader: they are small, and
// most of them have no noise to change.
const ownSame = 18

// Of pages that differ in noise alone the same is read. Most of them are known to be
// the same without being read.
func TestSamePagesReadTheSame(t *testing.T) {
	pages, same := 0, 0
	check := func(url string, body []byte) {
		for _, first := range []int{0, 3} { // a comment in the head, a script further down, as it comes
			other := changed(body, first, 1000)
			if bytes.Equal(body, other) {
				continue
			}
			pages++
			if checkSame(t, url, body, other) {
				same++
			}
		}
	}
	for _, file := range glob(t, "../sources/testdata/*.txtar") {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range a.Files {
			if strings.HasSuffix(f.Name, ".html") {
				check(sameURLs[i%len(sameURLs)], f.Data)
			}
		}
	}
	if same < ownSame {
		t.Errorf("of our own pages %d of %d that differ in noise are taken for the same, want %d at least", same, pages, ownSame)
	}
	ownPages := pages
	urls := knownURLs(t)
	for _, file := range append(glob(t, shared+"/pages/*/*.html.gz"), glob(t, shared+"/cases/*.html")...) {
		name := filepath.Base(filepath.Dir(file)) + "/" + filepath.Base(file)
		url := urls[name]
		if url == "" {
			url = sameURLs[0]
		}
		if strings.HasSuffix(file, ".gz") {
			check(url, unzipped(t, file))
			continue
		}
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		check(url, body)
	}
	t.Logf("%d of %d changed pages are the same to a reader", same, pages)
	if pages > ownPages && same < pages/4 { // the others differ in data
		t.Errorf("%d of %d pages that differ in noise are taken for the same, want a quarter at least", same, pages)
	}
}

// FuzzSamePage changes what a fuzzer makes of a page.
func FuzzSamePage(f *testing.F) {
	f.Add([]byte(`<h1>a</h1><!-- x --><script>f(1)</script><style>p{}</style><input type=hidden name=token value="abc"><p>在庫あり</p><button>カートに入れる</button>`), uint8(0), uint8(0), uint8(1))
	for i, file := range glob(f, "../sources/testdata/*.txtar") {
		a, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, x := range a.Files {
			if strings.HasSuffix(x.Name, ".html") {
				f.Add(x.Data, uint8(i), uint8(i), uint8(2))
			}
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, url, first, step uint8) {
		checkSame(t, sameURLs[int(url)%len(sameURLs)], body, changed(body, int(first), 1+int(step)))
	})
}
