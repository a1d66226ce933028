package pattern

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"testing"
)

var expressions = []string{
	`(?i)price|kakaku|amount|preis|цена|価格`, `(?i)(^|[\s_-]|price)old|was\b|list[-_]?price`, `[-−]\s?\d{1,2}\s?%`,
	`(^|\s)(not|cannot|nicht)\s`, `a*`, `(ab)+c?`, `x{2,3}y`, `(?i)k|s`, `[あい]う|え`, `(?i:Ab)c`, `a|b|`, `.`, `\bmay\b|\bcould\b`, `(?s)a.b`,
	`:\s*(no|×|無)$|(:|^)0\s*(個|件)?$`, `\b(may|might)\b|お知らせ|通知|x{2}|(a|b)c|if$`, `(?i)\bfee|rate|[^w-]badge|(^|\s)e-?book`, "\uFFFD", `(?i)ſ`, `^$`, `(a|b)(c|d)[ef]`,
}

func TestNeeds(t *testing.T) {
	for expression, want := range map[string][]string{
		`price|preis`:        {"preis", "price"},
		`(?i)Price`:          {"price"},
		`a+bc`:               {"bc"},
		`a*`:                 nil,
		`(x|yy)\d+(abc|abd)`: {"abc", "abd"},
		`new[-_]?price`:      {"new-price", "new_price", "newprice"},
		`[-−]\s*\d{1,2}\s*%`: {"-", "−"},
	} {
		tree, err := syntax.Parse(expression, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		got := needs(tree.Simplify(), folds(tree))
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("every match of %s holds one of %q, want %q", expression, got, want)
		}
	}
}

// Many expressions are asked at once; one of which nothing is known spoils it.
func TestAny(t *testing.T) {
	some := NewAny([]string{"在庫あり", "no"}, MustCompile(`残り\s*\d+個|まもなく(発売|入荷)`))
	for text, want := range map[string]bool{"在庫あり": true, "まもなく入荷": true, "残り3個": true, "now": true, "": false, "在庫": false, "まもなく": false, "x残": false, "n": false} {
		if some.May(text) != want {
			t.Errorf("%q: %t, want %t", text, !want, want)
		}
	}
	if !NewAny(nil, MustCompile(`\pL+`)).May("a") || !NewAny(nil, MustCompile(`(?i)price`)).May("a") {
		t.Error("an expression of which nothing is known is ruled out")
	}
}

// FuzzRegexp compares with package regexp.
func FuzzRegexp(f *testing.F) {
	var ours []*Regexp
	var plain []*regexp.Regexp
	for _, e := range expressions {
		ours, plain = append(ours, MustCompile(e)), append(plain, regexp.MustCompile(e))
	}
	for _, s := range []string{"", "Our PRICE: 10 - 20%", "−5 %", "価格", "K", "ſ", "was it not old", "xxy", "abABabc", "残り0個", "いう", "\xff", "may", "aCe bdf", "PRIſe priK"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for i, r := range ours {
			if got, want := r.MatchString(s), plain[i].MatchString(s); got != want {
				t.Errorf("%s matches %q: %t, want %t", r, s, got, want)
			}
			if got, want := r.MatchText(NewText(s)), plain[i].MatchString(s); got != want {
				t.Errorf("%s matches the text %q: %t, want %t", r, s, got, want)
			}
			if got, want := r.FindStringSubmatch(s), plain[i].FindStringSubmatch(s); !slices.Equal(got, want) {
				t.Errorf("%s in %q: %v, want %v", r, s, got, want)
			}
			if got, want := r.ReplaceAllString(s, "<$0>"), plain[i].ReplaceAllString(s, "<$0>"); got != want {
				t.Errorf("%s replaced in %q: %q, want %q", r, s, got, want)
			}
		}
	})
}
