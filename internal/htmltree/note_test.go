package htmltree

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// The nodes of a tree have notes of their own, which are zero again on the next page.
func TestNotes(t *testing.T) {
	const text = `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "x"><p class=a>b<template>c</template>`
	for range 2 {
		tree, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if !tree.HasTemplate {
			t.Error("a tree with a template says that it has none")
		}
		for n := range tree.Root.Descendants() {
			if *NoteOf(n) != (Note{}) {
				t.Fatalf("the note of %s is not zero", describe(n))
			}
			*NoteOf(n) = Note{Bits: 1, Class: 2, Size: 3, At: 4, End: 5}
		}
		for n := range tree.Root.Descendants() {
			if n.Type == html.ElementNode && n.Parent == nil || *NoteOf(n) != (Note{1, 2, 3, 4, 5}) {
				t.Fatalf("%s is not as it was, with note %v", describe(n), *NoteOf(n))
			}
		}
		tree.Release()
	}
}

func TestCopy(t *testing.T) {
	const text = `<!DOCTYPE html><title>a</title><p class=b>c<!-- d --><svg viewBox=e><a xlink:href=f>`
	want, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if d := difference(Copy(want).Root, want); d != "" {
		t.Error(d)
	}
}
