package config

import (
	"fmt"
	"strconv"
	"strings"
)

// Limits of fetch.memory: one page of the largest size must fit twice.
const (
	leastMemory = 16 << 20
	mostMemory  = 64 << 30
)

// sizeUnits are what a size may end in.
var sizeUnits = []struct {
	name  string
	bytes int64
}{{"MiB", 1 << 20}, {"GiB", 1 << 30}, {"MB", 1e6}, {"GB", 1e9}}

// size reads a number of bytes such as "64MiB" within limits; 0 when it is not
// there.
func (s *section) size(key string, least, most int64) int64 {
	text := s.text(key, "")
	if text == "" {
		return 0
	}
	n, ok := parseSize(text)
	if !ok || n < least || n > most {
		s.errorf(key, `must be a size from %s to %s such as "64MiB", not %q`, sizeText(least), sizeText(most), text)
		return 0
	}
	return n
}

func parseSize(text string) (n int64, ok bool) {
	for _, u := range sizeUnits {
		if number, ends := strings.CutSuffix(text, u.name); ends {
			f, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
			return int64(f * float64(u.bytes)), err == nil && f > 0 && f < 1e6
		}
	}
	return 0, false
}

func sizeText(n int64) string {
	if n >= 1<<30 {
		return fmt.Sprintf("%dGiB", n>>30)
	}
	return fmt.Sprintf("%dMiB", n>>20)
}
