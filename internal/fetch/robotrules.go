package fetch

import (
	"bytes"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxCrawlDelay is the longest Crawl-delay that is kept. Longer ones are meant
// for crawlers that walk whole sites.
const maxCrawlDelay = time.Minute

// robotRules is what one robots.txt says to one robot, by RFC 9309. The zero
// value allows everything.
type robotRules struct {
	rules []robotRule
	delay time.Duration
}

// robotRule is one Allow or Disallow line. Its pattern is in canonical form.
type robotRule struct {
	pattern string
	allow   bool
}

func (r robotRule) String() string {
	if r.allow {
		return "Allow: " + r.pattern
	}
	return "Disallow: " + r.pattern
}

// parseRobots reads the rules for a robot, named by its product token. Lines that
// make no sense are skipped one by one, as the RFC has it; whoever stumbles over
// one and drops the file would ask what he was told not to.
func parseRobots(file []byte, token string) robotRules {
	var own, any robotGroup
	var mine, all, inRules bool // what the group that we are in speaks for
	for line := range bytes.FieldsFuncSeq(file, func(r rune) bool { return r == '\n' || r == '\r' }) {
		key, value, ok := robotLine(line)
		switch {
		case !ok:
			continue
		case key == "user-agent":
			if inRules {
				mine, all, inRules = false, false, false
			}
			if value == "*" {
				all, any.seen = true, true
			} else if strings.EqualFold(productToken(value), token) {
				mine, own.seen = true, true
			}
			continue
		case key != "allow" && key != "disallow" && key != "crawl-delay":
			continue
		}
		inRules = true
		if mine {
			own.add(key, value)
		}
		if all {
			any.add(key, value)
		}
	}
	if own.seen {
		return own.robotRules
	}
	return any.robotRules
}

// robotGroup gathers all groups of a file that speak to the same robot.
type robotGroup struct {
	robotRules
	seen bool
}

func (g *robotGroup) add(key, value string) {
	if key == "crawl-delay" {
		if s, err := strconv.ParseFloat(value, 64); err == nil && s > 0 {
			g.delay = time.Duration(min(s, maxCrawlDelay.Seconds()) * float64(time.Second))
		}
		return
	}
	if value == "" {
		return // "Disallow:" alone forbids nothing
	}
	if value[0] != '/' && value[0] != '*' {
		value = "/" + value
	}
	g.rules = append(g.rules, robotRule{pattern: canonicalPath(value), allow: key == "allow"})
}

// robotLine splits "Key: value # comment".
func robotLine(line []byte) (key, value string, ok bool) {
	line, _, _ = bytes.Cut(line, []byte("#"))
	k, v, ok := bytes.Cut(line, []byte(":"))
	k = bytes.TrimPrefix(k, []byte("\uFEFF"))
	key = strings.ToLower(string(bytes.TrimSpace(k)))
	switch key {
	case "useragent":
		key = "user-agent"
	case "crawldelay":
		key = "crawl-delay"
	}
	return key, string(bytes.TrimSpace(v)), ok
}

// productToken returns the name at the start of a User-Agent: "sainyuka" of
// "sainyuka/1.2 (+https://example.org)".
func productToken(agent string) string {
	end := strings.IndexFunc(agent, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	})
	if end >= 0 {
		agent = agent[:end]
	}
	return agent
}

// forbids returns the rule that keeps u from being asked. The longest pattern that
// matches decides; of two as long the one that allows.
func (r robotRules) forbids(u *url.URL) (rule robotRule, forbidden bool) {
	if len(r.rules) == 0 {
		return robotRule{}, false
	}
	path := u.EscapedPath()
	if path == "/robots.txt" {
		return robotRule{}, false
	}
	if u.RawQuery != "" || u.ForceQuery {
		path += "?" + u.RawQuery
	}
	path = canonicalPath(path)
	for _, candidate := range r.rules {
		longer := len(candidate.pattern) > len(rule.pattern) || len(candidate.pattern) == len(rule.pattern) && candidate.allow
		if longer && matchRobots(candidate.pattern, path) {
			rule = candidate
		}
	}
	return rule, rule.pattern != "" && !rule.allow
}

// matchRobots reports whether pattern matches the beginning of path. "*" stands
// for any characters, and "$" at the end for the end of the path.
func matchRobots(pattern, path string) bool {
	pattern, whole := strings.CutSuffix(pattern, "$")
	parts := strings.Split(pattern, "*")
	rest, ok := strings.CutPrefix(path, parts[0])
	if !ok {
		return false
	}
	if len(parts) == 1 {
		return !whole || rest == ""
	}
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		_, after, found := strings.Cut(rest, part)
		if !found {
			return false
		}
		rest = after
	}
	if whole {
		return strings.HasSuffix(rest, parts[last])
	}
	return strings.Contains(rest, parts[last])
}

// canonicalPath writes a path or pattern so that two spellings of one path are
// equal: what needs an escape has one, in upper case, and nothing else has.
func canonicalPath(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' && i+2 < len(s) {
			if v, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				writeOctet(&b, byte(v), true)
				i += 2
				continue
			}
		}
		writeOctet(&b, c, false)
	}
	return b.String()
}

func writeOctet(b *strings.Builder, c byte, escaped bool) {
	const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	switch {
	case strings.IndexByte(unreserved, c) >= 0:
		b.WriteByte(c)
	case escaped || c <= ' ' || c >= 0x7f:
		fmt.Fprintf(b, "%%%02X", c)
	default:
		b.WriteByte(c)
	}
}
