package discord

import (
	"strings"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/channel"
)

// The API's limits, in characters.
const (
	maxContent     = 2000
	maxDescription = 4096
	maxEmbedTitle  = 256
)

// silent is the flag of a message that makes no sound.
const silent = 1 << 12

// document is the body of a message.
type document struct {
	Content  string   `json:"content"`
	Embeds   []embed  `json:"embeds"`
	Mentions mentions `json:"allowed_mentions"`
	Flags    int      `json:"flags,omitempty"`
}

type embed struct {
	Title       string `json:"title,omitempty"`
	URL         string `json:"url,omitempty"`
	Description string `json:"description,omitempty"`
	Image       *image `json:"image,omitempty"`
}

type image struct {
	URL string `json:"url"`
}

// mentions allows none: an empty list, where leaving it out would allow all.
type mentions struct {
	Parse []string `json:"parse"`
}

// compose writes m: its title as the text, which is what a notification shows,
// the rest in a box whose heading is the link.
func compose(m channel.Message) document {
	d := document{Mentions: mentions{Parse: []string{}}, Embeds: []embed{}}
	if m.Silent || m.Priority <= 2 {
		d.Flags = silent
	}
	if m.Plain {
		d.Content = plain(m)
		return d
	}
	d.Content = cut(m.Title, maxContent)
	links := linksOf(m.Actions)
	box := embed{Description: cut(m.Body, maxDescription-utf8.RuneCountInString(links)) + links}
	if m.URL != "" {
		box.Title, box.URL = cut(m.Open, maxEmbedTitle), m.URL
	}
	if strings.HasPrefix(m.Image, "https://") {
		box.Image = &image{m.Image}
	}
	d.Embeds = append(d.Embeds, box)
	return d
}

// Fits leaves room for the longest buttons that are told as links.
func (c *sender) Fits(body string) bool {
	return utf8.RuneCountInString(escape(body)) <= maxDescription-3*(maxLink+100)
}

// plain writes title, text and link as one text.
func plain(m channel.Message) string {
	tail := ""
	if m.URL != "" {
		tail = "\n" + m.URL
	}
	room := maxContent - utf8.RuneCountInString(tail)
	if room < 0 { // a link that does not fit opens nothing
		tail, room = "", maxContent
	}
	title := cut(m.Title, room/2)
	return title + "\n" + cut(m.Body, room-utf8.RuneCountInString(title)-1) + tail
}

// maxLink keeps the links from taking the text's place.
const maxLink = 512

// linksOf writes the buttons as links of Markdown.
func linksOf(actions []channel.Action) string {
	var b strings.Builder
	for _, a := range actions {
		if len(a.URL) > maxLink || strings.ContainsAny(a.URL, "() <>") {
			continue
		}
		b.WriteString("\n[" + cut(a.Label, 80) + "](" + a.URL + ")")
	}
	return b.String()
}

// cut escapes s, and cuts it so that it takes at most n characters then.
func cut(s string, n int) string {
	return escape(channel.Cut(s, n, func(cluster string) int { return utf8.RuneCountInString(escape(cluster)) }))
}

// special are the characters that Discord's Markdown gives a meaning anywhere in
// a line or at its beginning. An ordered list is no harm.
const special = "\\*_~`|<>[]()#-+@:"

// escape puts a backslash before each special character.
func escape(s string) string {
	if !strings.ContainsAny(s, special) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(special, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
