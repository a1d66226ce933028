package page

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// TestMendedJSON reads the broken blocks that another project collected: each
// must give what stands in the .jsonld file beside it.
func TestMendedJSON(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "..", "shared", "pages", "structured-data")
	files, err := filepath.Glob(filepath.Join(dir, "custom.invalid__JSONLD_*.html"))
	if err != nil || len(files) == 0 {
		t.Skipf("the pages are not here: %v", err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(strings.TrimSuffix(file, ".html") + ".jsonld")
		if err != nil {
			t.Fatal(err)
		}
		d := Parse(stock.Page{URL: "https://shop.example/", Body: body})
		var got []any
		for _, s := range d.scripts {
			docs, err := decodeJSON(textOf(s))
			if err != nil {
				t.Errorf("%s: %v", filepath.Base(file), err)
			}
			got = append(got, docs...)
		}
		var want any
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatal(err)
		}
		if list, ok := want.([]any); !ok {
			want = []any{want}
		} else {
			want = list
		}
		if diff := cmp.Diff(want, plainNumbers(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", filepath.Base(file), diff)
		}
	}
}

// plainNumbers turns v into what json.Unmarshal makes of it by default.
func plainNumbers(v any) any {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	var out any
	if err := json.Unmarshal(b, &out); err != nil {
		return err
	}
	return out
}
