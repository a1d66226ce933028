package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/config"
)

// run calls the program and returns what it printed.
func run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = Main(t.Context(), Env{Program: "sainyuka", Version: "test", Stdout: &out, Stderr: &errs}, Tools(), args)
	return code, out.String(), errs.String()
}

// mall is a server that answers as the APIs do.
func mall(t *testing.T, status int) (configFile string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		switch {
		case strings.Contains(r.URL.Path, "IchibaItem"):
			fmt.Fprint(w, `{"count": 2, "Items": [
				{"itemName": "Switch 2\u001b[31m", "itemPrice": 59800, "availability": 1, "shopName": "高い店", "postageFlag": 0, "itemUrl": "https://item.rakuten.co.jp/takai/1/?rafcid=x"},
				{"itemName": "【中古】Switch 2", "itemPrice": 39800, "availability": 0, "shopName": "古い店", "itemUrl": "https://item.rakuten.co.jp/furui/2/"}]}`)
		case strings.Contains(r.URL.Path, "BooksTotal"):
			fmt.Fprint(w, `{"count": 0}`)
		default:
			fmt.Fprint(w, `{"totalResultsAvailable": 1, "hits": [{"name": "Switch 2", "price": 49980, "inStock": true, "janCode": "4902370553024",
				"condition": "new", "seller": {"name": "安い店"}, "point": {"amount": 454}, "url": "https://store.shopping.yahoo.co.jp/yasui/1.html"}]}`)
		}
	}))
	t.Cleanup(server.Close)
	text := fmt.Sprintf(`
[fetch]
allow_private_addresses = true
[api.rakuten]
application_id = "id-hunter2"
access_key = "key-hunter2"
api_url = %[1]q
[api.yahoo]
app_id = "yid-hunter2"
api_url = %[1]q
[host."127.0.0.1"]
every = "100ms"
[[product]]
id = "a"
watch = [{ url = "https://shop.example/a" }]
[[channel]]
id = "log"
type = "log"
`, server.URL)
	configFile = filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(configFile, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return configFile
}

func TestFind(t *testing.T) {
	code, stdout, stderr := run(t, "find", "-jan", "4902370553024", "-config", mall(t, 200), "-json")
	if code != exitOK || stderr != "" {
		t.Fatalf("find -json: exit %d, stderr %q, want 0 and nothing", code, stderr)
	}
	var got found
	if err := json.Unmarshal([]byte(stdout), &got); err != nil {
		t.Fatalf("find -json printed %s: %v", stdout, err)
	}
	var order []string
	for _, o := range got.Offers {
		order = append(order, fmt.Sprintf("%s %s %s %s", o.Source, o.Seller, o.Availability, o.Price))
	}
	want := []string{"yahoo-api 安い店 InStock 49980 JPY", "rakuten-api 高い店 InStock 59800 JPY", "rakuten-api 古い店 OutOfStock 39800 JPY"}
	if strings.Join(order, "\n") != strings.Join(want, "\n") {
		t.Errorf("offers in order:\n%s\nwant what can be bought first, the cheap before the dear:\n%s", strings.Join(order, "\n"), strings.Join(want, "\n"))
	}
	if len(got.Sources) != 3 || got.Sources[1].Watch != "rakuten-books:?jan=4902370553024" || got.JAN != "4902370553024" {
		t.Errorf("sources = %+v, want all three with their watches", got.Sources)
	}
}

// By the user's own rates the dearer offer may be the cheaper one.
func TestFindReckons(t *testing.T) {
	file := mall(t, 200)
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fmt.Fprint(f, "[shop.rakuten]\npoints = \"20%\"\n[[shop.rakuten.coupon]]\noff = 1000\n[shop.yahoo]\nshipping = 700\n")
	code, stdout, stderr := run(t, "find", "-jan", "4902370553024", "-config", file)
	first, second := strings.Index(stdout, "高い店"), strings.Index(stdout, "安い店")
	if code != exitOK || first < 0 || first > second {
		t.Errorf("find with rates: exit %d\n%s%s\nwant the dearer offer first, which is the cheaper in the end", code, stdout, stderr)
	}
	for _, want := range []string{
		"effective 48140 JPY: 59800, shipping 0, coupon -1000, 10660 points -10660", "effective 50226 JPY: 49980, shipping 700, 454 points -454",
		"effective 31780 JPY: 39800, shipping unknown,",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("find printed\n%s\nwithout %q", stdout, want)
		}
	}
}

func TestFindForPeople(t *testing.T) {
	code, stdout, stderr := run(t, "find", "-jan", "4902370553024", "-config", mall(t, 200))
	if code != exitOK || strings.Contains(stdout+stderr, "hunter2") || strings.Contains(stdout, "\x1b") {
		t.Errorf("find: exit %d\n%s%s\nwant 0, no key and no control characters", code, stdout, stderr)
	}
	for _, want := range []string{
		"安い店 (yahoo-api), 454 points, new", "free shipping", "https://item.rakuten.co.jp/takai/1/\n",
		"\n[[product.watch]]\nurl = \"rakuten-api:?jan=4902370553024\"\n", "\nurl = \"https://store.shopping.yahoo.co.jp/yasui/1.html\"\n",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("find printed\n%s\nwithout %q", stdout, want)
		}
	}
	_, watches, _ := strings.Cut(stdout, "# To watch it") // from here on all of it can be pasted
	file := mall(t, 200)
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(before), `watch = [{ url = "https://shop.example/a" }]`, "# To watch it"+watches, 1)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if cfg, err := config.Load(file); err != nil || len(cfg.Products[0].Watches) != 6 {
		t.Errorf("the printed watches do not load: %v\n%s", err, text)
	}
}

func TestFindRefuses(t *testing.T) {
	tests := []struct {
		name string
		args []string
		code int
		says []string
	}{
		{"nothing to find", nil, exitUsage, []string{"-jan CODE or -q WORDS"}},
		{"both", []string{"-jan", "4902370553024", "-q", "switch"}, exitUsage, []string{"one of them"}},
		{"mistyped", []string{"-jan", "4902370553025"}, exitUsage, []string{"check digit", "would end in 4"}},
		{"too many words", []string{"-q", strings.Repeat("あ", 100)}, exitUsage, []string{"longer than 128"}},
		{"no key", []string{"-jan", "4902370553024"}, exitFailed, []string{"[api.rakuten]", "[api.yahoo]", "https://search.rakuten.co.jp/search/mall/4902370553024/"}},
		{"no such configuration", []string{"-q", "a", "-config", "no-such-file"}, exitUsage, []string{"no-such-file"}},
		{"the key is refused", []string{"-q", "switch", "-config", mall(t, 403)}, exitFailed, []string{"no source answered"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, stdout, stderr := run(t, append([]string{"find"}, tt.args...)...)
			if code != tt.code {
				t.Errorf("exit %d, want %d\n%s%s", code, tt.code, stdout, stderr)
			}
			for _, want := range tt.says {
				if !strings.Contains(stderr, want) {
					t.Errorf("stderr %q without %q", stderr, want)
				}
			}
		})
	}
}
