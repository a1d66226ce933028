package fetch

import (
	"bytes"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/temoto/robotstxt"
	"pgregory.net/rapid"
)

// robotsSays returns what a robots.txt says of a path: the rule that decides, or
// "" when none does.
func robotsSays(t testing.TB, file, path string) (rule string, forbidden bool) {
	t.Helper()
	u, err := url.Parse("https://shop.example" + path)
	if err != nil {
		t.Fatal(err)
	}
	r, forbidden := parseRobots([]byte(file), "sainyuka").forbids(u)
	if r.pattern == "" {
		return "", forbidden
	}
	return r.String(), forbidden
}

func TestRobotRules(t *testing.T) {
	tests := []struct {
		name, file, path, rule string
	}{
		{"empty file", "", "/a", ""},
		{"any robot", "User-agent: *\nDisallow: /a", "/a/b", "Disallow: /a"},
		{"other path", "User-agent: *\nDisallow: /a", "/b", ""},
		{"empty disallow", "User-agent: *\nDisallow:", "/a", ""},
		{"our name", "User-agent: Sainyuka\nDisallow: /\n\nUser-agent: *\nAllow: /", "/a", "Disallow: /"},
		{"our name with a version", "User-agent: sainyuka/2.0\nDisallow: /", "/a", "Disallow: /"},
		{"our name frees from the rest", "User-agent: *\nDisallow: /\n\nUser-agent: sainyuka\nDisallow: /cart", "/a", ""},
		{"our name alone frees", "User-agent: *\nDisallow: /\n\nUser-agent: sainyuka\nDisallow:", "/a", ""},
		{"part of our name", "User-agent: sai\nDisallow: /", "/a", ""},
		{"more than our name", "User-agent: sainyukabot\nDisallow: /", "/a", ""},
		{"one group for two", "User-agent: other\nUser-agent: sainyuka\nDisallow: /a", "/a", "Disallow: /a"},
		{"two groups for one", "User-agent: sainyuka\nDisallow: /a\nUser-agent: x\nDisallow: /b\nUser-agent: sainyuka\nDisallow: /c", "/c", "Disallow: /c"},
		{"another's rules", "User-agent: sainyuka\nDisallow: /a\nUser-agent: x\nDisallow: /b", "/b", ""},
		{"blank lines do not end a group", "User-agent: *\n\n\nDisallow: /a", "/a", "Disallow: /a"},
		{"other lines do not end one", "User-agent: *\nSitemap: https://shop.example/s.xml\nDisallow: /a", "/a", "Disallow: /a"},
		{"crawl-delay ends the names", "User-agent: *\nCrawl-delay: 5\nUser-agent: x\nDisallow: /", "/a", ""},
		{"rules before any name", "Disallow: /\nUser-agent: *\nDisallow: /b", "/a", ""},
		{"a broken line spoils nothing", "nonsense\nUser-agent: *\nCrawl-delay: soon\n: :\nDisallow: /a", "/a", "Disallow: /a"},
		{"longest wins", "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /a/b/c", "/a/b/x", "Allow: /a/b"},
		{"longest wins, order aside", "User-agent: *\nDisallow: /a/b/c\nAllow: /a/b\nDisallow: /a", "/a/b/c", "Disallow: /a/b/c"},
		{"tie allows", "User-agent: *\nDisallow: /a\nAllow: /a", "/a", "Allow: /a"},
		{"case counts in paths", "User-agent: *\nDisallow: /A", "/a", ""},
		{"case and blanks do not in keys", "uSeR-AgEnT :  * \ndisALLOW :  /a ", "/a", "Disallow: /a"},
		{"comment", "User-agent: * # all\nDisallow: /a # not this", "/a", "Disallow: /a"},
		{"byte order mark", "\uFEFFUser-agent: *\nDisallow: /a", "/a", "Disallow: /a"},
		{"carriage returns", "User-agent: *\r\nDisallow: /a\rDisallow: /b", "/b", "Disallow: /b"},
		{"missing slash", "User-agent: *\nDisallow: a", "/a", "Disallow: /a"},
		{"star", "User-agent: *\nDisallow: /*.php", "/x/y.php?z", "Disallow: /*.php"},
		{"star is anchored at the start", "User-agent: *\nDisallow: /p*x", "/foo/pax", ""},
		{"star alone", "User-agent: *\nDisallow: *", "/a", "Disallow: *"},
		{"end", "User-agent: *\nDisallow: /a$", "/a", "Disallow: /a$"},
		{"end is the end", "User-agent: *\nDisallow: /a$", "/ab", ""},
		{"star and end", "User-agent: *\nDisallow: /*.gif$", "/a.gif.gif", "Disallow: /*.gif$"},
		{"star and end, longer", "User-agent: *\nDisallow: /*.gif$", "/a.gifs", ""},
		{"dollar inside", "User-agent: *\nDisallow: /a$b", "/a$b", "Disallow: /a$b"},
		{"star takes nothing twice", "User-agent: *\nDisallow: /*ab*ab$", "/ab", ""},
		{"query", "User-agent: *\nDisallow: /search?*jan=", "/search?a=1&jan=2", "Disallow: /search?*jan="},
		{"dot path", "User-agent: *\nDisallow: /.", "/a", ""},
		{"escaped", "User-agent: *\nDisallow: /%e5%86%8d", "/%E5%86%8D", "Disallow: /%E5%86%8D"},
		{"written out", "User-agent: *\nDisallow: /再", "/%e5%86%8d", "Disallow: /%E5%86%8D"},
		{"escaped for no reason", "User-agent: *\nDisallow: /%61", "/a", "Disallow: /a"},
		{"an escaped slash is none", "User-agent: *\nDisallow: /a%2Fb", "/a/b", ""},
		{"robots.txt itself", "User-agent: *\nDisallow: /", "/robots.txt", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rule, forbidden := robotsSays(t, tt.file, tt.path)
			if rule != tt.rule || forbidden != strings.HasPrefix(tt.rule, "Disallow") {
				t.Errorf("for %s %q decides %q, forbidden %t; want %q", tt.path, tt.file, rule, forbidden, tt.rule)
			}
		})
	}
}

func TestCrawlDelay(t *testing.T) {
	tests := []struct {
		value string
		want  time.Duration
	}{
		{"10", 10 * time.Second},
		{"0.5", 500 * time.Millisecond},
		{"86400", time.Minute},
		{"1e300", time.Minute},
		{"0", 0},
		{"-1", 0},
		{"NaN", 0},
		{"soon", 0},
		{"", 0},
	}
	for _, tt := range tests {
		if got := parseRobots([]byte("User-agent: *\nCrawl-delay: "+tt.value), "sainyuka").delay; got != tt.want {
			t.Errorf("Crawl-delay: %s is read as %s, want %s", tt.value, got, tt.want)
		}
	}
}

func TestProductToken(t *testing.T) {
	for agent, want := range map[string]string{
		"sainyuka/1.2 (+https://sainyuka.example)": "sainyuka",
		"sainyuka":         "sainyuka",
		"My_Bot-2 (x)":     "My_Bot-2",
		"/1.2":             "",
		"":                 "",
		"sainyuka; extra.": "sainyuka",
	} {
		if got := productToken(agent); got != want {
			t.Errorf("productToken(%q) = %q, want %q", agent, got, want)
		}
	}
}

// On files of plain prefixes an independent implementation agrees.
func TestRobotRulesAgree(t *testing.T) {
	path := rapid.StringMatching(`/[ab]{0,3}(/[ab]{0,2})?`)
	rapid.Check(t, func(t *rapid.T) {
		var file bytes.Buffer
		allowed := make(map[string]bool) // no pattern twice: on ties the other one forbids, the RFC allows
		for range rapid.IntRange(1, 3).Draw(t, "groups") {
			file.WriteString("User-agent: " + rapid.SampledFrom([]string{"*", "sainyuka", "other"}).Draw(t, "agent") + "\n")
			for range rapid.IntRange(1, 4).Draw(t, "rules") {
				pattern := path.Draw(t, "pattern")
				allow, known := allowed[pattern]
				if !known {
					allow = rapid.Bool().Draw(t, "allow")
					allowed[pattern] = allow
				}
				file.WriteString(map[bool]string{true: "Allow: ", false: "Disallow: "}[allow] + pattern + "\n")
			}
		}
		other, err := robotstxt.FromBytes(file.Bytes())
		if err != nil {
			t.Fatalf("%s: %v", &file, err)
		}
		asked := path.Draw(t, "path")
		_, forbidden := parseRobots(file.Bytes(), "sainyuka").forbids(&url.URL{Path: asked})
		if want := !other.TestAgent(asked, "sainyuka"); forbidden != want {
			t.Errorf("%s of\n%s forbidden: %t, robotstxt says %t", asked, &file, forbidden, want)
		}
	})
}

// A hostile file cannot make matching slow: a pattern of many stars is tried once
// per star, not once per combination.
func TestMatchRobotsManyStars(t *testing.T) {
	pattern := "/" + strings.Repeat("*a", 50_000) + "b$"
	if matchRobots(pattern, "/"+strings.Repeat("a", 100_000)) {
		t.Error("matched a path without b")
	}
}

func FuzzParseRobots(f *testing.F) {
	f.Add([]byte("User-agent: *\nDisallow: /*a*$\nAllow: /%E3%zz\nCrawl-delay: 1"), "/a?b")
	f.Fuzz(func(t *testing.T, file []byte, path string) {
		u := &url.URL{Path: "/" + path}
		rules := parseRobots(file, "sainyuka")
		if rule, forbidden := rules.forbids(u); forbidden && !matchRobots(rule.pattern, canonicalPath(u.EscapedPath())) {
			t.Errorf("%q forbids %q and does not match it", rule, u)
		}
		if rules.delay < 0 || rules.delay > maxCrawlDelay {
			t.Errorf("delay %s", rules.delay)
		}
	})
}
