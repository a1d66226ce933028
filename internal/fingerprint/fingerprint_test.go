package fingerprint

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"
)

// Two pages that differ in the text that replaces "%": the same to a reader, or not.
func TestSeen(t *testing.T) {
	for _, tt := range []struct {
		name, page string
		with       string // what replaces "%" the second time; "" stands for "another 2"
		scripts    []string
		same       bool
	}{
		{name: "a comment", page: "<p>a</p><!-- % --><p>b</p>", same: true},
		{name: "a style", page: "<style nonce='%'>.a{width:%px}</style><p>a", same: true},
		{name: "a script", page: "<script>f(%)</script><p>a", same: true},
		{name: "the nonce of a script", page: `<script src="a.js" nonce="%"></script>`, same: true},
		{name: "a token in a hidden input", page: `<input type=hidden name="csrf_token" value="%">`, same: true},
		{name: "a hidden value like a token", page: `<input type="hidden" name="a" value="%">`, with: "0123456789abcdef0", same: false},
		{name: "a token in a meta element", page: `<meta name="csrf-token" content="%">`, same: true},
		{name: "text", page: "<p>%</p>"},
		{name: "an attribute", page: `<p class="%">a</p>`},
		{name: "the address of a script", page: `<script src="%"></script>`},
		{name: "JSON-LD", page: `<script type="application/ld+json">{"name":"%"}</script>`},
		{name: "page data", page: `<script type="application/json">{"name":"%"}</script>`},
		{name: "an assignment of data", page: `<script>window.state = {"name":"%"}</script>`},
		{name: "an assignment of something else", page: `<script>var now = "%"</script>`, same: true},
		{name: "a script that the source reads", page: `<script>f("item", %)</script>`, scripts: []string{`"item"`}},
		{name: "a script that a source of all scripts reads", page: `<script>f(%)</script>`, scripts: []string{""}},
		{name: "a token for a source of all there is", page: `<input type=hidden name="csrf_token" value="%">`, scripts: []string{""}},
		{name: "a hidden value that names something", page: `<input type="hidden" name="id" value="%">`},
		{name: "a visible input called a token", page: `<input type=text type=hidden name="token" value="%">`},
		{name: "microdata in a hidden input", page: `<input type=hidden name=token itemprop=price value="%">`},
		{name: "what looks like a comment in an attribute", page: `<p title="<!-- % -->">a</p>`},
		{name: "what looks like a script in a bogus comment", page: `<!x <script>%</script>`},
		{name: "what looks like a comment in a title", page: `<title><!-- % --></title>`},
		{name: "what looks like a comment in a textarea", page: `<textarea><!-- % --></textarea>`},
		{name: "a comment behind a script that may not have ended", page: `<script><!-- <script> </script><!-- % -->`},
		{name: "a style in a drawing", page: `<svg><style>%</style></svg>`},
		{name: "a style behind a drawing", page: `<svg><path></svg><style>%</style>`, same: true},
		{name: "a script in a heading", page: `<h1>a<script>f(%)</script></h1>`},
		{name: "an abrupt comment", page: `<!--><p>%</p>-->`},
		{name: "a comment that ends otherwise", page: `<!-- a --!><p>%</p><!-- -->`},
		{name: "a mark of a streamed page", page: `<!--$%-->`},
		{name: "an unended comment", page: `<p>a</p><!-- %`},
		{name: "words in a comment, by which a page tells its language", page: `<!-- % -->`, with: "ください"},
		{name: "a digit where there was none", page: `<script>f(a%)</script>`, with: "x"},
		{name: "a page of two bytes a character", page: "<\x00!\x00-\x00-\x00%"},
		{name: "a page that switches charsets", page: "\x1b$B<!-- % -->"},
	} {
		h := New()
		other := tt.with
		if other == "" {
			other = "another 2"
		}
		a := h.Seen(1, []byte(strings.ReplaceAll(tt.page, "%", "first 1")), tt.scripts)
		b := h.Seen(1, []byte(strings.ReplaceAll(tt.page, "%", other)), tt.scripts)
		if (a == b) != tt.same {
			t.Errorf("%s: %q with two texts is the same: %t, want %t", tt.name, tt.page, a == b, tt.same)
		}
	}
}

// What is about an answer beside its bytes is part of both hashes.
func TestAbout(t *testing.T) {
	h, page := New(), []byte("<p>a</p>")
	base := h.About(200, "https://a.example/", "text/html")
	for name, other := range map[string]uint64{
		"status":  h.About(203, "https://a.example/", "text/html"),
		"address": h.About(200, "https://a.example/b", "text/html"),
		"type":    h.About(200, "https://a.example/", "text/html; charset=euc-jp"),
		"parts":   h.About(200, "https://a.example/t", "ext/html"),
	} {
		if h.Bytes(base, page) == h.Bytes(other, page) || h.Seen(base, page, nil) == h.Seen(other, page, nil) {
			t.Errorf("another %s gives the same hash", name)
		}
	}
}

// Charsets whose second bytes are letters and signs of ASCII are walked through as any.
func TestSeenInOtherCharsets(t *testing.T) {
	for name, enc := range map[string]interface{ String(string) (string, error) }{
		"shift_jis": japanese.ShiftJIS.NewEncoder(), "euc-jp": japanese.EUCJP.NewEncoder(),
	} {
		h := New()
		of := func(comment, text string) uint64 {
			s, err := enc.String("<p title='表示 ソース'>" + text + "</p><!-- 生成 " + comment + " --><p>能力</p>")
			if err != nil {
				t.Fatal(err)
			}
			return h.Seen(1, []byte(s), nil)
		}
		if of("12:00", "在庫なし") != of("13:00", "在庫なし") {
			t.Errorf("%s: another time in a comment is another page", name)
		}
		if of("12:00", "在庫なし") == of("12:00", "在庫あり") {
			t.Errorf("%s: another text is the same page", name)
		}
	}
}

// No page, however broken, makes it fail.
func FuzzSeen(f *testing.F) {
	f.Add([]byte("<script nonce=a>x</script><!-- a --><input type=hidden name=token value=b>"))
	f.Add([]byte("<a b='<' c=\"d e=f><style>"))
	f.Fuzz(func(t *testing.T, page []byte) {
		h := New()
		if a, b := h.Seen(1, page, nil), h.Seen(1, page, nil); a != b || a == 0 {
			t.Errorf("%q: %d, then %d; want one hash that is not 0", page, a, b)
		}
	})
}

func TestAllocations(t *testing.T) {
	h := New()
	page := []byte(strings.Repeat(`<div class="a"><script nonce="b">f(1)</script><!-- c --><input type="hidden" name="token" value="d"><p>text</p></div>`, 100))
	if got := testing.AllocsPerRun(20, func() { h.Seen(1, page, nil) }); got > 0 {
		t.Errorf("%.0f allocations per page, want none", got)
	}
}

func BenchmarkSeen(b *testing.B) {
	h := New()
	page := []byte(strings.Repeat(`<div class="a tile" id="x"><a href="/item/1"><img src="/img/0123456789abcdef.jpg" alt=""></a><span class="name">名前</span><p class="price">980円</p></div>`, 3000))
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		h.Seen(1, page, nil)
	}
}

// The quick way to the end of a tag leads where the other one does.
func FuzzTagEnd(f *testing.F) {
	for _, s := range []string{"a>", "a b=c>", "a b='>' c>", "a b = \"=>\">", "a =b=c>", "a b==c>", "a/b=c/>", "a b\"c='>'>", "a b=>c", "a b='"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, page []byte) {
		if len(page) == 0 || !letter(page[0]) {
			return
		}
		if got, want := tagEnd(page, 0, nameEnd(page, 0)), slowTagEnd(page, 0); got != want {
			t.Errorf("the tag <%q ends at %d, want %d", page, got, want)
		}
	})
}
