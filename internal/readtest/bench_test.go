package readtest

import "testing"

// BenchmarkSavedPages reads each of the saved pages as if it were new, from its decoded
// bytes to the observation.
func BenchmarkSavedPages(b *testing.B) {
	var pages [][]byte
	size := 0
	for _, file := range glob(b, shared+"/pages/benchmark/*.html.gz") {
		page := unzipped(b, file)
		pages, size = append(pages, page), size+len(page)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, page := range pages {
			read("https://shop.example/item/1", page)
		}
	}
}
