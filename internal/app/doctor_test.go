package app

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// Every finding has words in both languages, with the same places.
func TestDoctorsWords(t *testing.T) {
	if en, ja := slices.Sorted(maps.Keys(doctorEN)), slices.Sorted(maps.Keys(doctorJA)); !slices.Equal(en, ja) {
		t.Fatalf("findings in English %v, in Japanese %v: want the same", en, ja)
	}
	for code, en := range doctorEN {
		for _, place := range []string{"{n}", "{store}", "{names}"} {
			if strings.Contains(en, place) != strings.Contains(doctorJA[code], place) {
				t.Errorf("%s: %s stands in one language only", code, place)
			}
		}
	}
}
