package line

import (
	"encoding/json"
	"strings"

	"github.com/sainyuka/sainyuka/internal/channel"
)

// LINE's limits, in UTF-16 code units but for the bubble's.
const (
	maxText   = 5000
	maxAlt    = 400
	maxURI    = 1000
	maxImage  = 2000
	maxLabel  = 20
	maxBubble = 30_000 // bytes of JSON
)

// message is a message of one of the types text and flex.
type message struct {
	Type     string     `json:"type"`
	Text     string     `json:"text,omitempty"`
	AltText  string     `json:"altText,omitempty"`
	Contents *component `json:"contents,omitempty"`
}

// component is a part of a flex message: bubble, box, text, image or button.
type component struct {
	Type     string      `json:"type"`
	Hero     *component  `json:"hero,omitempty"`
	Body     *component  `json:"body,omitempty"`
	Footer   *component  `json:"footer,omitempty"`
	Layout   string      `json:"layout,omitempty"`
	Spacing  string      `json:"spacing,omitempty"`
	Contents []component `json:"contents,omitempty"`
	Text     string      `json:"text,omitempty"`
	Weight   string      `json:"weight,omitempty"`
	Size     string      `json:"size,omitempty"`
	Wrap     bool        `json:"wrap,omitempty"`
	URL      string      `json:"url,omitempty"`
	Ratio    string      `json:"aspectRatio,omitempty"`
	Mode     string      `json:"aspectMode,omitempty"`
	Style    string      `json:"style,omitempty"`
	Height   string      `json:"height,omitempty"`
	Action   *action     `json:"action,omitempty"`
}

// action opens a page.
type action struct {
	Type  string `json:"type"`
	Label string `json:"label,omitempty"`
	URI   string `json:"uri"`
}

// compose writes m as a card with buttons, or as a text when it is to be plain
// or its link is too long for a button.
func compose(m channel.Message) message {
	if m.Plain || channel.UTF16(m.URL) > maxURI {
		return plain(m)
	}
	text := m.Body
	for {
		bubble := card(m, text)
		encoded, err := json.Marshal(bubble)
		if err == nil && len(encoded) <= maxBubble {
			return message{Type: "flex", AltText: cut(m.Title, maxAlt), Contents: bubble}
		}
		if len(text) < 64 {
			return plain(m)
		}
		text = channel.CutBytes(text, len(text)*3/4)
	}
}

// plain writes title, text and link as one text, which LINE reads no markup in.
func plain(m channel.Message) message {
	tail := ""
	if m.URL != "" {
		tail = "\n" + m.URL
	}
	room := maxText - channel.UTF16(tail)
	title := cut(m.Title, room/2)
	return message{Type: "text", Text: title + "\n" + cut(m.Body, room-channel.UTF16(title)-1) + tail}
}

func card(m channel.Message, body string) *component {
	title := component{Type: "text", Text: cut(m.Title, maxAlt), Weight: "bold", Wrap: true}
	box := component{Type: "box", Layout: "vertical", Spacing: "md", Contents: []component{title}}
	if body != "" { // an empty text is refused
		box.Contents = append(box.Contents, component{Type: "text", Text: cut(body, maxText), Size: "sm", Wrap: true})
	}
	bubble := &component{Type: "bubble", Body: &box, Footer: buttons(m)}
	if strings.HasPrefix(m.Image, "https://") && len(m.Image) <= maxImage {
		bubble.Hero = &component{Type: "image", URL: m.Image, Size: "full", Ratio: "20:13", Mode: "fit"}
		if m.URL != "" {
			bubble.Hero.Action = &action{Type: "uri", URI: m.URL}
		}
	}
	return bubble
}

func buttons(m channel.Message) *component {
	box := &component{Type: "box", Layout: "vertical", Spacing: "sm"}
	add := func(style, label, uri string) {
		if uri != "" && channel.UTF16(uri) <= maxURI {
			box.Contents = append(box.Contents, component{
				Type: "button", Style: style, Height: "sm", Action: &action{Type: "uri", Label: cut(label, maxLabel), URI: uri},
			})
		}
	}
	add("primary", m.Open, m.URL)
	for _, a := range m.Actions {
		add("secondary", a.Label, a.URL)
	}
	if len(box.Contents) == 0 {
		return nil
	}
	return box
}

// Fits leaves as much of the bubble as the body takes for links and escapes.
func (c *sender) Fits(body string) bool {
	return channel.UTF16(body) <= maxText && len(body) <= maxBubble/3
}

func cut(s string, n int) string { return channel.Cut(s, n, channel.UTF16) }
