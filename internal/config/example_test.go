package config

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const exampleFile = "../../config.example.toml"

func TestExampleIsInOrder(t *testing.T) {
	c := load(t, exampleFile)
	if len(c.Products) == 0 || len(c.Channels) == 0 {
		t.Errorf("Load(%s): %d products, %d channels, want some of both", exampleFile, len(c.Products), len(c.Channels))
	}
}

// The example is the manual: it holds every key that there is, and no other.
func TestExampleHoldsEveryKey(t *testing.T) {
	root, _ := parseTree([]byte(everythingInForce(t)), &problems{})
	inExample := map[string]bool{}
	keysOf(root, "", inExample)

	got, want := slices.Sorted(maps.Keys(inExample)), knownKeys(t)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("keys of %s (-known to Load +in the file):\n%s", exampleFile, diff)
	}
}

// What the example shows without a "#", and is not about the products and
// channels that it makes up, is the default: leaving it out changes nothing.
func TestExampleShowsDefaults(t *testing.T) {
	example, least := load(t, exampleFile), load(t, "testdata/good/least.toml")
	for _, c := range []*Config{example, least} {
		c.Path, c.Hash, c.DataDir, c.Products, c.Channels, c.Timezone = "", "", "", nil, nil, nil
		c.Hosts, c.Fetch.TermsAccepted, c.Warnings, c.WarningsJA = nil, nil, nil, nil
	}
	if diff := cmp.Diff(least, example); diff != "" {
		t.Errorf("settings of %s (-defaults +example):\n%s", exampleFile, diff)
	}
}

// everythingInForce returns the example with its commented-out settings
// uncommented: "#" directly before a key or a header.
func everythingInForce(t *testing.T) string {
	t.Helper()
	return uncommented(read(t, exampleFile))
}

func uncommented(text string) string {
	return regexp.MustCompile(`(?m)^#([a-z\[])`).ReplaceAllString(text, "$1")
}

// keysOf collects the generic paths of all settings below a node.
func keysOf(n *node, path string, into map[string]bool) {
	switch {
	case n.array:
		for i, item := range n.items {
			keysOf(item, index(path, i), into)
		}
	case n.form == formTable:
		for _, key := range n.keys.names() {
			below := n.keys.get(key)
			if key == "headers" { // its keys are the user's
				into[join(generic(path), key)] = true
				continue
			}
			keysOf(below, join(path, key), into)
		}
	default:
		section, key, found := cutLast(path)
		if found {
			key = join(generic(section), key)
		}
		into[key] = true
	}
}

func cutLast(path string) (before, after string, found bool) {
	i := strings.LastIndexByte(path, '.')
	if i < 0 {
		return "", path, false
	}
	return path[:i], path[i+1:], true
}

// knownKeys returns what Load looks for in a file with every kind of section and
// channel, without the names of the sections themselves.
func knownKeys(t *testing.T) []string {
	t.Helper()
	t.Setenv("SAINYUKA_TEST_TOKEN", "tk_123")
	r := newReader(abs(t, "testdata/good"), os.LookupEnv)
	r.asked = map[string]bool{}
	if _, err := parse([]byte(read(t, "testdata/good/full.toml")), "full.toml", r); err != nil {
		t.Fatal(err)
	}
	known := slices.Sorted(maps.Keys(r.asked))
	return slices.DeleteFunc(known, func(key string) bool {
		name, isShop := strings.CutPrefix(key, "shop.")
		return strings.HasPrefix(key, `host."`) || isShop && !strings.HasPrefix(name, "*.") || slices.ContainsFunc(known, func(other string) bool {
			return strings.HasPrefix(other, key+".") || strings.HasPrefix(other, key+"[]")
		})
	})
}

// The example in Japanese has the same settings as the one in English, those that are
// commented out too: only the words around them are others.
func TestExamplesAreEqual(t *testing.T) {
	settings := func(file string) (inForce, all *node) {
		text := read(t, file)
		inForce, _ = parseTree([]byte(text), &problems{})
		all, _ = parseTree([]byte(uncommented(text)), &problems{})
		return inForce, all
	}
	const japanese = "../../config.example.ja.toml"
	inForce, all := settings(exampleFile)
	inForceJA, allJA := settings(japanese)
	for what, trees := range map[string][2]*node{"in force": {inForce, inForceJA}, "all": {all, allJA}} {
		want, got := map[string]string{}, map[string]string{}
		valuesOf(trees[0], "", want)
		valuesOf(trees[1], "", got)
		if len(want) < 20 {
			t.Errorf("settings %s of %s: %d, want at least 20", what, exampleFile, len(want))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("settings %s of %s (-%s +that):\n%s", what, japanese, exampleFile, diff)
		}
	}
}

// valuesOf collects all settings below a node, each as it is written.
func valuesOf(n *node, path string, into map[string]string) {
	for _, key := range n.keys.names() {
		below := n.keys.get(key)
		valuesOf(below, join(path, key), into)
	}
	for i, item := range n.items {
		valuesOf(item, index(path, i), into)
	}
	if n.form != formTable && n.form != formList {
		into[path] = n.text
	}
}
