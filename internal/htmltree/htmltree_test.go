package htmltree

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// difference says where two trees differ; "" when they do not.
func difference(a, b *html.Node) string {
	if a.Type != b.Type || a.DataAtom != b.DataAtom || a.Data != b.Data || a.Namespace != b.Namespace || !slices.Equal(a.Attr, b.Attr) {
		return fmt.Sprintf("%s, want %s", describe(a), describe(b))
	}
	var prev *html.Node
	x, y := a.FirstChild, b.FirstChild
	for ; x != nil && y != nil; x, y = x.NextSibling, y.NextSibling {
		if x.Parent != a || x.PrevSibling != prev {
			return describe(x) + " does not know where it stands"
		}
		if d := difference(x, y); d != "" {
			return d
		}
		prev = x
	}
	if a.LastChild != prev || x != nil || y != nil {
		return fmt.Sprintf("in %s another number of nodes than wanted: next to %s, wanted %s", describe(a), describe(x), describe(y))
	}
	return ""
}

func describe(n *html.Node) string {
	if n == nil {
		return "nothing"
	}
	return fmt.Sprintf("node of type %d, namespace %q, %.80q with %q in %.40q", n.Type, n.Namespace, n.Data, n.Attr, parentName(n))
}

func parentName(n *html.Node) string {
	if n.Parent == nil {
		return ""
	}
	return n.Parent.Data
}

// check compares the tree with that of golang.org/x/net/html, and reports whether there
// is one.
func check(t *testing.T, name, text string) bool {
	t.Helper()
	tree, err := Parse(text)
	if err != nil {
		return false
	}
	defer tree.Release() // so that the next page gets its nodes
	got := tree.Root
	want, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Errorf("%s: a tree, want none: %v", name, err)
		return true
	}
	if d := difference(got, want); d != "" {
		t.Errorf("%s: %s", name, d)
	}
	return true
}

// samples have what is seldom in pages.
var samples = []string{
	"", "a", "<", "</", "</>", "<!", "<!-", "<!-->", "<!--->a", "<!--a--!>b", "<!--a--b-->c", "<!--a--", "<!doctype html>a", "<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\"><p><table>", "<!DOCTYPE>",
	"<p>a<p>b</p></p>", "<b><p>a</b>c", "<a>x<a>y", "<a><div>x</a>y</div>", "<b><i><u><s><p>x</b>y</p>z", "<font size=1><p><font size=1><p><font size=1><p><font size=1><p>a",
	"<table>a<tr><td>b</table>c", "<table><b>x<tr><td>y</table>", "<table><caption>a<td>b</table>", "<table><col><colgroup>x", "<table><form><input type=hidden><input></form>", "<table><tr><td><table><td>a</table></table>",
	"<select><option>a<optgroup><option>b<select>c", "<select><input>", "<select><textarea>a</select>", "<ul><li>a<li>b<ul><li>c</ul><dl><dt>a<dd>b", "<form><form></form></form>x", "<h1><h2>a</h1>", "<button><p><button>",
	"<svg viewbox='0' xlink:href=a><title><b>x</title><path/><foreignobject><p>a</svg>b", "<svg><p>a", "<svg><desc><svg><font color=a>", "<svg><style><a></style>", "<math><mi>x<annotation-xml encoding=text/html><p>a</math>", "<math definitionurl=a><mglyph>",
	"<template><tr><td>a</template>b", "<div><template><p>a</div>b</template>", "<template><template></template>", "<template><tr>0</", "<head><template></head>a", "<script><!-- a --></script>b", "<script><!-- <script> </script> a", "<script>a</scrip></script >b", "<script><!-- <script>a</script> b --> c </script>d", "<script><!-- <script a></SCRIPT>--></script>e", "<script><!--<<script></script>a</script>", "<script><!-- <scriptx> </script>a", "<script><!--></script>a<script><!-- -<!-- <script/></script>--></script>b", "<script><!-- <script", "<script><!-- <script></script", "<style>a</style/>b",
	"<title>a&amp;<b></title>", "<textarea>\n\na</textarea>", "<pre>\r\na", "<noscript><p>a</noscript>", "<iframe><p>", "<xmp><b></xmp>", "<plaintext>a", "<frameset><frame>", "<noembed>a</noembed>", "<ruby>a<rb>b<rt>c<rtc>d<rp>e", "<nobr>a<nobr>b", "<object><b></object>c", "<image src=a>",
	"<p a=1 A=2 b='\"' c=\"'\" d=e/ f/g =h=i>", "<br/><br / ><p a=/>b", "<a href='?a=1&b=2&copy=3&copy &amp;&#39;&#x41&lt&notit;&Aacute;'>", "a&b&amp;c&copy;&copyx&#0;&#128;", "<p title='a\r\nb\rc'>d\r\ne", "</br></p></body>x</html>y<!-- z -->", "<html lang=a><html b=c><body d=e><body f=g>", "<body></body><!--a--><p>b",
	"<hr><p><hr>", "a</table>b</td>", "<div></span>a</div></div>b", "<a></b></a>", "<x-y><x-y></x-y>a</x-z>", "<P CLASS=A>b</P>", "<li><div><li>a", "<![CDATA[a]]>", "<svg><![CDATA[a]]>", "<?xml a?>b", "</ a>b", "a\x00b", "<dd><p><dt>a", "<input type=hidden><frameset>",
}

func TestSamples(t *testing.T) {
	parsed := 0
	for _, s := range samples {
		if check(t, fmt.Sprintf("%q", s), s) {
			parsed++
		}
	}
	if least := len(samples) - 7; parsed < least {
		t.Errorf("%d of %d samples are parsed, want %d at least", parsed, len(samples), least)
	}
}

// Pages as deep as golang.org/x/net/html takes them, and deeper.
func TestDeep(t *testing.T) {
	for _, depth := range []int{300, 508, 509, 510, 511, 512, 600} {
		if parsed := check(t, fmt.Sprint(depth), strings.Repeat("<div>", depth)); parsed != (depth <= 510) {
			t.Errorf("%d elements in each other are parsed: %t, want %t", depth, parsed, depth <= 510)
		}
	}
}

// Many attributes, and many that are the same.
func TestManyAttributes(t *testing.T) {
	var b strings.Builder
	b.WriteString("<p")
	for i := range 300 {
		fmt.Fprintf(&b, " a%d=%d A%d=x", i%200, i, i)
	}
	check(t, "many attributes", b.String()+">")
}

// Nearly all pages of shops are parsed here, to the tree that the other parser makes.
func TestPages(t *testing.T) {
	parsed, pages := 0, 0
	for _, pattern := range []string{"../../../shared/pages/*/*.html*", "../../../shared/cases/*.html"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			pages++
			if check(t, filepath.Base(file), pageOf(t, file)) {
				parsed++
			}
		}
	}
	t.Logf("%d of %d pages", parsed, pages)
	if parsed < pages*98/100 {
		t.Errorf("%d of %d pages are parsed, want nearly all", parsed, pages)
	}
}

func pageOf(t testing.TB, file string) string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(file, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if raw, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
	}
	return string(raw)
}

// FuzzParse compares the two parsers.
func FuzzParse(f *testing.F) {
	for _, s := range samples {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) < 2000 { // both take long for many formatting elements, which callers bound
			check(t, "fuzzed", text)
		}
	})
}

// A page is parsed with few allocations: of nodes and attributes there are none once
// another page has been parsed, and texts and names are parts of the page.
func TestAllocations(t *testing.T) {
	page := strings.Repeat(`<div class="a tile" id="x"><a href="/item/1"><img src="/img/1.jpg" alt=""></a><span class="name">名前</span><p class="price">980円</p></div>`, 1000)
	parse := func() {
		tree, err := Parse(page)
		if err != nil {
			t.Fatal(err)
		}
		tree.Release()
	}
	parse()
	if got := testing.AllocsPerRun(20, parse); got > 60 {
		t.Errorf("%.0f allocations for a page of 5000 elements, want 60 at most", got)
	}
}

// A text that is made so that its tree is far larger than itself is refused before that
// takes memory, whatever the end tags in it say.
func TestCostlyTexts(t *testing.T) {
	unclosed := func(after string) string {
		var b strings.Builder
		b.WriteString("<p>")
		for i := range 400 {
			fmt.Fprintf(&b, "<b a=%d>%s", i, after)
		}
		return b.String() + "</p>" + strings.Repeat("<p>x", 100_000)
	}
	for name, text := range map[string]string{
		"unclosed":                       unclosed(""),
		"end tags of another name":       unclosed("</i>"),
		"end tags in comments":           unclosed("<!--</b>-->"),
		"end tags with a longer name":    unclosed("</b_>"),
		"an element of many attributes":  "<p><b " + manyAttributes(50_000) + ">x</p>" + strings.Repeat("<p>x", 1000),
		"end tags from within a table's": "<p>" + strings.Repeat("<b>", 3) + unclosed("<table><td></b></table>"),
	} {
		tree, err := Parse(text)
		if !errors.Is(err, ErrCostly) || tree != nil {
			t.Errorf("%s: a tree: %t, error %v; want none and %v", name, tree != nil, err, ErrCostly)
		}
	}
}

func manyAttributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d ", i)
	}
	return b.String()
}

// The attributes of a second body are added to those of the first in one pass.
func TestManyAttributesOfTwoBodies(t *testing.T) {
	half := manyAttributes(100_000)
	check(t, "two bodies", "<body "+half+"><body "+strings.ReplaceAll(half, "a", "b")+">")
}
