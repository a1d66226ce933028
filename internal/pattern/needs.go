package pattern

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	mostTexts = 300 // of which one is looked for
	mostRunes = 12  // of a class of characters that is taken apart
)

// folds reports whether any part of an expression matches letters of either case.
func folds(r *syntax.Regexp) bool {
	return r.Flags&syntax.FoldCase != 0 || slices.ContainsFunc(r.Sub, folds)
}

// alternatives returns the expressions of which one matches wherever r does. What they
// have in common at their begin is part of each.
func alternatives(r *syntax.Regexp) []*syntax.Regexp {
	switch r.Op {
	case syntax.OpCapture:
		return alternatives(r.Sub[0])
	case syntax.OpAlternate:
		var all []*syntax.Regexp
		for _, sub := range r.Sub {
			all = append(all, alternatives(sub)...)
		}
		return all
	case syntax.OpConcat:
		last := len(r.Sub) - 1
		if parts := alternatives(r.Sub[last]); len(parts) > 1 && !slices.ContainsFunc(r.Sub[:last], several) {
			for i, part := range parts {
				parts[i] = &syntax.Regexp{Op: syntax.OpConcat, Flags: r.Flags, Sub: append(slices.Clone(r.Sub[:last]), part)}
			}
			return parts
		}
	}
	return []*syntax.Regexp{r}
}

// several reports whether an expression is more than one character or place.
func several(r *syntax.Regexp) bool {
	return len(r.Sub) > 0
}

// literal reports whether the matches of r are the texts that exactly returns, wherever
// they stand.
func literal(r *syntax.Regexp) bool { return exactly(r, false) != nil && !placed(r) }

// placed reports whether where a match of r stands depends on what is beside it.
func placed(r *syntax.Regexp) bool {
	switch r.Op {
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return true
	}
	return slices.ContainsFunc(r.Sub, placed)
}

// useful reports whether a text that holds none of these tells anything.
func useful(need []string) bool {
	return len(need) > 0 && !slices.Contains(need, "")
}

// needs returns texts of which every match of r holds one; nil where nothing is known.
func needs(r *syntax.Regexp, fold bool) []string {
	if exact := exactly(r, fold); useful(exact) {
		return exact
	}
	switch r.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return needs(r.Sub[0], fold)
	case syntax.OpRepeat:
		if r.Min > 0 {
			return needs(r.Sub[0], fold)
		}
	case syntax.OpAlternate:
		var all []string
		for _, sub := range r.Sub {
			need := needs(sub, fold)
			if !useful(need) || len(all)+len(need) > mostTexts {
				return nil
			}
			all = append(all, need...)
		}
		return all
	case syntax.OpConcat:
		return needsOfConcat(r.Sub, fold)
	}
	return nil
}

// needsOfConcat returns the best of what parts that follow each other need: the longest
// texts of neighbours that are known exactly, or what one part needs.
func needsOfConcat(parts []*syntax.Regexp, fold bool) (best []string) {
	keep := func(need []string) {
		if useful(need) && (best == nil || shortest(need) > shortest(best)) {
			best = need
		}
	}
	run := []string{""}
	for _, part := range parts {
		exact := exactly(part, fold)
		if joined := join(run, exact); joined != nil {
			run = joined
			continue
		}
		keep(run)
		keep(needs(part, fold))
		if run = exact; run == nil {
			run = []string{""}
		}
	}
	keep(run)
	return best
}

func shortest(all []string) int {
	n := len(all[0])
	for _, s := range all {
		n = min(n, len(s))
	}
	return n
}

// exactly returns all texts that r matches, in lower case with fold; nil where they are
// too many.
func exactly(r *syntax.Regexp, fold bool) []string {
	switch r.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return []string{""}
	case syntax.OpLiteral:
		return textOf(string(r.Rune), fold)
	case syntax.OpCharClass:
		return exactlyClass(r.Rune, fold)
	case syntax.OpCapture:
		return exactly(r.Sub[0], fold)
	case syntax.OpQuest:
		if exact := exactly(r.Sub[0], fold); exact != nil {
			return append(slices.Clone(exact), "")
		}
	case syntax.OpConcat:
		all := []string{""}
		for _, sub := range r.Sub {
			if all = join(all, exactly(sub, fold)); all == nil {
				return nil
			}
		}
		return all
	case syntax.OpAlternate:
		var all []string
		for _, sub := range r.Sub {
			exact := exactly(sub, fold)
			if exact == nil || len(all)+len(exact) > mostTexts {
				return nil
			}
			all = append(all, exact...)
		}
		return all
	}
	return nil
}

func exactlyClass(ranges []rune, fold bool) []string {
	var all []string
	for i := 0; i < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			text := textOf(string(r), fold)
			if text == nil || len(all) == mostRunes {
				return nil
			}
			all = append(all, text...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// textOf returns a text as one to look for. With fold, the letters that are no ASCII
// are left to the expression: a text that has any is not judged.
func textOf(s string, fold bool) []string {
	if strings.ContainsRune(s, utf8.RuneError) {
		return nil // stands for any broken byte
	}
	if fold {
		s = strings.Map(unicode.ToLower, s)
	}
	return []string{s}
}

// join returns each text of a followed by each of b; nil where they are too many.
func join(a, b []string) []string {
	if a == nil || b == nil || len(a)*len(b) > mostTexts {
		return nil
	}
	joined := make([]string, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			joined = append(joined, x+y)
		}
	}
	return joined
}
