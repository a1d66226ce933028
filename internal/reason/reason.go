// Package reason says in Japanese why a page could not be read and why it was
// looked at. Those who find a reason write it in English, once: that text is
// what logs, JSON and records hold, and it does not change with the language of a
// dashboard. Here is its Japanese, for people.
//
// It knows texts, and for each outcome what a user can do about it, and decides nothing. A test holds its table
// against every reason that the code can give.
package reason

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// Japanese returns a reason in Japanese. What another version wrote, or a shop
// said, stays as it is.
func Japanese(text string) string {
	if ja, ok := translated(text); ok {
		return ja
	}
	parts := strings.Split(text, "; ")
	known := false
	for i, part := range parts {
		if ja, ok := translated(part); ok {
			parts[i], known = ja, true
		}
	}
	if !known {
		return text
	}
	return strings.Join(parts, "／")
}

// pair is a text in both languages. {} in the English one stands for a fact, or
// for another reason; {1} in the Japanese one is the first of these.
type pair struct{ english, japanese string }

// pattern is a pair ready to be matched.
type pattern struct {
	english  *regexp.Regexp
	japanese string
}

var patterns = sync.OnceValue(func() []pattern {
	var all []pattern
	for _, p := range texts() {
		expr := strings.ReplaceAll(regexp.QuoteMeta(p.english), `\{\}`, `(.+?)`)
		all = append(all, pattern{regexp.MustCompile(`^(?s:` + expr + `)$`), p.japanese})
	}
	return all
})

// translated returns the Japanese of one reason that the table has. Facts in it
// that are reasons themselves are translated too.
func translated(text string) (string, bool) {
	for _, p := range patterns() {
		m := p.english.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		ja := p.japanese
		for i, fact := range m[1:] {
			ja = strings.ReplaceAll(ja, "{"+strconv.Itoa(i+1)+"}", Japanese(fact))
		}
		return ja, true
	}
	return "", false
}

// texts are all reasons. The first that fits is taken, so that those made of other
// reasons come last.
func texts() []pair {
	var all []pair
	for _, list := range [][]pair{looks, answers, shops, apis, network, browser, addresses, outcomes, methods} {
		all = append(all, list...)
	}
	return append(all, joined...)
}
