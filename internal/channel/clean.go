package channel

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// maxCluster is more than any grapheme cluster that means something (a family
// of four with skin tones has 41 bytes); longer ones are piles of accents.
const maxCluster = 64

// Clean makes one harmless line of text that a shop wrote: valid UTF-8, no
// control or direction characters, every run of white space one space, at most
// max grapheme clusters.
func Clean(s string, maxClusters int) string {
	if limit := maxClusters * maxCluster; len(s) > limit { // what follows can never be shown
		s = s[:limit]
	}
	s = strings.ToValidUTF8(s, "")
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == zeroWidthJoiner: // holds emoji together
			return r
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co):
			return -1
		}
		return r
	}, s)
	return cutClusters(strings.Join(strings.Fields(s), " "), maxClusters)
}

const zeroWidthJoiner = '\u200d'

// ipv4 finds what an app would take for an address to open.
var ipv4 = regexp.MustCompile(`\d+\.\d+\.\d+\.\d+`)

// CleanShopText is Clean for text that a shop wrote. It breaks what a phone would turn
// into a link by itself, since the only link of an alert is the one that was
// checked: every "://", and every dot inside what could be a host name.
func CleanShopText(s string, maxClusters int) string {
	s = strings.ReplaceAll(Clean(s, maxClusters), "://", ": //")
	s = ipv4.ReplaceAllStringFunc(s, func(m string) string { return strings.ReplaceAll(m, ".", ". ") })
	var b strings.Builder
	before := ' '
	for i, r := range s {
		b.WriteRune(r)
		next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		if strings.ContainsRune(".．。｡", r) && hostRune(before) && unicode.IsLetter(next) {
			b.WriteByte(' ')
		}
		before = r
	}
	return b.String()
}

func hostRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_'
}

// cutClusters cuts s to n grapheme clusters, the last one an ellipsis when
// something was cut.
func cutClusters(s string, n int) string {
	var b strings.Builder
	state, rest, cluster := -1, s, ""
	for count := 1; rest != ""; count++ {
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if count == n && rest != "" {
			return b.String() + "…"
		}
		if len(cluster) > maxCluster {
			r, _ := utf8.DecodeRuneInString(cluster)
			cluster = string(r)
		}
		b.WriteString(cluster)
	}
	return b.String()
}

// CutBytes cuts s to at most n bytes at the edge of a grapheme cluster, so that
// no character and no emoji is torn. A cut text ends in an ellipsis.
func CutBytes(s string, n int) string {
	if len(s) <= n { // most are, and need no look at each cluster
		return s
	}
	return Cut(s, n, func(cluster string) int { return len(cluster) })
}

// Cut is CutBytes for a service that counts otherwise: size returns how much of
// its limit a grapheme cluster takes up, with all that the channel writes for it.
func Cut(s string, n int, size func(cluster string) int) string {
	const ellipsis = "…"
	room := n - size(ellipsis)
	kept, whole, used, state, rest, cluster := 0, 0, 0, -1, s, ""
	for rest != "" {
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		used += size(cluster)
		if used > n && room < 0 { // not even the ellipsis fits
			return ""
		}
		if used > n {
			return s[:kept] + ellipsis
		}
		whole += len(cluster)
		if used <= room {
			kept = whole
		}
	}
	return s
}

// UTF16 returns the length of s in UTF-16 code units.
func UTF16(s string) int {
	n := 0
	for _, r := range s {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}
