package slack

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/channel"
)

// Slack's limits, in characters.
const (
	maxHeader  = 150
	maxSection = 3000
	maxButton  = 75
	maxURL     = 3000
)

// document is the body of a post.
type document struct {
	Text   string  `json:"text"` // what a notification shows, and all where there are no blocks
	Mrkdwn bool    `json:"mrkdwn"`
	Unfurl bool    `json:"unfurl_links"`
	Blocks []block `json:"blocks,omitempty"`
}

// block is a part of a message, of one of the types header, section, image and
// actions.
type block struct {
	Type     string   `json:"type"`
	Text     *text    `json:"text,omitempty"`
	ImageURL string   `json:"image_url,omitempty"`
	AltText  string   `json:"alt_text,omitempty"`
	Elements []button `json:"elements,omitempty"`
}

// text is plain: mrkdwn has no way to write its own signs, and alerts need none
// of its bold.
type text struct {
	Type  string `json:"type"`
	Text  string `json:"text"`
	Emoji bool   `json:"emoji"` // whether :smile: is one
}

type button struct {
	Type     string `json:"type"`
	ActionID string `json:"action_id"`
	Text     *text  `json:"text"`
	URL      string `json:"url"`
}

func compose(m channel.Message) document {
	if m.Plain {
		return document{Text: plain(m)}
	}
	d := document{Text: cut(m.Title, maxSection)}
	for _, part := range []struct {
		kind, text string
		most       int
	}{{"header", m.Title, maxHeader}, {"section", m.Body, maxSection}} {
		if part.text != "" { // an empty text is refused
			d.Blocks = append(d.Blocks, block{Type: part.kind, Text: plainText(part.text, part.most)})
		}
	}
	if strings.HasPrefix(m.Image, "https://") && len(m.Image) <= maxURL {
		d.Blocks = append(d.Blocks, block{Type: "image", ImageURL: m.Image, AltText: cut(m.Title, maxHeader)})
	}
	if all := buttons(m); len(all) > 0 {
		d.Blocks = append(d.Blocks, block{Type: "actions", Elements: all})
	}
	return d
}

// Fits checks the bound of the section that the body stands in.
func (c *sender) Fits(body string) bool { return utf8.RuneCountInString(escape(body)) <= maxSection }

// plain writes title, text and link as one text.
func plain(m channel.Message) string {
	tail := ""
	if m.URL != "" {
		tail = "\n" + escape(m.URL)
	}
	title := cut(m.Title, maxHeader)
	return title + "\n" + cut(m.Body, max(0, maxSection-utf8.RuneCountInString(title+tail)-1)) + tail
}

func buttons(m channel.Message) []button {
	var all []button
	add := func(label, url string) {
		if url != "" && len(url) <= maxURL {
			all = append(all, button{Type: "button", ActionID: "open" + strconv.Itoa(len(all)), Text: plainText(label, maxButton), URL: url})
		}
	}
	add(m.Open, m.URL)
	for _, a := range m.Actions {
		add(a.Label, a.URL)
	}
	return all
}

func plainText(s string, n int) *text { return &text{Type: "plain_text", Text: cut(s, n)} }

// cut escapes s, and cuts it so that it takes at most n characters then.
func cut(s string, n int) string {
	return escape(channel.Cut(s, n, func(cluster string) int { return utf8.RuneCountInString(escape(cluster)) }))
}

// escape writes the three characters that begin commands, mentions and links.
func escape(s string) string { return entities.Replace(s) }

var entities = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
