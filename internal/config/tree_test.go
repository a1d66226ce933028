package config

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"
)

// Whatever is in a file, Load comes back, names lines that exist, and refuses
// what is not TOML.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/good/*.toml", "testdata/bad/*.toml", "../../config.example.toml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			f.Add([]byte(read(f, file)))
		}
	}
	for _, seed := range hostile {
		f.Add([]byte(seed))
	}
	folder := f.TempDir()
	place := regexp.MustCompile(`^f\.toml:([0-9]+): \S`)
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parse(data, "f.toml", newReader(folder, func(string) (string, bool) { return "", false }))
		if err == nil {
			var all map[string]any
			if broken := toml.Unmarshal(data, &all); broken != nil {
				t.Errorf("parse(%q) = %v, but it is not TOML: %v", data, c, broken)
			}
			return
		}
		lines := 1 + strings.Count(strings.TrimSuffix(string(data), "\n"), "\n")
		for one := range strings.SplitSeq(err.Error(), "\n") {
			found := place.FindStringSubmatch(one)
			if found == nil {
				t.Fatalf("parse(%q): mistake %q, want FILE:LINE: ...", data, one)
			}
			if n, err := strconv.Atoi(found[1]); err != nil || n < 1 || n > lines {
				t.Errorf("parse(%q): mistake %q, but there are %d lines", data, one, lines)
			}
		}
	})
}

// hostile are documents that have broken one reader or another.
var hostile = []string{
	"",
	"\n",
	"\x00",
	"=",
	"[",
	"[[",
	"[]",
	"[[]]",
	"a",
	"a =",
	"a = \"",
	"a = '''",
	"a = \"\"\"\nb = 1\n\n",
	"a = [[[[[[[[[[",
	"a = {b = {c = {",
	"a = [1,\n\n\n",
	"a.b.c = 1\na.b = 2\n",
	"[a]\nb = 1\n[a.b]\nc = 2\n",
	"[[a]]\n[a]\n",
	"[a]\n[[a]]\n",
	"a = [{b = 1}]\n[[a]]\n",
	"[[product]]\n[product.watch]\nurl = 1\n",
	"[alerts]\ndigest.at = \"\"\n[[product]]\n[alerts.digest]\n",
	"[[product]]\na.b = 1\n[web]\n[product.a]\n[[product]]\n[[product.watch]]\n",
	"a = 1\n[[product]]\nid = 007\n[b]\n[[ 'product' ]] # 2\n  [\"product\".a]\n[b.c]\n",
	"[product]\n[[product.watch]]\n[[product.watch]]\n",
	"product = [[[{}]]]\nchannel = {}\nhost = []\n",
	"product = []\nchannel = []\n",
	"host = {\"\" = {}, \"a b\" = {every = []}}\n",
	"web = {listen = {}}\n",
	"data_dir.a = 1\n",
	"\"\" = 1\n",
	"'a\tb' = 1\n",
	"a = \"\\uD800\"\n",
	"a = 1 b = 2\n",
	"a = 0000-00-00\n",
	"a = 1979-13-99T99:99:99Z\n",
	"a = 1e999\n[[product]]\npriority = 1e999\nmax_price = 1e9\nlist_price = inf\n",
	"\r",
	"a = 1\r\nb = \"\r\n\"",
	strings.Repeat("a.", 1000) + "a = 1",
	"[" + strings.Repeat("long.", 1000) + "a]\nb = 1",
	strings.Repeat("[[product]]\n", 1000),
	"x = " + strings.Repeat("[", 20000),
	"x = " + strings.Repeat("{a=", 20000),
	strings.Repeat("x = \"\"\"\n", 999),
	strings.Repeat("x = [\n", 1000),
}

// A mistake of syntax must not hide the others, nor make up any.
func TestReadingGoesOnBehindASyntaxError(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"line", "a = \nlangauge = 1\n", []string{"1", "2"}},
		{"list", "[alerts]\nkinds = [\"restocked\",\n  \"orderable\"\ncooldown = \"1\"\nx = 1\n", []string{"2", "4", "5"}},
		{"text without end", "[web]\nlisten = \"\"\"\npublic_url = 1\n\n[nats]\nx = 1\n", []string{"2", "3", "6"}},
		{"header", "[web\nlisten = 1\n[nats]\nx = 1\n", []string{"1", "4"}},
		{"many", strings.Repeat("a\n", 100), lineNumbers(maxSyntaxErrors)[:1]},
		{"many keys", strings.Repeat("a =\n", 100), lineNumbers(maxSyntaxErrors)},
		{"comments before", "# one\n\n# two\nx = [\n# three\n[nats]\ny = 1\n", []string{"4", "7"}},
		{"nothing is missing", "[[product]]\nid = \"\n\n[[product.watch]]\nurl = \"\n", []string{"2", "5"}},
	} {
		list := &problems{}
		r := newReader(".", nil)
		r.list = list
		_, err := parse([]byte(tt.text), "f", r)
		var got []string
		for one := range strings.SplitSeq(err.Error(), "\n") {
			got = append(got, strings.Split(one, ":")[1])
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: lines with mistakes (-want +got):\n%s\n%v", tt.name, diff, err)
		}
	}
}

func lineNumbers(n int) []string {
	var all []string
	for i := range n {
		all = append(all, strconv.Itoa(i+1))
	}
	return all
}

func TestNear(t *testing.T) {
	known := []string{"interval", "min_interval", "url", "confirm", "id"}
	for word, want := range map[string]string{
		"intervall": "interval", "intreval": "interval", "Interval": "interval", "interval_min": "",
		"ulr": "url", "uri": "url", "confrim": "confirm", "colour": "", "x": "", "": "",
		strings.Repeat("interval", 1000): "",
	} {
		if got := near(word, known); got != want {
			t.Errorf("near(%.20q) = %q, want %q", word, got, want)
		}
	}
}
