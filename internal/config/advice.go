package config

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var groupedNumber = regexp.MustCompile(`=\s*([0-9]{1,3}(?:,[0-9]{3})+)\s*(?:#.*)?$`)

// typing says what to type instead of what a Japanese keyboard or a habit puts
// into a line that is not TOML; nothing when none of it is there.
func typing(line string) saying {
	bare := outsideQuotes(line)
	if m := groupedNumber.FindStringSubmatch(strings.TrimRight(halfWidth(bare), " \t\r")); m != nil {
		return saying{"; write the number without commas: %s", []any{strings.ReplaceAll(m[1], ",", "")}}
	}
	for _, r := range bare {
		switch {
		case r == '　':
			return saying{format: "; there is a full-width space: type a normal one"}
		case r == '＝' || r == '［' || r == '］' || r == '＂' || r == '“' || r == '”' || r == '＃':
			return saying{"; there is a full-width %c: type it with the keyboard in half-width mode: %s", []any{r, halfWidth(string(r))}}
		case r >= '０' && r <= '９':
			return saying{"; there are full-width digits: write %s", []any{strings.TrimSpace(halfWidth(bare))}}
		}
	}
	return saying{}
}

// halfWidth writes full-width characters as the keyboard's normal ones, and curly
// quotes as straight ones.
func halfWidth(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '　':
			return ' '
		case r == '“' || r == '”':
			return '"'
		}
		return r
	}, s)
}

// outsideQuotes returns a line without its texts in quotes and without its comment.
func outsideQuotes(line string) string {
	var out strings.Builder
	var quote rune
	escaped := false
	for _, r := range line {
		switch {
		case quote != 0:
			if r == quote && !escaped {
				quote = 0
			}
			escaped = quote == '"' && r == '\\' && !escaped
		case r == '"' || r == '\'':
			quote = r
		case r == '#':
			return out.String()
		case r != utf8.RuneError:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// typedAmount says what to type instead of an amount in quotes that cannot be read.
func typedAmount(text string) saying {
	plain := strings.Map(func(r rune) rune {
		if r == ',' || r == ' ' || r == '円' || r == '¥' || r == '￥' {
			return -1
		}
		return r
	}, strings.ReplaceAll(halfWidth(text), "¥", ""))
	if plain == text || plain == "" || strings.Trim(plain, "0123456789.") != "" {
		return saying{}
	}
	return saying{"; write %s", []any{plain}}
}
