package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestVersionOfTheChanges(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"# Changelog\n\n## Unreleased\n\n## 0.2.0\n\n## 0.1.0\n", "0.2.0"},
		{"## [1.10.3] - 2026-12-01\n", "1.10.3"},
		{"## Unreleased\n", ""},
		{"### 0.1.0\n", ""},
	} {
		got, err := newestVersion([]byte(tt.text))
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("newestVersion(%q) = %q, %v; want %q", tt.text, got, err, tt.want)
		}
	}
}

func TestTargets(t *testing.T) {
	got, err := chooseTargets("linux/arm/7, windows/amd64", allTargets())
	if want := []target{{"linux", "arm", "7"}, {"windows", "amd64", ""}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("chooseTargets = %v, %v; want %v", got, err, want)
	}
	if got, err := chooseTargets("plan9/amd64", allTargets()); err == nil {
		t.Errorf("chooseTargets(plan9/amd64) = %v, want an error that names the targets", got)
	}
	for _, tt := range []struct{ target, name, debian string }{
		{"linux/amd64", "linux-amd64", "amd64"},
		{"linux/arm/7", "linux-armv7", "armhf"},
		{"linux/arm64", "linux-arm64", "arm64"},
		{"darwin/arm64", "darwin-arm64", ""},
	} {
		chosen, err := chooseTargets(tt.target, allTargets())
		if err != nil || chosen[0].name() != tt.name || chosen[0].debian() != tt.debian {
			t.Errorf("%s: %v, %q, %q; want %q, %q", tt.target, err, chosen[0].name(), chosen[0].debian(), tt.name, tt.debian)
		}
	}
}

func TestOnlyAFolderOfAReleaseIsEmptied(t *testing.T) {
	dir := t.TempDir()
	kept := filepath.Join(dir, "letter.txt")
	if err := os.WriteFile(kept, []byte("dear"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := emptyFolder(dir); err == nil || !exists(kept) {
		t.Errorf("emptyFolder of somebody's files: %v, want an error and the files", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := emptyFolder(dir); err != nil || exists(kept) {
		t.Errorf("emptyFolder of an earlier release: %v, and its file is there: %v", err, exists(kept))
	}
}

func TestArchivesAreTheSameWheneverTheyAreMade(t *testing.T) {
	r := &release{source: source{version: "0.1.0"}}
	members := []member{{"a/b", 0o755, []byte("program")}, {"a/c", 0o644, []byte("text")}}
	for name, pack := range map[string]func([]member) ([]byte, error){"tar": r.tarball, "zip": r.zipFile} {
		first, err := pack(members)
		if err != nil {
			t.Fatal(err)
		}
		if second, err := pack(members); err != nil || !slices.Equal(first, second) {
			t.Errorf("%s: packed twice: %v, equal: %v", name, err, slices.Equal(first, second))
		}
	}
}
