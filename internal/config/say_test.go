package config

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sayers are the functions and types that say something, to the place of the format
// among their arguments or members.
var sayers = map[string]int{"errorf": 1, "warn": -1, "add": 2, "missing": -1, "sayf": 0}

// Every message has its words in Japanese, with places for the same arguments, and
// the table has no other.
func TestEveryMessageIsInJapanese(t *testing.T) {
	used := map[string]bool{}
	for _, f := range sources(t) {
		ast.Inspect(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, err := strconv.Unquote(lit.Value); err == nil {
					used[text] = true
				}
			}
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			for _, format := range formatsOf(call) {
				if _, ok := japanese[format]; !ok {
					t.Errorf("the message %q has no words in Japanese: add it to japanese.go", format)
				}
			}
			return true
		})
	}
	for en, ja := range japanese {
		if !used[en] {
			t.Errorf("japanese.go has %q, which no message says", en)
		}
		if got, want := verbs(ja), verbs(en); !slices.Equal(got, want) {
			t.Errorf("%q has places for %v, want %v as in %q", ja, got, want, en)
		}
		if strings.Contains(en, "unknown") && !strings.Contains(ja, "unknown") {
			t.Errorf("%q does not say unknown, which programs look for", ja)
		}
	}
}

// sources parses the package's files but for the table and the tests.
func sources(t *testing.T) []*ast.File {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range names {
		if name == "japanese.go" || strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

// formatsOf returns the literal formats of a call that says something: the text
// literal that stands where its format does.
func formatsOf(call *ast.CallExpr) []string {
	name := ""
	switch f := call.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
	}
	at, says := sayers[name]
	if !says {
		return nil
	}
	for i, arg := range call.Args {
		lit, ok := arg.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING || at >= 0 && i != at || at < 0 && i == 0 {
			continue
		}
		if text, err := strconv.Unquote(lit.Value); err == nil && (at >= 0 || strings.Contains(text, " ")) {
			return []string{text}
		}
	}
	return nil
}

var verb = regexp.MustCompile(`%(?:\[(\d+)\])?([a-z%])`)

// verbs returns the places of a format, in the order of the arguments.
func verbs(format string) []string {
	var list []string
	next := 1
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[2] == "%" {
			continue
		}
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

// A file's mistakes are said in its language, and whatever it asks for, the message
// about an unknown key says unknown.
func TestMistakesAreSaidInBothLanguages(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.toml")
	text := "language = \"ja\"\nlangage = 1\n[web]\nlisten = 5\n[[channel]]\nid = \"log\"\ntype = \"logg\"\n[[product]]\nid = \"A b\"\nmax_price = \"much\"\n[[product.watch]]\nurl = \"ftp://x.example/\"\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Load(path)
	wrong, ok := err.(MistakesError) //nolint:errorlint // it is not wrapped
	if !ok || wrong.Language != "ja" {
		t.Fatalf("Load: %v, want mistakes in a file in Japanese", err)
	}
	want := []string{
		`:2: langage: 不明なキー (unknown)。"language" のことですか`,
		`:4: web.listen: 引用符で囲んだ文字列 でなければなりません（整数 ではなく）`,
		`:7: channel[0].type: 不明な種別 (unknown) "logg"。"log" のことですか`,
		`:9: product[0].id: a-z、0-9、- を1〜32文字にしてください（"A b" ではなく）`,
		`:12: product[0].watch[0].url: https://またはhttp:// で始めてください（"ftp://" ではなく）`,
	}
	got := wrong.In("ja")
	for _, w := range want {
		if !strings.Contains(got, path+w) {
			t.Errorf("in Japanese:\n%s\nwant the line %q", got, w)
		}
	}
	if !strings.Contains(wrong.In("en"), `:2: langage: unknown key; did you mean "language"?`) {
		t.Errorf("in English:\n%s\nwant the unknown key", wrong.In("en"))
	}
}
