package stock

import (
	"slices"
	"testing"
)

func TestDecisiveFirst(t *testing.T) {
	says := []string{
		`title: "a"`, `quantity: "24"`, `price 1980 JPY: "1980"`, `offer 2 of 3: the cheapest`, `availability InStock: "sold"`,
		`sale mode lottery: "抽選"`, `availability OutOfStock: "又"`, `shipping free: "true"`, ``, `prices`,
	}
	all := make([]Evidence, len(says))
	for i, s := range says {
		all[i].Says = s
	}
	before := slices.Clone(all)
	want := []int{4, 6, 5, 2, 1, 0, 3, 7, 8, 9}
	for i, e := range DecisiveFirst(all) {
		if e != all[want[i]] {
			t.Errorf("evidence %d is %q, want %q", i, e.Says, says[want[i]])
		}
	}
	if !slices.Equal(all, before) {
		t.Error("DecisiveFirst changed the list that it was given")
	}
	if got := DecisiveFirst(nil); got != nil {
		t.Errorf("of nothing DecisiveFirst makes %v, want nil", got)
	}
}
