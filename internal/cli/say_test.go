package cli

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Every message and every command's line is in Japanese, with places for the same
// arguments, and the table has no other.
func TestEveryMessageIsInJapanese(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{ // of cmd/sainyuka
		"watch and ring until stopped; SIGHUP reads the configuration again": true,
		"the same on a simulated street of shops: no account, no internet":   true,
		"end by itself after this `TIME`; 0: when interrupted":               true,
		"`ADDRESS` of the dashboard":                                         true,
		"show the log":                                                       true,
	}
	want := func(format string) {
		if _, ok := japanese[format]; !ok {
			t.Errorf("%q has no words in Japanese: add it to japanese.go", format)
		}
	}
	for _, c := range Tools() {
		want(c.Short)
	}
	for _, name := range names {
		if name == "japanese.go" || name == "japaneseoutput.go" || strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(gotoken.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if text, ok := literal(n); ok {
				used[text] = true
			}
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			if text, ok := flagText(call); ok {
				want(text)
			}
			if f, ok := call.Fun.(*ast.Ident); ok && (f.Name == "say" || f.Name == "usagef") {
				if text, ok := literal(call.Args[0]); ok {
					want(text)
				}
			}
			return true
		})
	}
	for en, ja := range japanese {
		if !used[en] {
			t.Errorf("japanese.go has %q, which nothing says", en)
		}
		if got, want := places(ja), places(en); !slices.Equal(got, want) {
			t.Errorf("%q has places for %v, want %v as in %q", ja, got, want, en)
		}
	}
}

// flagText returns what a call that defines a flag says of it.
func flagText(call *ast.CallExpr) (string, bool) {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) < 3 {
		return "", false
	}
	set, ok := f.X.(*ast.Ident)
	if !ok || !slices.Contains([]string{"fs", "fset", "flags"}, set.Name) {
		return "", false
	}
	return literal(call.Args[len(call.Args)-1])
}

// literal returns the text of a literal.
func literal(n ast.Node) (string, bool) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != gotoken.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

var verb = regexp.MustCompile(`%(?:\[(\d+)\])?([a-z])`)

// places returns the verbs of a format, in the order of the arguments.
func places(format string) []string {
	var list []string
	next := 1
	for _, m := range verb.FindAllStringSubmatch(strings.ReplaceAll(format, "%w", "%v"), -1) {
		n := next
		if m[1] != "" {
			n, _ = strconv.Atoi(m[1])
		}
		list = append(list, strconv.Itoa(n)+m[2])
		next = n + 1
	}
	slices.Sort(list)
	return list
}

func TestUsageIsSaidInTheLanguageOfTheEnvironment(t *testing.T) {
	for lang, want := range map[string]string{
		"ja_JP.UTF-8": "sainyuka: add にはページの URL が必要です\n",
		"en_US.UTF-8": "sainyuka: add needs the URL of a page\n",
	} {
		t.Setenv("LC_ALL", lang)
		var out strings.Builder
		env := Env{Program: "sainyuka", Stdout: &out, Stderr: &out}
		if code := Main(t.Context(), env, Tools(), []string{"add"}); code != 2 || out.String() != want {
			t.Errorf("add without a URL in %s: code %d, %q, want 2 and %q", lang, code, out.String(), want)
		}
	}
}

// What -h prints is in the language of the environment, flags too.
func TestHelpIsSaidInTheLanguageOfTheEnvironment(t *testing.T) {
	t.Setenv("LC_ALL", "")
	t.Setenv("LANG", "ja_JP.UTF-8")
	for _, c := range Tools() {
		help := helpOf(t.Context(), Env{Program: "sainyuka"}, c)
		for _, english := range []string{"usage:", "flags:", "examples:", c.Short, "the configuration `FILE`", "�"} {
			if english != "" && strings.Contains(help, english) {
				t.Errorf("%s -h says %q in Japanese surroundings:\n%s", c.Name, english, help)
			}
		}
	}
}
