package config

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func load(t *testing.T, path string) *Config {
	t.Helper()
	c, err := Load(path)
	if err != nil {
		t.Fatalf("Load(%s): %v", path, err)
	}
	return c
}

func read(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func abs(t *testing.T, path string) string {
	t.Helper()
	full, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return full
}

// compare leaves out the hash and the warnings, which have tests of their own, and the time zone. Of
// other zones the inside is nobody's business.
func compare(t *testing.T, got, want *Config) {
	t.Helper()
	c := *got
	c.Hash, c.Timezone, c.Warnings, c.WarningsJA = "", nil, nil, nil
	byName := cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })
	if diff := cmp.Diff(want, &c, byName); diff != "" {
		t.Errorf("Load(%s) (-want +got):\n%s", got.Path, diff)
	}
}
