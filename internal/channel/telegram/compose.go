package telegram

import (
	"html"
	"regexp"
	"strings"

	"github.com/sainyuka/sainyuka/internal/channel"
)

// maxText is in UTF-16 code units, of the text without its markup.
const maxText = 4096

// document is the body of sendMessage and editMessageText.
type document struct {
	Chat      string    `json:"chat_id"`
	MessageID int64     `json:"message_id,omitempty"`
	Text      string    `json:"text"`
	Parse     string    `json:"parse_mode,omitempty"`
	Silent    bool      `json:"disable_notification,omitempty"`
	Preview   preview   `json:"link_preview_options"`
	Markup    *keyboard `json:"reply_markup,omitempty"`
}

// preview shows the product's image. A photo would do so too, but Telegram waits
// for the shop's server before it sends one, and sends nothing when that fails.
type preview struct {
	Disabled bool   `json:"is_disabled,omitempty"`
	URL      string `json:"url,omitempty"`
	Large    bool   `json:"prefer_large_media,omitempty"`
	Above    bool   `json:"show_above_text,omitempty"`
}

type keyboard struct {
	Rows [][]button `json:"inline_keyboard"`
}

type button struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// compose writes m: the title in bold, the text, and the link as it is, which
// opens without a question, unlike a button.
func compose(m channel.Message) document {
	tail := ""
	if m.URL != "" {
		tail = "\n\n" + m.URL
	}
	room := maxText - channel.UTF16(tail)
	title := channel.Cut(unlink(m.Title), room/2, channel.UTF16)
	body := channel.Cut(unlink(m.Body), room-channel.UTF16(title)-1, channel.UTF16)
	d := document{Silent: m.Silent || m.Priority <= 2, Preview: preview{Disabled: true}}
	if m.Plain {
		d.Text = strings.TrimSpace(title + "\n" + body + tail)
		return d
	}
	d.Parse = "HTML"
	d.Text = "<b>" + html.EscapeString(title) + "</b>\n" + html.EscapeString(body+tail)
	if strings.HasPrefix(m.Image, "https://") {
		d.Preview = preview{URL: m.Image, Large: true}
	}
	d.Markup = buttons(m)
	return d
}

// besides is room for the title and the link beside the longest body that Fits.
const besides = 1000

// Fits leaves room for title and link.
func (c *sender) Fits(body string) bool { return channel.UTF16(body) <= maxText-besides }

// unlink keeps a shop's text from leading to somebody's profile: the apps make a
// link of every @name, in any parse mode.
func unlink(s string) string { return mention.ReplaceAllString(s, "＠$1") }

var mention = regexp.MustCompile(`@(\w)`)

// buttons puts the link into a row of its own, which is the widest.
func buttons(m channel.Message) *keyboard {
	var rows [][]button
	if m.URL != "" {
		rows = append(rows, []button{{m.Open, m.URL}})
	}
	var row []button
	for _, a := range m.Actions {
		row = append(row, button{a.Label, a.URL})
	}
	if len(row) > 0 {
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil
	}
	return &keyboard{rows}
}
