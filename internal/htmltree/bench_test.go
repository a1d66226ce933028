package htmltree

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// BenchmarkParse parses saved pages, where they are at hand, or one of our own.
func BenchmarkParse(b *testing.B) {
	pages := []string{strings.Repeat(`<div class="a tile" id="x"><a href="/item/1?a=1&amp;b=2"><img src="/img/0123456789abcdef.jpg" alt=""></a><span class="name">名前</span><p class="price">980円</p></div>`, 3000)}
	files, err := filepath.Glob("../../../shared/pages/benchmark/*.html.gz")
	if err != nil {
		b.Fatal(err)
	}
	for _, file := range files {
		pages = append(pages, pageOf(b, file))
	}
	size := 0
	for _, p := range pages {
		size += len(p)
	}
	for name, parse := range map[string]func(string){
		"here": func(s string) {
			if tree, err := Parse(s); err == nil {
				tree.Release()
			}
		},
		"x/net": func(s string) { _, _ = html.Parse(strings.NewReader(s)) },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				for _, p := range pages {
					parse(p)
				}
			}
		})
	}
}
