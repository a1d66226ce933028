package config

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sainyuka/sainyuka/internal/pricing"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// A large file must not need many times its size: all of it is in memory at once, at each
// start and each reload.
func TestLargeFile(t *testing.T) {
	const products = 10_000
	var b strings.Builder
	for n := range products {
		fmt.Fprintf(&b, "[[product]]\nid = \"lamp-%d\"\nname = \"アカリ ランプ %d\"\nmax_price = 9000\n[[product.watch]]\nurl = \"http://shop-%d.example/item/%d\"\ninterval = \"10m\"\n", n, n, n/100, n)
	}
	b.WriteString("[[channel]]\nid = \"log\"\ntype = \"log\"\n")
	data := []byte(b.String())
	read := func() *Config {
		c, err := parse(data, "f.toml", newReader(t.TempDir(), os.LookupEnv))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	read()
	var root *node
	var c *Config
	for _, kept := range []struct {
		what string
		make func()
		most uint64 // bytes of each product
	}{
		{"the tree of the file", func() { root, _ = parseTree(data, &problems{}) }, 850},
		{"the configuration", func() { root, c = nil, read() }, 650},
	} {
		before := inUse()
		kept.make()
		if got := (inUse() - before) / products; got > kept.most {
			t.Errorf("%s has %d bytes of each product, most %d", kept.what, got, kept.most)
		}
		runtime.KeepAlive(root)
		runtime.KeepAlive(c)
	}
	if got := testing.AllocsPerRun(1, func() { read() }) / products; got > 145 {
		t.Errorf("to read a product takes %.0f allocations, most 145", got)
	}
}

func inUse() uint64 {
	runtime.GC()
	runtime.GC() // what finalizers held on to
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// What only the decoder knows to be wrong is found wherever it stands, although products
// are decoded one by one.
func TestSecondOpinion(t *testing.T) {
	const rest = "[[channel]]\nid = \"log\"\ntype = \"log\"\n"
	const product = "[[product]]\nid = \"a\"\n[[product.watch]]\nurl = \"https://shop.example/1\"\n"
	for _, tt := range []struct {
		name, text string
		want       string // the line of the mistake
	}{
		{"none", product + rest + strings.ReplaceAll(product, `"a"`, `"b"`), ""},
		{"in the last product", product + rest + "[[product]]\nid = \"b\"\nlow_stock = 007\n[[product.watch]]\nurl = \"https://shop.example/2\"\n", "10"},
		{"around products", "[alerts]\ndigest.at = \"08:00\"\n" + product + "[alerts.digest]\n" + rest, "7"},
		{"in one product", "[[product]]\na.b = 1\n[product.a]\n" + rest, "3"},
		{"a product in two parts", "[[product]]\nid = \"a\"\nwatch = []\n" + rest + "[[product.watch]]\nurl = \"https://shop.example/1\"\n", "7"},
		{"a product in two parts, well written", "[[product]]\nid = \"a\"\n" + rest + "[[product.watch]]\nurl = \"https://shop.example/1\"\n", ""},
		{"behind products", product + rest + "[web]\nlisten.a = 1\n[web.listen]\n", "10"},
	} {
		_, err := parse([]byte(tt.text), "f", newReader(".", os.LookupEnv))
		var lines []string
		if err != nil {
			for one := range strings.SplitSeq(err.Error(), "\n") {
				lines = append(lines, strings.Split(one, ":")[1])
			}
		}
		if got := strings.Join(lines, " "); !strings.Contains(" "+got+" ", " "+tt.want+" ") || tt.want == "" && got != "" {
			t.Errorf("%s: mistakes on lines %q, want one on %q\n%v", tt.name, got, tt.want, err)
		}
	}
}

// The hash is that of all as one JSON object: processes of different versions compare it.
func TestHashIsOfOneObject(t *testing.T) {
	files, err := filepath.Glob("testdata/good/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	t.Setenv("SAINYUKA_TEST_TOKEN", "tk_123")
	for _, file := range append(files, exampleFile) {
		c := load(t, file)
		for _, products := range [][]stock.Product{c.Products, nil, {}, append(c.Products[:len(c.Products):len(c.Products)], stock.Product{ID: "<&>"})} {
			c.Products = products
			got, err := c.hash()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(wholeHash(t, c), got); diff != "" {
				t.Errorf("%s with %d products: the hash (-want +got):\n%s", file, len(products), diff)
			}
		}
	}
}

func wholeHash(t *testing.T, c *Config) string {
	t.Helper()
	zones := map[string]string{}
	for name, h := range c.Hosts {
		zones[name] = h.Zone.String()
	}
	text, err := json.Marshal(struct {
		Language, Timezone string
		Fetch              Fetch
		API                API
		Hosts              map[string]Host
		Shops              map[string]pricing.Shop
		Zones              map[string]string
		Feeds              []Feed
		Wishes             []WishList
		Alerts             Alerts
		Products           []stock.Product
		Routes             []stock.Route
		Channels           []Channel
	}{c.Language, c.Timezone.String(), shared(c.Fetch), c.API, c.Hosts, c.Shops, zones, c.Feeds, c.Wishes, c.Alerts, c.Products, c.Routes, c.Channels})
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}
