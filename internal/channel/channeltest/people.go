package channeltest

import (
	"fmt"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/channel"
)

// Buttons are what a message may have besides its link.
func Buttons() []channel.Action {
	return []channel.Action{
		{Label: "1時間通知しない", URL: "https://box.example/a/mute?t=1", Kind: "mute"},
		{Label: "この商品をやめる", URL: "https://box.example/a/stop?t=2", Kind: "stop"},
	}
}

// show sends one message to a model of the service and returns what people see.
func (c Contract) show(t *testing.T, m channel.Message) (Shown, error) {
	t.Helper()
	service := c.Service(t)
	s := httptest.NewServer(service)
	defer s.Close()
	if _, err := c.New(s.URL, s.Client()).Send(t.Context(), m); err != nil {
		return Shown{}, err
	}
	all := service.Shown()
	if len(all) != 1 {
		t.Fatalf("one Send was shown %d times", len(all))
	}
	return all[0], nil
}

// shown sends every message that can come up: nothing is lost that fits, and
// nothing can be opened but the link and the buttons.
func (c Contract) shown(t *testing.T) {
	messages := Messages(t)
	buttons := messages["usual"]
	buttons.Actions = Buttons()
	messages["buttons"] = buttons
	silent := messages["usual"]
	silent.Silent = true
	messages["silent"] = silent
	for name, m := range messages {
		got, err := c.show(t, m)
		if err != nil {
			t.Errorf("%s: Send = %v, want it taken", name, err)
			continue
		}
		if !strings.Contains(got.Text, m.Title) {
			t.Errorf("%s: shown\n%s\nwant the title %q in it", name, got.Text, m.Title)
		}
		if utf8.RuneCountInString(m.Body) < 800 && !strings.Contains(got.Text, m.Body) {
			t.Errorf("%s: shown\n%s\nwant in it\n%s", name, got.Text, m.Body)
		}
		if i := strings.IndexFunc(got.Text, invisible); i >= 0 {
			t.Errorf("%s: shown %q, which has an invisible character at %d", name, got.Text, i)
		}
		c.links(t, name, got, m)
	}
}

// invisible reports characters that an alert has no use for: line feeds and the
// joiner of emoji aside, none.
func invisible(r rune) bool {
	return r != '\n' && r != '\u200d' && unicode.In(r, unicode.Cc, unicode.Cf)
}

func (c Contract) links(t *testing.T, name string, got Shown, m channel.Message) {
	t.Helper()
	allowed := []string{m.URL}
	for _, a := range m.Actions {
		allowed = append(allowed, a.URL)
	}
	for _, link := range got.Links {
		if !slices.Contains(allowed, link) {
			t.Errorf("%s: %q can be opened, want none but %q", name, link, allowed)
		}
	}
	if m.URL != "" && !slices.Contains(got.Links, m.URL) {
		t.Errorf("%s: %q can be opened, want the link %q among them", name, got.Links, m.URL)
	}
}

// hostileTexts are markup and commands of one service or another.
var hostileTexts = []string{
	"<script>alert(1)</script>", "<b>x</b> &amp; &lt;i&gt; </a>", "@everyone @here <@1> <@&2> <#3> <!channel> <!here|x>",
	"*_[]()~`>#+-=|{}.!", "**a** __b__ ~~c~~ ||d|| `e` ```f```", "[x](//evil)", "<//evil|x>", "\\*a\\* \\", "<t:1> <:a:1> :smile:",
	"# a", "> b", "- c", "1. d", `"'\`, "%s %d {0} {{.}} $1", "=?utf-8?q?x?=", "شراء 在庫 א", "a\tb",
}

// hostile sends texts that are markup: people see the characters themselves.
func (c Contract) hostile(t *testing.T) {
	for _, text := range hostileTexts {
		for _, plain := range []bool{false, true} {
			m := Messages(t)["usual"]
			m.Title, m.Body, m.Plain = text, text+"\n"+text, plain
			got, err := c.show(t, m)
			if err != nil {
				t.Errorf("%q (plain %v): Send = %v, want it taken", text, plain, err)
				continue
			}
			if n := strings.Count(got.Text, text); n < 3 {
				t.Errorf("%q (plain %v): shown %q, want it three times, as it is", text, plain, got.Text)
			}
			c.links(t, text, got, m)
		}
	}
}

// longest sends texts of 10,000 and more characters, each a grapheme cluster that
// must not be torn: what is shown is a beginning, and the link stays.
func (c Contract) longest(t *testing.T) {
	for _, unit := range []string{"a", "再", "&", "*", "<", "\"", "👨‍👩‍👧‍👦", "か\u3099", "\n字"} {
		for _, plain := range []bool{false, true} {
			m := Messages(t)["usual"]
			m.Title, m.Body, m.Plain = strings.Repeat("題", 10_000), strings.Repeat(unit, 10_000), plain
			m.URL = "https://item.rakuten.co.jp/" + strings.Repeat("a", 450)
			got, err := c.show(t, m)
			if err != nil {
				t.Errorf("10,000 x %q (plain %v): Send = %v, want it taken", unit, plain, err)
				continue
			}
			body := strings.Trim(got.Text, "題…\n ")
			body, _, _ = strings.Cut(body, "…")
			body = strings.TrimSpace(body)
			if rest := strings.ReplaceAll(body, strings.TrimSpace(unit), ""); strings.TrimSpace(rest) != "" || len(body) < 40 {
				t.Errorf("10,000 x %q (plain %v): shown %d bytes with %.80q between; want some, and none of them torn", unit, plain, len(body), rest)
			}
			if !utf8.ValidString(got.Text) || strings.Count(got.Text, "題") < 20 {
				t.Errorf("10,000 x %q (plain %v): %d of the title are shown, valid %v", unit, plain, strings.Count(got.Text, "題"), utf8.ValidString(got.Text))
			}
			c.links(t, fmt.Sprintf("10,000 x %q", unit), got, m)
		}
	}
}

// long sends links, labels and images of every length that can come up: what does
// not fit is left out or told otherwise, never cut.
func (c Contract) long(t *testing.T) {
	upTo := func(prefix string, n int) string { return prefix + strings.Repeat("a", n-len(prefix)) }
	for _, n := range []int{500, 600, 1001, 1100, 1990} {
		m := Messages(t)["usual"]
		m.URL, m.Image = upTo("https://item.rakuten.co.jp/", n), upTo("https://image.rakuten.co.jp/", n)
		m.Open = strings.Repeat("開く", n)
		for _, kind := range []string{"mute", "stop"} {
			m.Actions = append(m.Actions, channel.Action{Label: strings.Repeat("題", n), URL: upTo("https://box.example/"+kind+"?", n), Kind: kind})
		}
		got, err := c.show(t, m)
		if err != nil {
			t.Errorf("a link of %d bytes: Send = %v, want it taken", n, err)
			continue
		}
		if !slices.Contains(got.Links, m.URL) {
			got.Links = append(got.Links, m.URL) // Pushover has no place for the longest
		}
		c.links(t, fmt.Sprintf("a link of %d bytes", n), got, m)
	}
}

// concurrent sends many messages through one channel at the same time: each
// request holds its own and nothing of another.
func (c Contract) concurrent(t *testing.T) {
	const n = 20
	s := c.serve(t, c.accepted(), nil)
	ch := c.New(s.URL, s.Client())
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			if _, err := ch.Send(t.Context(), marked(t, i)); err != nil {
				t.Errorf("Send(%d) = %v", i, err)
			}
		})
	}
	wg.Wait()
	seen := map[int]int{}
	for _, body := range s.bodies() {
		var of []int
		for i := range n {
			if strings.Contains(string(body), mark(i)) {
				of = append(of, i)
			}
		}
		if len(of) != 1 {
			t.Errorf("a request holds the marks of messages %v, want one:\n%s", of, body)
			continue
		}
		seen[of[0]]++
	}
	for i := range n {
		if seen[i] != 1 {
			t.Errorf("message %d was sent %d times, want once", i, seen[i])
		}
	}
}

func mark(i int) string { return fmt.Sprintf("mark%02d", i) }

// marked returns a message with a mark in all its texts.
func marked(t testing.TB, i int) channel.Message {
	m := Messages(t)["usual"]
	m.Title, m.Body, m.URL = mark(i), mark(i), "https://item.rakuten.co.jp/"+mark(i)+"/"
	m.Event = []byte(`{"subject":"` + mark(i) + `"}`)
	return m
}

// OpenLinks returns the URLs that apps open although nothing marks them as links.
func OpenLinks(text string) []string { return bareURL.FindAllString(text, -1) }

var bareURL = regexp.MustCompile(`https?://[^\s<>"]+`)
